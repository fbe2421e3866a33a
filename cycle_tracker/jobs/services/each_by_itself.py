"""Work on many things at once, of which one that cannot be done keeps back none of the others."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line

T = TypeVar("T")
RAISED_BY_A_TRIGGER = "P0001"
TOO_BIG_FOR_THE_DATABASE = "54000"
OF_ONE_ROW = (DataError, IntegrityError)

log = logging.getLogger(__name__)


def all_or_each(
    things: Sequence[T], do: Callable[[Sequence[T]], None], give_up: Callable[[T, Exception], None]
) -> None:
    """Do all of it at once. Where that raises because of one of the things, what it had done is rolled back and each
    half is done by itself, down to those that raise alone: they are given up.

    `do` commits what it does. Raises what is wrong with the database itself, for that is about none of them.
    """
    try:
        do(things)
    except Exception as error:  # what may be wrong with one thing has no end
        if not is_about_one(error):
            raise
        db.session.rollback()
        if len(things) == 1:
            give_up(things[0], error)
            return
        log.warning("One of %d cannot be done: %s", len(things), describe(error))
        middle = len(things) // 2
        for half in (things[:middle], things[middle:]):
            all_or_each(half, do, give_up)


def is_about_one(error: Exception) -> bool:
    """False for an error of the database as a whole: locked, full, away, damaged, read-only, without a table. Whatever
    else is raised comes from what one row says, also what a trigger refuses."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", "")
        return isinstance(error, OF_ONE_ROW) or state in {RAISED_BY_A_TRIGGER, TOO_BIG_FOR_THE_DATABASE}
    return isinstance(error, StatementError) or not isinstance(error, SQLAlchemyError)


def describe(error: Exception) -> str:
    """An error in one line: its kind, and what it says without the statement and the values. PostgreSQL tells the whole
    row that it refuses in a detail of its own, which is left out; so is what it could not store, such as NUL."""
    told = getattr(error, "orig", None) or error
    said = getattr(getattr(told, "diag", None), "message_primary", None) or told
    return one_line(f"{type(error).__name__}: {said}")
