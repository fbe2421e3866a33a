"""Asking for many rows by their numbers."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam


def in_literal_ids(column: Any, numbers: Collection[int]) -> ColumnElement[bool]:
    """`column` is one of these whole numbers, which are written into the statement: with a place and a value for each,
    PostgreSQL's driver took longer to read a statement with hundreds than the server to answer it."""
    values: BindParameter[int] = bindparam(
        None, [int(number) for number in numbers], expanding=True, literal_execute=True, unique=True
    )
    found: ColumnElement[bool] = column.in_(values)
    return found
