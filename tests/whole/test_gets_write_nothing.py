"""A GET writes nothing but that a sign-in is in use and that a calendar was fetched, whichever page is opened.

`tests/whole/test_access_matrix.py` watches each single request of each role, but not who came in and when; here all
that is in the database is compared."""

from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.services.tokens import hash_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.feeds.services import make_feed
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.user import User
from tests.access_matrix import OPEN_TO_ALL, TABLE
from tests.access_matrix.stage import NOBODY, Parts, person, signed_in
from tests.support.pages import sign_in

WRITTEN = {("sign_in_sessions", "seen_at"), ("calendar_feeds", "fetched_at")}
"""The columns that a GET writes (ADR 0006), each at most once in a while and in a transaction of its own."""
MAILED = {
    "/sign-in/link/<token>": LinkPurpose.SIGN_IN,
    "/reset-password/<token>": LinkPurpose.RESET_PASSWORD,
}


def test_opening_every_page_writes_only_when_somebody_was_there(
    app: Flask, two_partnerships: Parts, morning: time_machine.Traveller
) -> None:
    clients = {role: sign_in(app, person(role)) for role in (Role.LEAD, Role.OFFICIAL, Role.ADMINISTRATOR)}
    reader = db.session.scalars(select(User).where(User.name == f"A {Role.LEAD}")).one()
    tokens = {"/calendar/<token>.ics": make_feed(reader, None, now=clock.now())} | _mailed_to(reader)
    morning.shift(timedelta(minutes=2))
    before = _all_rows()
    pages = 0
    for cell in (cell for cell in TABLE if cell.method == "GET"):
        client = next((clients[role] for role in clients if role in cell.may), clients[Role.LEAD])
        pages += client.get(cell.path.format_map(two_partnerships["moray"])).status_code == 200
    nobody = signed_in(app, NOBODY)
    for rule in sorted(rule for rule, method in OPEN_TO_ALL if method == "GET" and "<path" not in rule):
        path = rule.replace("<token>", tokens.get(rule, "no-token")).replace("<any(csv,xlsx):form>", "csv")
        for method in ("GET", "HEAD", "OPTIONS"):
            status = nobody.open(path, method=method).status_code
        assert status == 200 or rule not in tokens
    assert pages > 75
    assert _changed(before, _all_rows()) == WRITTEN


def _mailed_to(user: User) -> dict[str, str]:
    """A link of each kind that was mailed to this person, with its token by rule."""
    now, tokens = clock.now(), {}
    for number, (rule, purpose) in enumerate(MAILED.items()):
        message = Message(
            identity=f"{number:032d}",
            kind=MessageKind.SIGN_IN_LINK,
            recipient=user.email,
            user_id=user.id,
            subject="A link",
            message_id=f"<{number}@example.org>",
            rendered_on=clock.today(),
            state=MessageState.SENT,
            queued_at=now,
            ready_at=now,
        )
        db.session.add(message)
        db.session.flush()
        tokens[rule] = f"token-{number}"
        db.session.add(
            AccessLink(
                purpose=purpose,
                token_hash=hash_of(tokens[rule]),
                message_id=message.id,
                user_id=user.id,
                minted_at=now,
                expires_at=now + timedelta(minutes=15),
            )
        )
    db.session.commit()
    return tokens


Rows = dict[str, dict[tuple[object, ...], dict[str, Any]]]


def _all_rows() -> Rows:
    """All that is in the database, by table and key: what says who came in and when, too."""
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = db.session.execute(select(table)).mappings().all()
        keys = table.primary_key.columns.keys()
        found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    db.session.rollback()
    return found


def _changed(before: Rows, after: Rows) -> set[tuple[str, str]]:
    """The columns that changed, by table; `*` for a row that came or went."""
    changed = set()
    for table, rows in before.items():
        changed |= {(table, "*") for _ in rows.keys() ^ after[table].keys()}
        for key in rows.keys() & after[table].keys():
            changed |= {(table, name) for name in rows[key] if rows[key][name] != after[table][key][name]}
    return changed
