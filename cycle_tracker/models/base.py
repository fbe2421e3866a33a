"""What every table shares: the base, instants in UTC, words of one line, and enumerations kept as plain words."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, DateTime, Dialect, Enum, Index, MetaData, String, Table, event, text
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from cycle_tracker.core.extensions import Base
from cycle_tracker.core.lines import one_line

__all__ = ["Base", "OneLine", "UtcDateTime", "partial_index", "table_of", "words"]

LONGEST_WORD = 40
# Names, titles and the like are kept as they were read: a page reads hundreds of them, most of them again.
SHORT_LINE = 300
KEPT_LINES = 8_192
# Where an index keeps the condition that PostgreSQL is told later.
WHERE = "where"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class OneLine(TypeDecorator[str]):
    """Words that are one line, such as a title, a name or an address, of at most so many characters.

    Made one line on the way in, whoever gives them; on the way out too, for what stood in the table before or was put
    there past this service.
    """

    impl = String
    cache_ok = True

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """What is searched for, or put beside such words in a statement, stays as it is: its blanks count."""
        return String().coerce_compared_value(op, value)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else one_line(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _read_line(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None]:  # noqa: ARG002
        """The same, without the calls that SQLAlchemy puts between."""
        is_short = (self.impl_instance.length or SHORT_LINE + 1) <= SHORT_LINE  # type: ignore[attr-defined]  # a String
        return _kept_line if is_short else _read_line


class Words(Enum):
    """An enumeration kept as plain words. Its members are found in one look-up, where SQLAlchemy makes two calls for
    each word that a page reads."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Raises KeyError, which is a LookupError as SQLAlchemy's own, for a word that is none of them."""
        return {None: None, **{member.value: member for member in self.enum_class or ()}}.__getitem__


def _read_line(value: str | None) -> str | None:
    return None if value is None else one_line(value)


@lru_cache(KEPT_LINES)
def _kept_line(value: str | None) -> str | None:
    return _read_line(value)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that meet a condition, the same on both databases.

    PostgreSQL is told the condition when its tables are made: to name it here would load that dialect, which takes its
    time, also where the database is SQLite. Migrations name it themselves.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={WHERE: where})


def sparse_index(table: str, column: str) -> Index:
    """An index over the rows that have something in a column that most leave empty. A change of a row whose other
    indexes move writes an entry into every index of its table on PostgreSQL; of these it writes none."""
    return partial_index(f"ix_{table}_{column}", column, where=f"{column} IS NOT NULL")


@event.listens_for(Base.metadata, "before_create")
def _tell_postgresql(_metadata: MetaData, connection: Connection, tables: list[Table] | None = None, **_: Any) -> None:
    """Hand the conditions of partial indexes over before tables are made."""
    if connection.dialect.name == "postgresql":
        for index in (index for table in tables or () for index in table.indexes if WHERE in index.info):
            index.dialect_options["postgresql"]["where"] = text(index.info[WHERE])


def table_of(model: type[Base]) -> Table:
    """The bare table of a model, for statements that go past the objects because they run for every mail."""
    return cast(Table, model.__table__)


def words(enumeration: type[StrEnum], name: str) -> Enum:
    """A column type for an enumeration: its words as text, held to them by a named constraint."""
    return Words(
        enumeration,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=LONGEST_WORD,
        values_callable=lambda members: [member.value for member in members],
    )
