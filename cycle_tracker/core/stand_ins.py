"""Who stands in for whom, from the deputies of those who are away."""

from collections.abc import Mapping


def stood_in_for(deputy: int, deputies: Mapping[int, int]) -> frozenset[int]:
    """Everybody whose stand-in a person is, by themselves or through others who are away too."""
    return frozenset(person for person in deputies if person != deputy and stand_in(person, deputies) == deputy)


def stand_in(person: int, deputies: Mapping[int, int]) -> int:
    """Who gets a person's mails: their deputy, or the deputy's where that one is away too, and so on.

    Where the chain comes back to somebody who is in it, nobody of it is there: the person gets them, so that they are
    not lost. `deputies` holds the deputy of everybody who is away.
    """
    met = {person}
    there = person
    while there in deputies:
        there = deputies[there]
        if there in met:
            return person
        met.add(there)
    return there


def covered_by(deputies: Mapping[int, int]) -> dict[int, list[int]]:
    """Everybody whose mails somebody else gets today, by who that is."""
    found: dict[int, list[int]] = {}
    for person in sorted(deputies):
        there = stand_in(person, deputies)
        if there != person:
            found.setdefault(there, []).append(person)
    return found
