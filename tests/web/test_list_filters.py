"""Filters are read from an address: what is known is taken, what is not is named, what cannot be read stays."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from cycle_tracker.web.list_filters import ChoiceFilter, DayFilter, FilterForm, FlagFilter, TextFilter, keep_order


class ShelfFilters(FilterForm):
    first = DayFilter("First day")
    last = DayFilter("Last day")
    colour = ChoiceFilter[int]("Colour")
    size = ChoiceFilter[int]("How large", called="size")
    is_old = FlagFilter("Old only")
    text = TextFilter("Title contains")
    sort = ChoiceFilter[int]("Order")


def read(asked: dict[str, str] | None = None, *, sizes: bool = True) -> ShelfFilters:
    filters = ShelfFilters(MultiDict(asked or {}))
    keep_order(filters.first, filters.last)
    filters.colour.offer({"red": 1, "blue": 2}, [("", "All colours"), ("red", "Red"), ("blue", "Blue")])
    filters.size.offer({"big": 1}, [("big", "Big")] if sizes else [], shown_first="big")
    filters.sort.offer({"name": 1})
    return filters


def test_nothing_is_asked_for() -> None:
    filters = read()
    assert filters.in_address() == {}
    assert not filters.narrows
    assert filters.errors == {}
    assert filters.ignored == []
    assert (filters.colour.data, filters.size.data, filters.size.value) == (None, "big", None)


def test_what_is_known_is_taken_and_kept_in_the_address() -> None:
    asked = {"colour": " red ", "is_old": "yes", "text": " a\u202e  cat ", "first": "1 June 2026", "sort": "name"}
    filters = read(asked)
    assert (filters.colour.value, filters.is_old.data, filters.text.word) == (1, True, "a cat")
    assert filters.first.value == date(2026, 6, 1)
    assert filters.in_address(sort="", text="dog") == {
        "first": "2026-06-01",
        "colour": "red",
        "is_old": "yes",
        "text": "dog",
    }
    assert filters.narrows


def test_the_order_of_a_list_leaves_nothing_out() -> None:
    assert not read({"sort": "name"}).narrows


def test_what_is_not_known_is_left_out_and_named() -> None:
    filters = read(
        {"colour": "green", "size": "huge", "sort": "'; drop", "is_old": "perhaps", "page": "2", "unheard_of": "x"}
    )
    assert filters.ignored == ["colour", "size", "order"]
    assert (filters.colour.value, filters.colour.data) == (None, None)
    assert filters.in_address() == {}


@pytest.mark.parametrize(
    ("asked", "field", "typed", "words"),
    [
        ({"first": "soon"}, "first", "soon", "Enter a date"),
        ({"text": "a" * 101}, "text", "a" * 101, "Enter 100 characters or fewer"),
        ({"first": "2 June 2026", "last": "1 June 2026"}, "last", "1 June 2026", "on or after the first date"),
    ],
)
def test_what_cannot_be_read_stays_with_a_message(asked: dict[str, str], field: str, typed: str, words: str) -> None:
    filters = read(asked)
    assert filters[field].data == typed
    assert words in filters[field].errors[0]
    assert list(filters.errors) == [field]
    assert filters[field].word == ""
    assert field not in filters.in_address()


def test_a_filter_without_choices_is_not_shown() -> None:
    assert read().size.is_offered
    assert not read(sizes=False).size.is_offered
