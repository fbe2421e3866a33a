"""Statements that are built once. Building one costs several times what running it does, and a page runs a dozen.

A builder marked `built_once` takes only what changes the words of its statement, such as whether it is sorted by name;
what differs from person to person and from day to day are values, which `rows_of` is given with it.

For a page that only reads, rows become objects of their models that no session knows (`detached`). The session takes
ten times as long: it prepares each column of each table at each request, and watches what becomes of the object. What
was not read with them raises DetachedInstanceError, and what is set on them is never saved.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache, wraps
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Executable,
    Integer,
    Select,
    SelectBase,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import QueryableAttribute, class_mapper, make_transient_to_detached
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NullType

from cycle_tracker.core.extensions import Base, db

Model = TypeVar("Model", bound=Base)
Builder = TypeVar("Builder", bound=Callable[..., Any])
PLAIN_WORD = re.compile(r"[\w -]*", re.ASCII)
KEPT_OF_ONE_BUILDER = 256
"""Filters can be put together in tens of thousands of ways: whoever tries them all fills no memory."""


def built_once(builder: Builder) -> Builder:
    """The builder, which from now on builds its statement at the first call with these arguments, and again only where
    it was asked for many others since. What is the same at each run is written into its words."""

    @wraps(builder)
    def build(*arguments: Any, **named: Any) -> Any:
        return _with_constants_written(builder(*arguments, **named))

    return lru_cache(KEPT_OF_ONE_BUILDER)(build)  # type: ignore[return-value]  # its type is the builder's


def _with_constants_written(statement: Any) -> Any:
    """A statement with its words and numbers of ours in it, in place of values that go beside it at each run.

    PostgreSQL plans a page's statement once (`core/database.py`), and sees so how many rows are of a kind, or how few
    are wanted; and each value costs the driver its time at each run.
    """
    if not isinstance(statement, SelectBase):
        return statement
    return replacement_traverse(statement, {}, _written)


def _written(element: Any, **_: Any) -> ColumnElement[Any] | None:
    """None for all but a constant number, or a constant word with no sign that means something in a statement."""
    if not isinstance(element, BindParameter) or element.required or element.expanding or not element.unique:
        return None
    if isinstance(element.value, str) and PLAIN_WORD.fullmatch(element.value):
        return literal_column(f"'{element.value}'", element.type)
    if isinstance(element.value, int) and not isinstance(element.value, bool):
        return literal_column(str(element.value), element.type)
    return None


def rows_of(statement: Executable, **values: Any) -> Sequence[Any]:
    """The rows of columns that a statement finds, with these values in it, as the transaction sees them.

    Not for whole entities: the session is asked for those. Half the cost of asking it for columns.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values).all()


class Asked(NamedTuple):
    """A statement that is built once, with the values that are put into it."""

    statement: Select[Any]
    values: Mapping[str, Any]

    def rows(self) -> Sequence[Any]:
        """What it finds."""
        return rows_of(self.statement, **self.values)


def which_find_any(asked: Sequence[Asked]) -> list[bool]:
    """Of several statements, which find anything: in one, where no two of them put different values into a place of the
    same name. Where two do, any of them may."""
    values: dict[str, Any] = {}
    if not asked or not _put_together(values, asked):
        return [True] * len(asked)
    return [bool(found) for found in rows_of(_which_find_any(*(one.statement for one in asked)), **values)[0]]


def rows_and_which_find_any(asked: Asked, others: Sequence[Asked]) -> tuple[Sequence[Any], list[bool]]:
    """What a statement finds, each row by name, and which of some others find anything. In one statement, and in one
    more where the first finds nothing, for then there is no row to say it in."""
    values = dict(asked.values)
    if others and not _put_together(values, others):
        return asked.rows(), [True] * len(others)
    rows = rows_of(_with_which_find_any(asked.statement, *(one.statement for one in others)), **values)
    return rows, list(map(bool, rows[0][-len(others) :])) if rows and others else which_find_any(others)


def _put_together(values: dict[str, Any], asked: Sequence[Asked]) -> bool:
    """Take the values of these statements too. False where two put different ones into a place of the same name."""
    return not any(values.setdefault(name, value) != value for one in asked for name, value in one.values.items())


@built_once
def _which_find_any(*statements: Select[Any]) -> Select[*tuple[Any, ...]]:
    return select(*map(_finds_any, statements))


@built_once
def _with_which_find_any(statement: Select[Any], *others: Select[Any]) -> Select[*tuple[Any, ...]]:
    return statement.add_columns(*map(_finds_any, others))


def _finds_any(statement: Select[Any]) -> ColumnElement[bool]:
    return statement.order_by(None).limit(None).correlate(None).exists()


def day_of(name: str = "today") -> BindParameter[Any]:
    """The place of a day in a statement."""
    return bindparam(name, type_=Date)


def number_of(name: str) -> BindParameter[Any]:
    """The place of a whole number."""
    return bindparam(name, type_=Integer)


def numbers_of(name: str) -> BindParameter[Any]:
    """The place of any number of whole numbers, after `in_`. Written into the statement, as by `in_literal_ids`."""
    return bindparam(name, expanding=True, literal_execute=True, type_=Integer)


def is_one_of(column: Any, words: Iterable[StrEnum]) -> ColumnElement[bool]:
    """True where a column is one of these words of ours, which are written into the statement when it is built.

    SQLite uses a partial index only where it can read the index's own condition in the statement; and where a place in
    it might hold that condition, it plans the statement again at each run. Of several words, the library would write
    the places into the statement at each run, which costs more than running a quick one.
    """
    listed = [f"'{word.value}'" for word in words]
    several: ColumnElement[Any] = literal_column(f"({', '.join(listed)})")
    found: ColumnElement[bool] = (
        column == literal_column(listed[0]) if len(listed) == 1 else column.op("IN", is_comparison=True)(several)
    )
    return found


class OneOf(FunctionElement[Any]):
    """True where a column is one of what a statement finds first, by itself.

    For a list that is about few rows among many. Asked to join, PostgreSQL reads a whole table of some thousand rows
    where it guesses that more than forty of them are wanted; it does not guess at what an array will hold.
    """

    name = "one_of"
    type = NullType()  # of a Boolean SQLite would be asked whether it equals 1, and would look at every row
    inherit_cache = True

    def __init__(self, column: Any, found: Select[Any]) -> None:
        super().__init__(column, found.correlate(None).scalar_subquery())


@compiles(OneOf)
def _in_query(element: OneOf, compiler: Any, **words: Any) -> str:
    column, found = (compiler.process(part, **words) for part in element.clauses)
    return f"{column} IN {found}"


@compiles(OneOf, "postgresql")
def _in_array(element: OneOf, compiler: Any, **words: Any) -> str:
    column, found = (compiler.process(part, **words) for part in element.clauses)
    return f"{column} = ANY(ARRAY{found})"


def in_literal_ids(column: Any, numbers: Collection[int]) -> ColumnElement[bool]:
    """`column` is one of these whole numbers, which are written into the statement: with a place and a value for each,
    PostgreSQL's driver took longer to read a statement with hundreds than the server to answer it."""
    values: BindParameter[int] = bindparam(
        None, [int(number) for number in numbers], expanding=True, literal_execute=True, unique=True
    )
    found: ColumnElement[bool] = column.in_(values)
    return found


@cache
def columns_of(*models: type[Base]) -> tuple[QueryableAttribute[Any], ...]:
    """Every column of these models, for a statement whose rows `parts_of` takes apart."""
    return tuple(getattr(model, name) for model in models for name in _names(model))


def parts_of(row: Sequence[Any], *models: type[Base]) -> list[Any]:
    """The values of each of these models in a row that begins with `columns_of` them; None where it has no such row."""
    found, end = [], 0
    for model in models:
        start, end = end, end + len(_names(model))
        found.append(row[start:end] if row[start] is not None else None)
    return found


def detached(model: type[Model], values: Sequence[Any], **related: Any) -> Model:
    """The object with these values of all its columns, and these related objects."""
    made = model()
    made.__dict__.update(zip(_names(model), values, strict=True), **related)
    make_transient_to_detached(made)
    return made


@cache
def _names(model: type[Base]) -> tuple[str, ...]:
    """The attributes of a model that are columns, its number first."""
    mapper = class_mapper(model)
    names = [mapper.get_property_by_column(column).key for column in mapper.columns]
    return tuple(sorted(names, key=lambda name: name != "id"))
