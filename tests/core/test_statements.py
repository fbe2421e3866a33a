"""Numbers that stand in the statement: the same rows as with a place for each, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import bindparam, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import Asked, in_literal_ids, rows_and_which_find_any, which_find_any
from cycle_tracker.models.partnership import Partnership
from tests.factories import make_partnership
from tests.support.pages import counted_statements


def slugs(numbers: list[int]) -> list[str]:
    return list(
        db.session.scalars(
            select(Partnership.slug).where(in_literal_ids(Partnership.id, numbers)).order_by(Partnership.slug)
        )
    )


@pytest.mark.usefixtures("core_app")
def test_rows_are_found_by_their_numbers_and_none_by_no_number() -> None:
    moray, fife = make_partnership("moray"), make_partnership("fife")
    make_partnership("angus")
    db.session.flush()
    assert slugs([moray.id, fife.id]) == ["fife", "moray"]
    assert slugs([fife.id]) == ["fife"]  # not those of the call before, whose statement was the same but for them
    assert slugs([]) == []


def test_what_is_no_whole_number_never_comes_into_a_statement(core_app: Flask) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        slugs(["1); DROP TABLE users --"])  # type: ignore[list-item]


def of_slug(slug: str) -> Asked:
    return Asked(
        select(Partnership.id).where(Partnership.slug == bindparam("slug")).order_by(Partnership.id), {"slug": slug}
    )


def of_name(wanted: str) -> Asked:
    return Asked(select(Partnership.id).where(Partnership.name == bindparam("name")).limit(1), {"name": wanted})


@pytest.mark.usefixtures("core_app")
def test_one_statement_says_which_of_several_find_anything() -> None:
    moray = make_partnership("moray")
    db.session.flush()
    with counted_statements() as statements:
        assert which_find_any([of_slug("moray"), of_name("Nowhere")]) == [True, False]
        assert which_find_any([of_slug("fife"), of_name(moray.name)]) == [False, True]
    assert len(statements) == 2


@pytest.mark.usefixtures("core_app")
def test_where_two_of_them_fill_a_place_differently_any_may_find_something() -> None:
    assert which_find_any([of_slug("moray"), of_slug("fife")]) == [True, True]


@pytest.mark.usefixtures("core_app")
def test_the_rows_of_one_statement_come_with_which_of_others_find_anything() -> None:
    make_partnership("moray")
    db.session.flush()
    others = [of_slug("moray"), of_name("Nowhere")]
    every = Asked(select(Partnership.slug), {})
    with counted_statements() as statements:
        rows, found = rows_and_which_find_any(every, others)
    assert len(statements) == 1
    assert ([row.slug for row in rows], found) == (["moray"], [True, False])


@pytest.mark.usefixtures("core_app")
def test_where_the_one_finds_no_row_the_others_are_asked_by_themselves() -> None:
    make_partnership("moray")
    nothing = Asked(select(Partnership.slug).where(Partnership.slug == bindparam("name")), {"name": "nowhere"})
    assert rows_and_which_find_any(nothing, [of_slug("moray"), of_slug("moray")]) == ([], [True, True])
    assert rows_and_which_find_any(nothing, []) == ([], [])


@pytest.mark.usefixtures("core_app")
def test_where_the_others_fill_a_place_of_its_own_differently_any_of_them_may_find_something() -> None:
    make_partnership("moray")
    rows, found = rows_and_which_find_any(of_slug("moray"), [of_slug("fife")])
    assert (len(rows), found) == (1, [True])
