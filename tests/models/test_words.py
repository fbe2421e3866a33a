"""Enumerations kept as plain words, as they are read from a table."""

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.base import words

DIALECTS = [sqlite.dialect(), psycopg.dialect()]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: str(dialect.name))
def test_a_word_is_read_as_its_member_and_nothing_as_nothing(dialect: Dialect) -> None:
    read = words(Kind, "kind").dialect_impl(dialect).result_processor(dialect, None)
    assert read is not None
    assert [read(kind.value) for kind in Kind] == list(Kind)
    assert all(type(read(kind.value)) is Kind for kind in Kind)
    assert read(None) is None


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: str(dialect.name))
def test_a_word_that_is_no_member_is_refused(dialect: Dialect) -> None:
    read = words(Kind, "kind").dialect_impl(dialect).result_processor(dialect, None)
    assert read is not None
    with pytest.raises(LookupError):
        read("pamphlet")
