"""What should be finished before what."""

from collections.abc import Collection, Mapping


def comes_before(first: int, then: int, before: Mapping[int, Collection[int]]) -> bool:
    """True where `first` must be finished, directly or by way of others, before `then`; `before` has what comes right
    before each.

    >>> comes_before(1, 3, {3: [2], 2: [1]}), comes_before(3, 1, {3: [2], 2: [1]})
    (True, False)
    """
    seen: set[int] = set()
    waiting = [then]
    while waiting:
        for one in before.get(waiting.pop(), ()):
            if one == first:
                return True
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return False


def would_make_cycle(milestone: int, first: int, before: Mapping[int, Collection[int]]) -> bool:
    """True where `milestone` could not wait for `first` without waiting for itself, directly or by way of others.

    >>> would_make_cycle(1, 3, {3: [2], 2: [1]}), would_make_cycle(3, 1, {3: [2], 2: [1]})
    (True, False)
    """
    return first == milestone or comes_before(milestone, first, before)
