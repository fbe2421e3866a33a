"""Emails that wait are carried over to version 0004."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt

WAITING_MAILS = {
    "digest": b"open /answer/fill-%s-answer-7-here",
    "invitation": b"join /invitations/fill-%s-link-here",
    "account-changed": b"your password was changed",
}


def test_mails_that_wait_are_carried_over_with_their_placeholders(stands_at: StandsAt) -> None:
    """A digest is written anew before it goes out; a link that lets somebody in is filled as before, up and down."""
    stands_at("0003")
    for number, (kind, words) in enumerate(WAITING_MAILS.items(), start=1):
        identity = f"{number:032x}"
        content = words % identity.encode() if b"%s" in words else words
        db.session.execute(
            text(
                "INSERT INTO messages (id, identity, kind, recipient, subject, message_id, rendered_on, state,"
                " attempts, queued_at, ready_at, trouble, receipt, ended_why)"
                " VALUES (:id, :identity, :kind, 'a@example.test', 's', 'm', '2026-05-14', 'queued',"
                " 0, '2026-05-14 06:00:00', '2026-05-14 06:00:00', '', '', '')"
            ),
            {"id": number, "identity": identity, "kind": kind},
        )
        db.session.execute(
            text("INSERT INTO message_bodies (message_id, content) VALUES (:id, :content)"),
            {"id": number, "content": content},
        )
    db.session.commit()
    upgrade(revision="0004")
    keys: dict[int, str] = dict(db.session.execute(text("SELECT message_id, key FROM message_bodies")).all())
    assert keys == {1: "", 2: f"{2:032x}", 3: ""}
    days: dict[int, object] = dict(db.session.execute(text("SELECT id, rendered_on FROM messages")).all())
    assert {number: str(day) for number, day in days.items()} == {1: "0001-01-01", 2: "2026-05-14", 3: "2026-05-14"}
    new = b"join /invitations/fill-%s-link-here" % (b"a" * 32)
    db.session.execute(
        text("UPDATE message_bodies SET key = :key, content = :content WHERE message_id = 2"),
        {"key": "a" * 32, "content": new},
    )
    db.session.commit()
    downgrade(revision="0003")
    content = db.session.execute(text("SELECT content FROM message_bodies WHERE message_id = 2")).scalar_one()
    assert bytes(content) == WAITING_MAILS["invitation"] % f"{2:032x}".encode()
