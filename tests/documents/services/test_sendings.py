"""A copy that is emailed is recorded as sent when the receiver's mail server took it, and not before: what the record,
the email and the history say of a mailbox that is set, not set, set later, and one that refuses."""

from datetime import date, time
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.documents.queries.copies import government_has_mailbox, sending_facts
from cycle_tracker.documents.services.document_copies import record_copies_sent
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import correct_publication, undo_publication
from cycle_tracker.documents.services.publications import (
    record_publication,
    scottish_government,
    send_to_scottish_government,
)
from cycle_tracker.documents.services.sendings import send_copy, sendings_of, settle_sendings, stop_sendings
from cycle_tracker.documents.web.publications.event_words import document_event_words
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy, Sending, Version
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_user
from tests.support.databases import Database
from tests.support.days import Days, moment, ticking
from tests.support.parallel import at_once
from tests.support.reference import stand_cycle

TODAY = date(2026, 5, 20)
NOW = moment(TODAY)
ADDRESS = "https://www.moray.example/plan.pdf"
MAILBOX = "plans@government.example"
REFUSED = "550 5.1.1 No such user"


@pytest.fixture
def moray(core_app: Flask, database: Database) -> Partnership:
    """Moray with its cycle of 2026–29, entered long before."""
    return stand_cycle(database, "moray", NOW)


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


def find(key: str) -> Milestone:
    return db.session.scalars(select(Milestone).where(Milestone.key == f"2026-29.{key}")).one()


def publish(by: User, *, mailbox: str | None, send: bool = True) -> Publication:
    scottish_government().mailbox = mailbox
    publication = record_publication(
        find("plan-prepared"),
        address=ADDRESS,
        published_on=date(2026, 4, 7),
        send_to_ministers=send,
        by=by,
        today=TODAY,
        now=NOW,
    )
    db.session.commit()
    return publication


def run(days: Days, on: date = TODAY, at: time = time(9)) -> None:
    """What the job `send-outbox` does."""
    days.send(on, at)
    db.session.commit()


def copies() -> list[tuple[str, date | None, str]]:
    """Every copy of a version that is known: to whom, sent on, and what the mail server answered."""
    known = select(Publication.id).where(Publication.recorded_to.is_(None))
    of_known = PublicationCopy.publication_id.in_(known)
    rows = db.session.scalars(select(PublicationCopy).where(of_known).order_by(PublicationCopy.id))
    return [(copy.receiver.name, copy.sent_on, copy.answer) for copy in rows]


def history() -> list[str]:
    """What the page of the plan says of its copies."""
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id))
    return [words for event in events if "copy" in event.action and (words := document_event_words(event, "Ailsa"))]


def notified(days: Days) -> list[tuple[str, str]]:
    return [(one.recipient, one.subject) for one in days.notified]


def test_a_copy_is_recorded_as_sent_when_the_mail_server_took_it(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    assert copies() == []
    assert find("send-to-ministers").state is not State.DONE
    assert not find("plan-prepared").complete
    assert [one.refused_at for one in sendings_of(publication).values()] == [None]

    days.sink.faults.receipt = "250 2.0.0 Ok: queued as 4F1"
    run(days, date(2026, 5, 21))

    assert copies() == [("Scottish Government", date(2026, 5, 21), "250 2.0.0 Ok: queued as 4F1")]
    assert (find("send-to-ministers").state, find("send-to-ministers").done_on) == (State.DONE, date(2026, 5, 21))
    assert find("plan-prepared").complete
    assert history() == [
        "Ailsa asked for the copy to the Scottish Government to be emailed",
        "The copy to the Scottish Government was sent on 21 May 2026: its mail server accepted the email",
    ]
    assert notified(days) == [
        (MAILBOX, "Moray: Children’s Services Plan 2026–29"),
        ("Ailsa Grant", "Your copy, Moray: Children’s Services Plan 2026–29"),
    ]


def test_whoever_gets_a_copy_sees_who_sent_it_and_answers_them(lead: User) -> None:
    publish(lead, mailbox=MAILBOX)
    contents = db.session.scalars(select(MessageBody.content).order_by(MessageBody.message_id))
    copy, own = (message_from_bytes(content, policy=policy.default) for content in contents)
    assert copy["Reply-To"] == lead.email
    for kind in ("plain", "html"):
        part = copy.get_body((kind,))
        assert part is not None
        words = " ".join(part.get_content().split())
        assert "Ailsa Grant sent this for the Moray children’s services planning partnership." in words
        assert "If you reply, your email goes to Ailsa Grant." in words
    assert own["Reply-To"] is None


def test_an_address_that_no_header_can_hold_stands_in_the_words(lead: User) -> None:
    lead.email = "àilse@example.test"
    publish(lead, mailbox=MAILBOX)
    copy = message_from_bytes(db.session.scalars(select(MessageBody.content)).first() or b"", policy=policy.default)
    assert copy["Reply-To"] is None
    for kind in ("plain", "html"):
        part = copy.get_body((kind,))
        assert part is not None
        words = " ".join(part.get_content().split())
        assert "To reply, write to àilse@example.test." in words
        assert "If you reply" not in words


def test_the_email_says_that_a_version_is_a_revised_one(lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX, send=False)
    revised = record_newer_version(
        publication,
        address=ADDRESS,
        published_on=TODAY,
        reason="New priorities after the review.",
        reopen=[],
        by=lead,
        today=TODAY,
        now=NOW,
    )
    send_to_scottish_government(revised, by=lead, today=TODAY, now=NOW)
    contents = db.session.scalars(select(MessageBody.content).order_by(MessageBody.message_id)).all()
    assert len(contents) == 2
    for content in contents:
        for kind in ("plain", "html"):
            part = message_from_bytes(content, policy=policy.default).get_body((kind,))
            assert part is not None
            assert "Children’s Services Plan 2026–29, Moray. Revised version, published on 20 May 2026." in " ".join(
                part.get_content().split()
            )


def test_without_a_mailbox_a_person_says_that_they_sent_it_and_nothing_is_emailed(days: Days, lead: User) -> None:
    publish(lead, mailbox=None)
    run(days)
    assert copies() == [("Scottish Government", TODAY, "")]
    assert days.notified == []


def test_a_mailbox_that_is_set_later_sends_nothing_by_itself(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=None, send=False)
    scottish_government().mailbox = MAILBOX
    db.session.commit()
    run(days)
    assert (copies(), days.notified) == ([], [])
    send_to_scottish_government(publication, by=lead, today=TODAY, now=NOW)
    db.session.commit()
    run(days)
    assert [to for to, _ in notified(days)] == [MAILBOX, "Ailsa Grant"]
    assert copies() == [("Scottish Government", TODAY, "250 OK")]


def test_a_copy_that_was_refused_was_not_sent_and_the_leads_hear_why(days: Days, lead: User) -> None:
    days.sink.faults.refuse_at_rcpt = {MAILBOX: REFUSED}
    publication = publish(lead, mailbox=MAILBOX)
    run(days)
    assert copies() == []
    assert find("send-to-ministers").state is not State.DONE
    (sending,) = sendings_of(publication).values()
    assert sending.refused_at is not None
    assert REFUSED in sending.answer
    assert history()[-1].startswith("The copy to the Scottish Government was not sent: ")

    days.notified.clear()
    run(days, at=time(10))
    assert notified(days) == [("Ailsa Grant", "Copy not sent, Moray: Children’s Services Plan 2026–29")]
    days.notified.clear()
    run(days, at=time(11))
    assert days.notified == []  # once


def test_what_was_refused_can_be_sent_again(days: Days, lead: User) -> None:
    days.sink.faults.refuse_at_rcpt = {MAILBOX: REFUSED}
    publication = publish(lead, mailbox=MAILBOX)
    run(days)
    days.sink.faults.refuse_at_rcpt = {}
    publication = db.session.get_one(Publication, publication.id)
    send_to_scottish_government(publication, by=db.session.get_one(User, lead.id), today=TODAY, now=NOW)
    db.session.commit()
    run(days, at=time(10))
    assert copies() == [("Scottish Government", TODAY, "250 OK")]
    assert sendings_of(publication) == {}


def test_a_run_that_was_killed_after_the_email_is_made_good_by_the_next(days: Days, lead: User) -> None:
    publish(lead, mailbox=MAILBOX)
    send_ready_messages(TODAY, ticking(moment(TODAY, time(9))))  # and killed here
    db.session.expire_all()
    assert copies() == []
    run(days, date(2026, 5, 22))
    assert copies() == [("Scottish Government", TODAY, "250 OK")]  # the day on which it was taken
    run(days, date(2026, 5, 23))
    assert len(copies()) == 1


def test_a_copy_on_its_way_is_not_sent_twice(lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    with pytest.raises(RuleBroken, match="already being sent"):
        send_copy(publication, scottish_government(), by=lead, now=NOW)


def test_who_has_a_copy_is_sent_none(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=None)
    government = scottish_government()
    government.mailbox = MAILBOX
    with pytest.raises(RuleBroken, match="already recorded"):
        send_copy(publication, government, by=lead, now=NOW)


def test_a_receiver_without_a_mailbox_is_sent_nothing(lead: User) -> None:
    publication = publish(lead, mailbox=None, send=False)
    police = db.session.scalars(select(Organisation).where(Organisation.code == "N01")).one()
    with pytest.raises(RuleBroken, match="We have no email address for"):
        send_copy(publication, police, by=lead, now=NOW)


def test_a_draft_is_sent_to_nobody(lead: User) -> None:
    scottish_government().mailbox = MAILBOX
    draft = record_publication(
        find("plan-prepared"),
        address=ADDRESS,
        published_on=None,
        send_to_ministers=False,
        by=lead,
        today=TODAY,
        now=NOW,
        version=Version.DRAFT,
    )
    with pytest.raises(RuleBroken, match="Only a draft"):
        send_copy(draft, scottish_government(), by=lead, now=NOW)


def test_what_a_person_records_meanwhile_wins_and_the_email_is_not_sent(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    record_copies_sent(publication, [scottish_government()], sent_on=date(2026, 5, 19), by=lead, today=TODAY, now=NOW)
    db.session.commit()
    run(days)
    assert copies() == [("Scottish Government", date(2026, 5, 19), "")]
    assert [to for to, _ in notified(days)] == ["Ailsa Grant"]


def test_what_a_person_records_while_the_email_is_in_hand_stays(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    publication.copies.append(PublicationCopy(receiver=scottish_government(), sent_on=TODAY))
    db.session.commit()
    run(days)
    assert copies() == [("Scottish Government", TODAY, "")]
    assert sendings_of(publication) == {}


def revise(publication: Publication, by: User) -> Publication:
    newer = record_newer_version(
        publication,
        address=ADDRESS,
        published_on=TODAY,
        reason="New priorities after the review.",
        reopen=[],
        by=by,
        today=TODAY,
        now=NOW,
    )
    db.session.commit()
    return newer


def test_a_newer_version_stops_the_emails_of_the_one_before(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    revise(publication, lead)
    run(days)
    assert copies() == []
    assert MAILBOX not in [to for to, _ in notified(days)]


def test_a_copy_that_the_server_took_before_a_newer_version_is_one_of_the_version_before(
    days: Days, lead: User
) -> None:
    """The email was sent, and only what came of it was still to be written down: the record of the copy was lost."""
    number, by = publish(lead, mailbox=MAILBOX).id, lead.id
    send_ready_messages(TODAY, ticking(moment(TODAY, time(9))))  # and killed before it was written down
    newer = revise(db.session.get_one(Publication, number), db.session.get_one(User, by)).id
    run(days)
    assert copies() == [("Scottish Government", TODAY, "250 OK")]
    rows = db.session.scalars(select(PublicationCopy.publication_id)).all()
    assert (rows, sendings_of(db.session.get_one(Publication, newer))) == ([number], {})


def test_the_leads_hear_nothing_of_a_copy_that_is_refused_once_its_version_was_replaced(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    queued = update(Message).where(Message.recipient == MAILBOX)
    db.session.execute(queued.values(state=MessageState.SENDING))
    revise(publication, lead)
    db.session.execute(queued.values(state=MessageState.FAILED, trouble=REFUSED))
    db.session.commit()
    run(days)
    assert (copies(), db.session.scalars(select(Sending)).all()) == ([], [])
    assert MessageKind.COPY_NOT_SENT not in db.session.scalars(select(Message.kind)).all()
    assert any(REFUSED in words for words in history())


def test_each_receiver_with_a_mailbox_gets_an_email_of_its_own(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    police = db.session.scalars(select(Organisation).where(Organisation.code == "N01")).one()
    police.mailbox = "plans@police.example"
    send_copy(publication, police, by=lead, now=NOW)
    db.session.commit()
    days.sink.faults.refuse_at_rcpt = {"plans@police.example": REFUSED}
    run(days)
    assert [name for name, *_ in copies()] == ["Scottish Government"]
    assert [one.receiver.code for one in sendings_of(publication).values()] == ["N01"]


def test_a_message_that_was_withdrawn_sent_nothing(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    db.session.execute(
        update(Message).where(Message.recipient == MAILBOX).values(state=MessageState.WITHDRAWN, ended_why="Stopped.")
    )
    db.session.commit()
    run(days)
    assert copies() == []
    assert [one.answer for one in sendings_of(publication).values()] == ["Stopped."]


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "on its way"])
def test_what_turns_out_to_be_a_draft_is_sent_to_nobody_and_gives_way(days: Days, lead: User, refused: bool) -> None:
    number, by = publish(lead, mailbox=MAILBOX).id, lead.id
    if refused:
        days.sink.faults.refuse_at_rcpt = {MAILBOX: REFUSED}
        run(days)
    publication, lead = db.session.get_one(Publication, number), db.session.get_one(User, by)
    correct_publication(
        publication, version=Version.DRAFT, published_on=date(2026, 4, 7), places=[], by=lead, today=TODAY, now=NOW
    )
    db.session.commit()
    assert sendings_of(publication) == {}
    run(days, date(2026, 5, 21))
    assert MAILBOX not in [to for to, _ in notified(days)]
    assert publish(db.session.get_one(User, by), mailbox=MAILBOX, send=False).version is Version.FINAL


def test_no_copy_of_a_draft_is_recorded(lead: User) -> None:
    draft = record_publication(
        find("plan-prepared"),
        address=ADDRESS,
        published_on=date(2026, 4, 7),
        send_to_ministers=False,
        by=lead,
        today=TODAY,
        now=NOW,
        version=Version.DRAFT,
    )
    receiver = db.session.scalars(
        select(Organisation).where(Organisation.name == "Moray Integration Joint Board")
    ).one()
    with pytest.raises(RuleBroken, match="Only a draft is published"):
        record_copies_sent(draft, [receiver], sent_on=TODAY, by=lead, today=TODAY, now=NOW)


def test_undoing_while_what_came_of_the_email_is_written_down_leaves_one_of_the_two(app: Flask, lead: User) -> None:
    """On PostgreSQL each held what the other waited for, and the run of the job, or the page, ended with an error."""
    for _ in range(3):
        number, by = publish(lead, mailbox=MAILBOX).id, lead.id
        db.session.execute(update(Message).values(state=MessageState.SENT, ended_at=NOW, receipt="250 OK"))
        db.session.commit()
        db.session.remove()

        def undo(number: int = number, by: int = by) -> bool:
            try:
                undo_publication(
                    db.session.get_one(Publication, number), "By mistake", by=db.session.get_one(User, by), now=NOW
                )
                db.session.commit()
            except (IntegrityError, StaleDataError):  # as of any form: someone else saved at the same time
                db.session.rollback()
                return False
            return True

        undone, *_ = at_once(app, undo, lambda: bool(settle_sendings(now=NOW)), lambda: bool(settle_sendings(now=NOW)))
        left = [] if undone else [("Scottish Government", TODAY, "250 OK")]
        assert (copies(), db.session.scalars(select(Sending)).all()) == (left, [])
        assert undone or undo()
        lead = db.session.get_one(User, by)


def test_the_email_about_a_refusal_names_the_address_that_refused(days: Days, lead: User) -> None:
    publish(lead, mailbox=MAILBOX)
    days.sink.faults.refuse_at_rcpt = {MAILBOX: REFUSED}
    scottish_government().mailbox = "another@government.example"
    db.session.commit()
    run(days)
    message = select(Message.id).where(Message.kind == MessageKind.COPY_NOT_SENT)
    body = db.session.scalars(select(MessageBody.content).where(MessageBody.message_id == message.scalar_subquery()))
    assert f"Email address: {MAILBOX}".encode() in body.one()


def test_who_leads_by_an_organisation_hears_of_a_refusal_and_a_service_provider_does_not(
    days: Days, lead: User, moray: Partnership
) -> None:
    for name, of in (("Of the council", "Moray Council"), ("Of the board", "Moray Integration Joint Board")):
        organisation = db.session.scalars(select(Organisation).where(Organisation.name == of)).one()
        person = make_user(name, organisation=organisation)
        person.grants.append(RoleGrant(role=Role.LEAD, scope=Scope.ORGANISATION, organisation_id=organisation.id))
    days.sink.faults.refuse_at_rcpt = {MAILBOX: REFUSED}
    publish(lead, mailbox=MAILBOX)
    run(days)
    days.sink.faults.refuse_at_rcpt = {}
    run(days, at=time(10))
    told_of_it = {to for to, subject in notified(days) if subject.startswith("Copy not sent")}
    assert told_of_it == {"Ailsa Grant", "Of the council"}


def police_with_a_mailbox() -> Organisation:
    police = db.session.scalars(select(Organisation).where(Organisation.code == "N01")).one()
    police.mailbox = "plans@police.example"
    return police


def test_what_a_person_records_for_one_receiver_stops_the_email_to_that_one_alone(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    police = police_with_a_mailbox()
    send_copy(publication, police, by=lead, now=NOW)
    record_copies_sent(publication, [police], sent_on=date(2026, 5, 19), by=lead, today=TODAY, now=NOW)
    db.session.commit()
    run(days)
    assert copies() == [(police.name, date(2026, 5, 19), ""), ("Scottish Government", TODAY, "250 OK")]
    assert "plans@police.example" not in [one.recipient for one in days.notified]


def test_an_email_that_was_sent_stays_sent_whatever_is_recorded_then(days: Days, lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    send_ready_messages(TODAY, ticking(moment(TODAY, time(9))))  # and killed before it was written down
    publication = db.session.get_one(Publication, publication.id)
    stop_sendings(publication, now=NOW)
    db.session.commit()
    db.session.expire_all()
    message = db.session.scalars(select(Message).where(Message.recipient == MAILBOX)).one()
    assert (message.state, message.ended_why) == (MessageState.SENT, "")


def test_the_leads_hear_of_a_refusal_once_also_when_other_copies_are_sent_later(days: Days, lead: User) -> None:
    days.sink.faults.refuse_at_rcpt = {MAILBOX: REFUSED}
    publication = publish(lead, mailbox=MAILBOX)
    run(days)
    publication = db.session.get_one(Publication, publication.id)
    send_copy(publication, police_with_a_mailbox(), by=db.session.get_one(User, lead.id), now=NOW)
    db.session.commit()
    run(days, at=time(10))
    run(days, at=time(11))
    subjects = [subject for _, subject in notified(days)]
    assert sum(subject.startswith("Copy not sent") for subject in subjects) == 1


@pytest.mark.parametrize("refused", [{}, {MAILBOX: REFUSED}], ids=["sent", "refused"])
def test_what_came_of_a_copy_counts_as_a_change_of_the_document(
    days: Days, lead: User, refused: dict[str, str]
) -> None:
    days.sink.faults.refuse_at_rcpt = refused
    publish(lead, mailbox=MAILBOX)
    before = find("plan-prepared").version
    run(days)
    assert find("plan-prepared").version > before


def test_only_the_mailbox_of_the_scottish_government_is_its_own(lead: User) -> None:
    police_with_a_mailbox()
    db.session.flush()
    assert not government_has_mailbox()
    scottish_government().mailbox = MAILBOX
    db.session.flush()
    assert government_has_mailbox()


def test_what_is_on_its_way_is_that_of_one_document(lead: User) -> None:
    publication = publish(lead, mailbox=MAILBOX)
    other = Publication(milestone=find("annual-report-1"), recorded_from=NOW)
    db.session.add(other)
    db.session.flush()
    assert list(sending_facts(publication.id)) == [scottish_government().id]
    assert sending_facts(other.id) == {}
