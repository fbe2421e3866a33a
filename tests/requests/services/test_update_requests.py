"""Asking for an update and answering: who is mailed what, what is recorded, and what is withdrawn before sending."""

import email
import email.policy
from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest
from sqlalchemy import delete, select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.requests.queries.documents_to_ask import list_documents_to_ask
from cycle_tracker.requests.queries.requests import in_state, mailed_to, newest_requests
from cycle_tracker.requests.rules import DEFAULT_TEXT, RequestState, request_state
from cycle_tracker.requests.services import (
    Draft,
    answer_request,
    draft_requests,
    find_same_request,
    fingerprint,
    send_requests,
)
from tests.factories import make_government, make_milestone, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, again, moment
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 9, 2)
NOW = moment(TODAY)
REPLY_BY = date(2026, 9, 16)


@dataclass
class Moray:
    """Moray with two planning leads, and its report, which a contributor owns."""

    partnership: Partnership
    lead: User
    second: User
    owner: User
    report: Milestone
    official: User

    def drafts(self, text: str = DEFAULT_TEXT) -> list[Draft]:
        return draft_requests([again(self.report)], text, REPLY_BY, TODAY)

    def send(self) -> UpdateRequest:
        (sent,) = send_requests(self.drafts(), REPLY_BY, by=again(self.official), now=NOW)
        db.session.commit()
        return sent


@pytest.fixture
def moray(days: Days) -> Moray:
    make_government()
    place = make_partnership("moray", name="Moray")
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
    second = make_user("Rory Baird", role=Role.LEAD, partnership=place)
    owner = make_user("Isla Ross", role=Role.CONTRIBUTOR, partnership=place)
    report = make_report(place, owner=owner)
    made = Moray(place, lead, second, owner, report, make_user("Fiona Shaw", role=Role.OFFICIAL))
    db.session.commit()
    return made


def names(draft: Draft) -> list[str]:
    return [person.name for person in draft.to]


def text_of(message: Message) -> str:
    content = db.session.get_one(MessageBody, message.id).content
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    return str(parsed.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def messages() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_each_lead_and_the_owner_get_a_mail_of_their_own(days: Days, moray: Moray) -> None:
    request = moray.send()
    mails = messages()
    assert {(mail.recipient, mail.kind, mail.milestone_id, mail.digest_on) for mail in mails} == {
        (person.email, MessageKind.UPDATE_REQUEST, moray.report.id, None)
        for person in (moray.lead, moray.second, moray.owner)
    }
    link = f"/update-requests/{request.id}"
    assert days.send(TODAY, TEN).sent == 3
    notified = [one for one in days.notified if one.recipient == "Ailsa Grant"]
    assert notified[0].subject == "Update requested, Moray: Annual report on 2025–26"
    mailed = mailed_to([request.id])[request.id]
    assert [one.name for one in mailed] == ["Ailsa Grant", "Rory Baird", "Isla Ross"]
    assert {one.state for one in mailed} == {MessageState.SENT}
    reasons = {mail.recipient: "because you own this document." in text_of(mail) for mail in messages()}
    assert reasons == {moray.lead.email: False, moray.second.email: False, moray.owner.email: True}
    assert "You get this because you are a planning lead for Moray." in text_of(messages()[0])
    content = text_of(messages()[0])
    assert link in content
    assert "(64 days before 2 September 2026)" in content
    assert "Please reply by 16 September 2026." in content


def test_a_lead_who_owns_the_document_is_mailed_once(moray: Moray) -> None:
    moray.report.owner = moray.lead
    db.session.flush()
    assert names(moray.drafts()[0]) == ["Ailsa Grant", "Rory Baird"]


def test_an_owner_who_may_not_see_it_any_more_is_not_asked(moray: Moray) -> None:
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == moray.owner.id))
    moray.second.active = False
    db.session.flush()
    assert names(moray.drafts()[0]) == ["Ailsa Grant"]


def test_where_there_is_nobody_the_request_is_recorded_and_no_administrator_is_mailed(moray: Moray) -> None:
    make_user("Rhona Bell", role=Role.ADMINISTRATOR)
    db.session.execute(delete(RoleGrant).where(RoleGrant.partnership_id == moray.partnership.id))
    db.session.flush()
    request = moray.send()
    assert messages() == []
    assert mailed_to([request.id])[request.id] == []
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "update-asked")).one()
    assert event.after["mailed"] == []


def test_a_document_that_is_published_meanwhile_is_not_asked_about(days: Days, moray: Moray) -> None:
    moray.send()
    record_publication(
        again(moray.report),
        address="https://example.org/report",
        published_on=TODAY,
        send_to_ministers=True,
        by=again(moray.lead),
        today=TODAY,
        now=NOW,
    )
    db.session.commit()
    sent = days.send(TODAY, TEN)
    assert (sent.sent, sent.withdrawn) == (0, 3)
    assert {mail.state for mail in messages()} == {MessageState.WITHDRAWN}
    assert all(mail.claim_id is None and mail.ended_at is not None for mail in messages())


def test_who_may_not_see_the_document_any_more_is_not_mailed(days: Days, moray: Moray) -> None:
    moray.send()
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == moray.second.id))
    again(moray.owner).active = False
    db.session.commit()
    sent = days.send(TODAY, TEN)
    assert (sent.sent, sent.withdrawn) == (1, 2)
    assert [one.recipient for one in days.notified] == ["Ailsa Grant"]


def test_it_goes_out_on_a_later_day_as_it_was_written(days: Days, moray: Moray) -> None:
    moray.send()
    before = [text_of(mail) for mail in messages()]
    assert days.send(date(2026, 9, 4), TEN).sent == 3
    assert [text_of(mail) for mail in messages()] == before


def test_only_open_documents_that_officials_follow_can_be_asked_about(moray: Moray) -> None:
    step = make_milestone(moray.partnership)
    dropped = make_report(moray.partnership, key="another", state=State.NOT_REQUIRED)
    ids = [moray.report.id, step.id, dropped.id, 999999]
    official, lead = viewer_of(moray.official.id, TODAY), viewer_of(moray.lead.id, TODAY)
    assert [one.id for one in list_documents_to_ask(official, ids)] == [moray.report.id]
    assert [one.id for one in list_documents_to_ask(official, ids, hold=True)] == [moray.report.id]
    assert list_documents_to_ask(lead, ids) == []


@pytest.mark.parametrize("documents", [2, 12])
def test_drafting_takes_as_many_statements_for_many_as_for_few(moray: Moray, documents: int) -> None:
    for number in range(documents):
        place = make_partnership(f"place-{number}")
        make_report(place, owner=make_user(role=Role.LEAD, partnership=place))
    db.session.commit()
    ids = list(db.session.scalars(select(Milestone.id)))
    viewer = viewer_of(moray.official.id, TODAY)
    with counted_statements() as seen:
        drafts = draft_requests(list_documents_to_ask(viewer, ids), DEFAULT_TEXT, REPLY_BY, TODAY)
    assert len(drafts) == documents + 1
    assert len(seen) <= 10, "\n\n".join(seen)


def test_drafts_are_told_apart_by_words_people_and_what_was_asked_before(moray: Moray) -> None:
    first = fingerprint(moray.drafts())
    assert fingerprint(moray.drafts()) == first
    assert fingerprint(moray.drafts("Where is it, please?")) != first
    moray.second.active = False
    db.session.flush()
    without_second = fingerprint(moray.drafts())
    assert without_second != first
    moray.send()
    assert fingerprint(moray.drafts()) != without_second


def test_a_second_request_of_the_day_is_known_for_one(moray: Moray) -> None:
    assert find_same_request(moray.drafts(), by=moray.official) is None
    sent = moray.send()
    drafts = moray.drafts()
    assert drafts[0].was_asked_today
    assert drafts[0].last is sent
    assert find_same_request(drafts, by=moray.official) is sent
    assert find_same_request(drafts, by=moray.lead) is None
    assert find_same_request(moray.drafts("Where is it, please?"), by=moray.official) is None
    later = draft_requests([moray.report], DEFAULT_TEXT, REPLY_BY, date(2026, 9, 3))
    assert not later[0].was_asked_today


def test_an_answer_is_given_once(moray: Moray) -> None:
    request = moray.send()
    answer_request(request, " It goes to the board. ", by=moray.lead, today=TODAY, now=NOW)
    assert (request.answer, request.answered_by, request.answered_at) == ("It goes to the board.", moray.lead, NOW)
    with pytest.raises(ChangedMeanwhile):
        answer_request(request, "Soon.", by=moray.second, today=TODAY, now=NOW)
    assert request.answer == "It goes to the board."
    assert db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.actor_id == moray.lead.id).order_by(AuditEvent.id)
    ).all() == ["update-answered"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_answer_says_something_and_not_too_much(moray: Moray, text: str) -> None:
    request = moray.send()
    with pytest.raises(RuleBroken) as refused:
        answer_request(request, text, by=moray.lead, today=TODAY, now=NOW)
    assert refused.value.field == "answer"
    assert request.answered_at is None


def test_what_needs_no_answer_any_more_is_not_answered(moray: Moray) -> None:
    request = moray.send()
    moray.report.state = State.NOT_REQUIRED
    db.session.flush()
    with pytest.raises(RuleBroken, match="No answer is needed"):
        answer_request(request, "It is not required.", by=moray.lead, today=TODAY, now=NOW)


def test_the_newest_request_is_the_last(moray: Moray) -> None:
    moray.send()
    last = moray.send()
    assert newest_requests([moray.report.id, 999999]) == {moray.report.id: last}


def test_where_a_request_stands_is_the_same_in_sql(moray: Moray) -> None:
    cases = list(product([None, NOW], State, [None, date(2026, 9, 1), TODAY, REPLY_BY]))
    for number, (answered_at, state, reply_by) in enumerate(cases):
        report = make_report(moray.partnership, key=f"case-{number}", state=state)
        db.session.add(
            UpdateRequest(
                milestone_id=report.id,
                asked_by_id=moray.official.id,
                asked_at=NOW,
                text="How is it?",
                reply_by=reply_by,
                answered_at=answered_at,
            )
        )
    db.session.flush()
    for wanted in RequestState:
        found = db.session.scalars(
            select(UpdateRequest)
            .join(UpdateRequest.milestone)
            .where(in_state(wanted, TODAY))
            .order_by(UpdateRequest.id)
        ).all()
        expected = [
            request
            for request in db.session.scalars(select(UpdateRequest).order_by(UpdateRequest.id))
            if request_state(
                answered=request.answered_at is not None,
                document_is_open=request.milestone.is_open,
                reply_by=request.reply_by,
                today=TODAY,
            )
            is wanted
        ]
        assert found == expected, wanted
        assert found
