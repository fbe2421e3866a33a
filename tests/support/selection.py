"""Which tests belong to which run: the short one of every change, what it leaves out, all, or the long ones."""

from collections.abc import Iterable

import pytest
from hypothesis import settings

SHORT, REST, ALL, LONG = "short", "rest", "all", "long"
SELECTIONS = (SHORT, REST, ALL, LONG)
PAGES = {"app", "client"}
# Examples for each property: few of them find most of what many find, and `make test-all` looks at many.
EXAMPLES = {SHORT: 25, REST: 100, ALL: 100, LONG: 1000}


def add_option(parser: pytest.Parser) -> None:
    """`--selection`: without it, everything that was asked for runs, but for the long tests."""
    parser.addoption(
        "--selection",
        choices=SELECTIONS,
        default=ALL,
        help="short: `make test`; rest: what `make test-all` adds; all: both (the default); long: `make long`",
    )


def load_profile(selection: str) -> None:
    """Let properties look at as many examples as the selection has time for."""
    settings.register_profile(selection, max_examples=EXAMPLES[selection], deadline=None)
    settings.load_profile(selection)


def examples(in_full: int) -> int:
    """How many examples or turns this run looks at, of a test that looks at so many in `make test-all`."""
    assert settings.default is not None
    return max(1, in_full * settings.default.max_examples // EXAMPLES[ALL])


def take(selection: str, item: pytest.Item) -> bool:
    """Whether a test runs in a selection. A property runs in each, with another number of examples."""
    if any(item.get_closest_marker(name) for name in ("long", "faults")):
        return selection == LONG
    if item.get_closest_marker("hypothesis") or item.get_closest_marker("more_in_full"):
        return True
    if selection == LONG:
        return False
    return selection == ALL or (selection == REST) == _is_left_out(item)


def choose(selection: str, items: list[pytest.Item]) -> Iterable[pytest.Item]:
    """Take out of the items what does not run in this selection, and give that."""
    taken = [item for item in items if take(selection, item)]
    left = [item for item in items if not take(selection, item)]
    items[:] = taken
    return left


def _is_left_out(item: pytest.Item) -> bool:
    """Whether `make test` leaves it out: a page is alike on the second database, unless its test says otherwise."""
    if item.get_closest_marker("in_full"):
        return True
    if item.get_closest_marker("on_both_databases") or _names_its_database(item):
        return False
    is_alike = item.get_closest_marker("alike_on_both_databases") or not PAGES.isdisjoint(_fixtures_of(item))
    return _kind_of_database(item) == "postgresql" and bool(is_alike)


def _fixtures_of(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _kind_of_database(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("database", "")) if callspec else ""


def _names_its_database(item: pytest.Item) -> bool:
    return any("database" in _names(mark.args[0]) for mark in item.iter_markers("parametrize"))


def _names(given: str | Iterable[str]) -> list[str]:
    return [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
