"""Statements that are built once hold no value of anybody, and no more of them are kept than are used."""

import gc
import weakref
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError

from cycle_tracker.access.queries.reach import Reach, in_reach, values_of
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import KEPT_OF_ONE_BUILDER, PLAIN_WORD, built_once, number_of, rows_of
from cycle_tracker.models.partnership import Partnership
from tests.factories import make_partnership


@built_once
def slugs(reach: Reach) -> Select[Any]:
    return select(Partnership.slug).where(in_reach(Partnership.id, reach)).order_by(Partnership.slug)


@pytest.mark.parametrize(
    ("reach", "turns"),
    [(Reach.ONE, [{"fife"}, {"moray"}, {"fife"}]), (Reach.SEVERAL, [{"fife", "moray"}, {"orkney", "moray"}])],
)
def test_one_statement_finds_for_each_what_they_give_it(core_app: Flask, reach: Reach, turns: list[set[str]]) -> None:
    ids = {slug: make_partnership(slug).id for slug in ("fife", "moray", "orkney")}
    for wanted in turns:
        statement, values = slugs(reach), values_of(frozenset(ids[slug] for slug in wanted))
        assert {row.slug for row in rows_of(statement, **values)} == wanted
        assert set(db.session.scalars(statement, values)) == wanted
    assert slugs(reach) is statement


@pytest.mark.parametrize("reach", [Reach.ONE, Reach.SEVERAL])
def test_a_statement_without_its_values_is_refused_and_takes_none_of_those_before(
    core_app: Flask, reach: Reach
) -> None:
    ids = frozenset(make_partnership(slug).id for slug in (("fife",) if reach is Reach.ONE else ("fife", "moray")))
    assert len(rows_of(slugs(reach), **values_of(ids))) == len(ids)
    with pytest.raises(StatementError):
        rows_of(slugs(reach))


def test_of_ever_other_filters_only_so_many_statements_are_kept() -> None:
    class Statement:
        pass

    @built_once
    def build(number: int) -> Any:
        return Statement()

    made = [weakref.ref(build(number)) for number in range(3 * KEPT_OF_ONE_BUILDER)]
    gc.collect()
    assert sum(one() is not None for one in made) == KEPT_OF_ONE_BUILDER
    assert build(3 * KEPT_OF_ONE_BUILDER - 1) is made[-1]()


@built_once
def named(name: str, at_most: int) -> Select[Any]:
    return (
        select(Partnership.slug)
        .where(Partnership.name == name, Partnership.id > number_of("after"))
        .order_by(Partnership.id)
        .limit(at_most)
    )


@pytest.mark.parametrize(
    "name", ["Moray and more", "not-started", "", "O'Neil's 100% %(after)s :after ? ''", "\\", "it's", "é"]
)
def test_what_is_the_same_at_each_run_is_written_into_the_statement(core_app: Flask, name: str) -> None:
    for slug in ("fife", "moray", "orkney"):
        make_partnership(slug).name = name if slug != "fife" else "Fife"
    db.session.flush()
    beside = set() if PLAIN_WORD.fullmatch(name) else {"name_1"}
    on_postgresql = named(name, 1).compile(dialect=postgresql.dialect())  # on SQLite there is an OFFSET of 0 besides
    assert set(on_postgresql.params) == {"after", *beside}
    assert [row.slug for row in rows_of(named(name, 5), after=0)] == ["moray", "orkney"]
    assert [row.slug for row in rows_of(named(name, 1), after=0)] == ["moray"]


@built_once
def after_a_number() -> Select[Any]:
    return select(Partnership.slug).where(Partnership.id > bindparam("after", 0)).order_by(Partnership.id)


@pytest.mark.usefixtures("core_app")
def test_a_place_with_a_name_is_filled_at_each_run_though_it_has_a_value_of_its_own() -> None:
    first, second = make_partnership("fife"), make_partnership("moray")
    db.session.flush()
    assert [row.slug for row in rows_of(after_a_number())] == [first.slug, second.slug]
    assert [row.slug for row in rows_of(after_a_number(), after=first.id)] == [second.slug]
