"""Numbers that stand in the statement: the same rows as with a place for each, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import in_literal_ids
from cycle_tracker.models.partnership import Partnership
from tests.factories import make_partnership


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
