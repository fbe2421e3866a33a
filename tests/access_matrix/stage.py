"""The stage on which the tables are tried: who acts, what one of each role sends, and all that is in the database."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Request
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.access_matrix.cells import NATIONAL, Cell
from tests.factories import make_user
from tests.support.pages import Browser, sign_in

NOBODY = "nobody"
ACTORS = (NOBODY, *Role)
Parts = dict[str, dict[str, object]]
"""The parts of each partnership's addresses, by slug."""

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
OF_THE_DOOR = frozenset({"sign_in_attempts", "sign_in_sessions"})
"""Tables that say who came in and when: being refused may leave a mark there."""


def signed_in(app: Flask, actor: str, *, owns: str = "") -> FlaskClient:
    """Somebody of this role in Moray, or in the nation where the role is a national one, who has just signed in."""
    if actor == NOBODY:
        return Browser(app, app.response_class)
    return sign_in(app, person(Role(actor), owns=owns))


def person(role: Role, *, owns: str = "") -> User:
    """The person behind `signed_in`."""
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    user = make_user(f"A {role}", role=role, partnership=None if role in NATIONAL else moray)
    if owns:
        step = db.session.scalars(
            select(Milestone).where(Milestone.key == owns, Milestone.partnership_id == moray.id)
        ).one()
        step.owner = user
    db.session.commit()
    return user


def send(client: FlaskClient, cell: Cell, parts: dict[str, object], **more: Any) -> Any:
    """What a person of the partnership with these parts sends to the address of a cell."""
    return client.open(cell.path.format_map(parts), method=cell.method, data=cell.body(parts), **more)


class Noted(ImmutableMultiDict[str, str]):
    """The parameters of an address, with the names of those that were asked for. `lists()` is not noted: every
    request is looked through for NULs."""

    names: set[str]

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def get(self, key: str, *more: Any, **how: Any) -> Any:
        self.names.add(key)
        return super().get(key, *more, **how)

    def getlist(self, key: str, *more: Any, **how: Any) -> Any:
        self.names.add(key)
        return super().getlist(key, *more, **how)

    def items(self, multi: Any = False) -> Any:
        self.names.update(super().keys())
        return super().items(multi)

    def to_dict(self, flat: Any = True) -> Any:
        self.names.update(super().keys())
        return super().to_dict(flat)


@contextmanager
def reading(app: Flask) -> Iterator[set[str]]:
    """The names of the parameters that pages read from their address meanwhile."""
    read: set[str] = set()

    class Listening(Request):
        @cached_property
        def args(self) -> Noted:
            noted = Noted(super().args)
            noted.names = read
            return noted

    plain, app.request_class = app.request_class, Listening
    try:
        yield read
    finally:
        app.request_class = plain


@contextmanager
def changes() -> Iterator[list[str]]:
    """The statements that changed something meanwhile and were committed, but for who came in and when.

    Watching what is written costs less than reading all that is there before and after each of a thousand requests.
    """
    begun: dict[int, list[str]] = {}
    committed: list[str] = []

    def note(connection: Any, _cursor: object, statement: str, *_rest: object) -> None:
        found = WRITES.match(statement)
        if found and found[1] not in OF_THE_DOOR:
            begun.setdefault(id(connection.connection.dbapi_connection), []).append(statement)

    def keep(connection: Any) -> None:
        committed.extend(begun.pop(id(connection.connection.dbapi_connection), []))

    def forget(connection: Any) -> None:
        begun.pop(id(connection.connection.dbapi_connection), None)

    listeners: dict[str, Callable[..., Any]] = {"before_cursor_execute": note, "commit": keep, "rollback": forget}
    for name, listener in listeners.items():
        event.listen(db.engine, name, listener)
    try:
        yield committed
    finally:
        for name, listener in listeners.items():
            event.remove(db.engine, name, listener)


def everything() -> str:
    """All that is in the database, but for who came in and when, as one hash."""
    digest = hashlib.sha256()
    for name, rows in snapshot().items():
        digest.update(repr((name, rows)).encode())
    return digest.hexdigest()


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """All that is in the database, but for who came in and when, by table."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in OF_THE_DOOR:
            rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
            found[table.name] = [dict(row._mapping) for row in rows]
    db.session.rollback()
    return found
