"""Saying by the link of a mail how a milestone stands: once, with the rights of the moment, never by opening it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact, stop_asking
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_milestone, make_user
from tests.support.mail_out import sink_for
from tests.support.mailed_links import answer_links, mail_to, run_jobs, text_of
from tests.support.moray import REPORT, STEP, Place, count
from tests.support.pages import Browser, counted_statements, said, soup
from tests.support.parallel import at_once
from tests.support.smtp_sink import SmtpSink

TODAY = date(2026, 7, 3)
DONE = {"kind": "done", "done_on": "02/07/2026"}
ON_TRACK = {"kind": "on-track"}
NEW_DATE = {"kind": "needs-a-new-date", "new_date": "14/08/2026", "text": "The board meets late."}


@pytest.fixture
def sink(place: Place) -> Iterator[SmtpSink]:
    with sink_for(place.app) as running:
        yield running


@pytest.fixture
def visitor(place: Place) -> Browser:
    """A browser that nobody signed in on."""
    return Browser(place.app, place.app.response_class)


@pytest.fixture
def link(place: Place, sink: SmtpSink) -> str:
    """The link that the owner of the step got."""
    run_jobs()
    return answer_links(mail_to(sink, place.owner.email))[0]


def step(place: Place) -> Milestone:
    db.session.expire_all()
    return db.session.get_one(Milestone, place.step.id)


def actions(place: Place) -> list[tuple[str, int | None]]:
    events = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject == "milestone", AuditEvent.subject_id == place.step.id)
        .order_by(AuditEvent.id)
    )
    return [(one.action, one.actor_id) for one in events]


def a_contact(place: Place, kind: Kind = Kind.CONSULTATION) -> tuple[Milestone, Contact]:
    """Somebody without an account who is asked about a consultation that is due in a week."""
    asked = make_milestone(
        place.partnership, title="Consult on the plan", kind=kind, due_on=date(2026, 7, 10), owner=place.owner
    )
    details = ContactDetails("Kirsty Bain", "kirsty@example.test", "NHS Grampian")
    contact = add_contact(place.partnership, details, by=place.lead, now=clock.now())
    ask_contact(asked, contact, by=place.lead, now=clock.now())
    db.session.commit()
    return asked, contact


def test_opening_the_link_asks_one_question_and_changes_nothing(place: Place, link: str, visitor: Browser) -> None:
    before = snapshot()
    for _ in range(3):
        answer = visitor.get(link)
    assert answer.status_code == 200
    assert visitor.head(link).status_code == 200
    assert "Is this done?" in said(answer)
    assert "Draft the plan" in said(answer)
    assert "You are answering as Calum Reid" in said(answer)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert snapshot() == before
    assert len(soup(answer).find_all("form", method="post")) == 1


def test_the_database_keeps_hashes_and_the_bytes_no_token(place: Place, link: str) -> None:
    token = link.rpartition("/")[2]
    kept = db.session.scalars(select(AccessLink)).one()
    assert (kept.purpose, kept.user_id, kept.used_at) == (LinkPurpose.ANSWER, None, None)
    assert kept.expires_at == clock.now() + timedelta(days=14)
    for content in db.session.scalars(select(MessageBody.content)):
        assert token.encode() not in content.replace(b"=\r\n", b"")


def test_done_finishes_it_on_the_day_named(place: Place, link: str, visitor: Browser) -> None:
    answer = visitor.post(link, data=DONE)
    assert "marked as done on 2 July 2026" in said(answer)
    assert (step(place).state, step(place).done_on) == (State.DONE, date(2026, 7, 2))
    assert actions(place)[-2:] == [("answered-by-mail", place.owner.id), ("finished", place.owner.id)]
    assert db.session.scalars(select(Answer)).one().kind is AnswerKind.DONE
    assert "replied by email link: done" in said(place.client(place.lead).get(STEP))


def test_on_track_starts_it(place: Place, link: str, visitor: Browser) -> None:
    assert "on track" in said(visitor.post(link, data=ON_TRACK))
    assert step(place).state is State.IN_PROGRESS
    assert db.session.scalars(select(Answer)).one().kind is AnswerKind.ON_TRACK


def test_a_new_date_moves_nothing_and_the_lead_sees_it_until_the_date_moves(
    place: Place, link: str, visitor: Browser
) -> None:
    assert "The date does not change until they move it." in said(visitor.post(link, data=NEW_DATE))
    assert (step(place).due_on, step(place).state) == (date(2026, 7, 14), State.NOT_STARTED)
    lead = place.client(place.lead)
    home = said(lead.get("/"))
    assert "Requests for a new date" in home
    assert "14 August 2026 instead of 14 July 2026. The board meets late." in home
    assert "Requests for a new date" not in said(place.client(place.owner).get("/"))
    page = said(lead.get(STEP))
    assert "Answers by email" in page
    assert "It needs a new date, 14 August 2026" in page
    moved = {"due_on": "14/08/2026", "reason": "The board meets late.", "version": str(step(place).version)}
    assert lead.post(f"{STEP}/date", data=moved).status_code == 302
    assert "Requests for a new date" not in said(lead.get("/"))


def test_a_link_takes_one_answer(place: Place, link: str, visitor: Browser) -> None:
    visitor.post(link, data=ON_TRACK)
    for answer in (visitor.post(link, data=DONE), visitor.get(link)):
        assert answer.status_code == 410
        assert "If you have just answered, we have your answer." in said(answer)
    assert step(place).state is State.IN_PROGRESS
    assert count(Answer) == 1


def test_used_old_and_unknown_links_answer_alike(
    place: Place, link: str, visitor: Browser, morning: time_machine.Traveller
) -> None:
    unknown = visitor.get("/answer/" + "x" * 43)
    visitor.post(link, data=ON_TRACK)
    used = visitor.get(link)
    with place.app.app_context():
        db.session.execute(text("UPDATE access_links SET used_at = NULL"))
        db.session.commit()
    assert visitor.get(link).status_code == 200
    morning.shift(timedelta(days=14, seconds=1))
    old = visitor.get(link)
    posted = [visitor.post(path, data=DONE) for path in (link, "/answer/nothing", "/answer/" + "é" * 5000)]
    everything = [unknown, used, old, *posted]
    assert {one.status_code for one in everything} == {410}
    assert len({len(one.get_data()) for one in everything}) == 1


@pytest.mark.on_both_databases
def test_of_ten_answers_at_once_one_counts(place: Place, link: str, app: Flask) -> None:
    def post() -> int:
        return place.app.test_client().post(link, data=NEW_DATE).status_code

    db.session.commit()
    assert sorted(at_once(app, *[post] * 10)) == [200] + [410] * 9
    assert count(Answer) == 1


def test_a_mail_sent_again_has_other_links_and_one_answer_uses_up_both(
    place: Place, sink: SmtpSink, visitor: Browser
) -> None:
    sink.faults.drop_after_data, sink.faults.keep_dropped = 2, True  # the lead's mail goes first
    run_jobs()
    run_jobs()
    first, second = [answer_links(mail)[0] for mail in sink.accepted if mail.recipients == (place.owner.email,)]
    assert first != second
    assert visitor.get(first).status_code == visitor.get(second).status_code == 200
    assert visitor.post(first, data=ON_TRACK).status_code == 200
    assert visitor.get(second).status_code == 410


def test_a_document_is_not_done_by_a_mail(place: Place, sink: SmtpSink, visitor: Browser) -> None:
    db.session.get_one(Milestone, place.report.id).owner_id = place.owner.id
    run_jobs()
    path = next(path for path in answer_links(mail_to(sink, place.owner.email)) if "Annual" in said(visitor.get(path)))
    page = said(visitor.get(path))
    assert "What is the status?" in page
    assert "Done Not done" not in page
    assert "Sign in and record where and when" in page
    refused = visitor.post(path, data=DONE)
    assert refused.status_code == 200
    assert soup(refused).find(class_="ds_question__error-message") is not None
    assert db.session.get_one(Milestone, place.report.id).is_open
    assert visitor.post(path, data=ON_TRACK).status_code == 200
    assert place.client(place.lead).get(REPORT).status_code == 200


def test_a_step_that_a_record_completes_is_not_done_by_a_mail(place: Place, link: str, visitor: Browser) -> None:
    milestone = step(place)
    milestone.fact, milestone.fact_of_id = Fact.PUBLISHED, place.report.id
    db.session.commit()
    page = said(visitor.get(link))
    assert "Done Not done" not in page
    assert "Is it done? Sign in and record it." in page
    assert visitor.post(link, data=DONE).status_code == 200
    assert step(place).is_open
    assert visitor.post(link, data=ON_TRACK).status_code == 200


def switch_off(place: Place) -> None:
    place.owner.active = False


def take_role(place: Place) -> None:
    for grant in list(place.owner.grants):
        db.session.delete(grant)


def give_away(place: Place) -> None:
    place.step.owner_id = place.lead.id


@pytest.mark.parametrize("change", [switch_off, take_role, give_away])
def test_who_may_no_longer_change_it_answers_nothing(
    place: Place, link: str, visitor: Browser, change: Callable[[Place], None]
) -> None:
    change(place)
    db.session.commit()
    for answer in (visitor.get(link), visitor.post(link, data=DONE)):
        assert answer.status_code == 410
    assert step(place).state is State.NOT_STARTED
    assert (count(Answer), db.session.scalar(select(func.count(AccessLink.used_at)))) == (0, 0)


def test_what_is_closed_meanwhile_asks_nothing(place: Place, link: str, visitor: Browser) -> None:
    place.step.state, place.step.done_on = State.DONE, TODAY
    assert "This is already done" in said(visitor.get(link))
    assert "This is already done" in said(visitor.post(link, data=ON_TRACK))
    assert count(Answer) == 0


def test_a_wrong_answer_is_told_beside_its_field_and_uses_nothing_up(place: Place, link: str, visitor: Browser) -> None:
    for data, error in [
        ({}, "Choose an update"),
        ({"kind": "perhaps"}, "Choose an update"),
        ({"kind": "done", "done_on": ""}, "Enter the date it was done."),
        ({"kind": "done", "done_on": "31/02/2026"}, "date"),
        ({"kind": "done", "done_on": "04/07/2026"}, "The date must be today or in the past."),
        ({**NEW_DATE, "new_date": ""}, "Enter the new date."),
        ({**NEW_DATE, "new_date": "03/07/2026"}, "The new date must be in the future."),
        ({**NEW_DATE, "new_date": "14/07/2026"}, "This is already the due date."),
        ({**NEW_DATE, "new_date": "01/01/2099"}, "The new date must be within three years."),
        ({**NEW_DATE, "text": " \x07"}, "Enter why it needs a new date."),
        ({**NEW_DATE, "text": "<b>" * 4000}, "Your answer must be 2,000 characters or fewer"),
    ]:
        answer = visitor.post(link, data=data)
        assert answer.status_code == 200, data
        messages = [one.get_text() for one in soup(answer).find_all(class_="ds_question__error-message")]
        assert any(error in message for message in messages) or (
            data.get("kind") not in {"done", "on-track"} and messages
        )
        assert (count(Answer), step(place).state) == (0, State.NOT_STARTED), data
    assert visitor.post(link, data=ON_TRACK).status_code == 200


def test_a_contact_is_asked_in_other_words_and_the_owner_is_told_at_once(
    place: Place, sink: SmtpSink, visitor: Browser
) -> None:
    asked, contact = a_contact(place)
    run_jobs()
    mail = mail_to(sink, contact.email)
    (path,) = answer_links(mail)
    for words in (text_of(mail), text_of(mail, "html")):
        assert "Moray has asked you about this. You do not need an account" in " ".join(words.split())
        assert "/partnerships/" not in words
        assert "/mails/" not in words
    assert "You are answering as Kirsty Bain" in said(visitor.get(path))
    sink.accepted.clear()
    assert "We will email your answer to the owner in Moray." in said(visitor.post(path, data=NEW_DATE))
    assert db.session.get_one(Milestone, asked.id).state is State.NOT_STARTED
    run_jobs()
    notified = mail_to(sink, place.owner.email)
    assert notified.message["Subject"] == "Answered: Consult on the plan, Moray"
    assert (
        "Kirsty Bain, NHS Grampian answered that it needs a new date, 14 August 2026. “The board meets late.”"
        in text_of(notified)
    )
    page = said(place.client(place.lead).get(f"/partnerships/moray/milestones/{asked.key}"))
    assert "Kirsty Bain, NHS Grampian (contact)" in page
    assert "A contact replied by email link" in page


def test_each_answer_of_a_contact_is_told_and_one_that_waits_is_not_told_twice(place: Place, sink: SmtpSink) -> None:
    asked, contact = a_contact(place)
    run_jobs()
    from cycle_tracker.answers.services import ContactAnswer, answer  # what the page calls

    def answered() -> None:
        path = answer_links(mail_to(sink, contact.email))[0]
        token = path.rpartition("/")[2]
        answer(token, ContactAnswer(AnswerKind.ON_TRACK), today=clock.today(), now=clock.now())
        db.session.execute(text("UPDATE access_links SET used_at = NULL"))
        db.session.commit()

    def notified() -> int:
        return db.session.scalar(select(func.count(Notice.id)).where(Notice.step == "answered")) or 0

    answered()
    answered()
    assert notified() == 1
    run_jobs()
    answered()
    assert notified() == 2
    run_jobs()
    assert sum(str(mail.message["Subject"]).startswith("Answered") for mail in sink.accepted) == 2


def test_a_contact_who_is_asked_no_more_answers_nothing(place: Place, sink: SmtpSink, visitor: Browser) -> None:
    asked, contact = a_contact(place, Kind.REQUEST)
    run_jobs()
    (path,) = answer_links(mail_to(sink, contact.email))
    stop_asking(asked, contact, by=place.lead, now=clock.now())
    assert visitor.post(path, data=ON_TRACK).status_code == 410
    assert count(Answer) == 0


def test_a_deputy_is_told_for_whom_and_answers_as_themselves(place: Place, sink: SmtpSink, visitor: Browser) -> None:
    deputy = make_user("Blair Munro", role=Role.CONTRIBUTOR, partnership=place.partnership)
    db.session.add(
        Delegation(
            user_id=place.owner.id,
            deputy_id=deputy.id,
            from_on=TODAY,
            to_on=date(2026, 7, 31),
            set_by_id=place.owner.id,
            set_at=clock.now(),
        )
    )
    run_jobs()
    mail = mail_to(sink, deputy.email)
    assert "You get this because you are covering for Calum Reid." in text_of(mail)
    assert "You get this because you are covering for Calum Reid." in text_of(mail, "html")
    assert mail.message["List-Unsubscribe"] is None
    (path,) = answer_links(mail)
    assert "You are answering as Blair Munro" in said(visitor.get(path))
    assert visitor.post(path, data=DONE).status_code == 200
    assert actions(place)[-1] == ("finished", deputy.id)


def test_the_form_is_not_taken_without_its_token_where_these_are_checked(
    place: Place, link: str, database: Database
) -> None:
    """The right is the token of the address; the token of the form keeps a page elsewhere from pressing the button."""
    db.session.commit()
    strict = create_app({**settings_for_tests(database.url), "WTF_CSRF_ENABLED": True})
    client = strict.test_client()
    page = client.get(link, base_url="https://127.0.0.1")
    token = soup(page).find("input", attrs={"name": "csrf_token"})
    assert token is not None
    refused = client.post(link, base_url="https://127.0.0.1", data=ON_TRACK)
    assert soup(refused).find(id="error-summary") is not None
    assert count(Answer) == 0
    db.session.rollback()
    # no Referer comes with it: the page asks for none to be sent
    taken = client.post(link, base_url="https://127.0.0.1", data={**ON_TRACK, "csrf_token": str(token["value"])})
    assert taken.status_code == 200
    db.session.rollback()
    assert count(Answer) == 1
    with strict.app_context():
        db.engine.dispose()


def test_old_links_are_deleted_as_new_ones_are_made(
    place: Place, link: str, sink: SmtpSink, morning: time_machine.Traveller
) -> None:
    morning.shift(timedelta(days=18))  # Tuesday 21 July
    run_jobs()
    links = db.session.scalars(select(AccessLink)).all()
    assert len(links) == 1
    assert links[0].expires_at > clock.now()


def test_answers_cost_a_constant_number_of_statements(place: Place, link: str) -> None:
    lead = place.client(place.lead)

    def cost() -> int:
        with counted_statements() as statements:
            lead.get(STEP)
            lead.get("/")
        return len(statements)

    def answered(times: int) -> None:
        for _ in range(times):
            db.session.add(
                Answer(
                    milestone_id=place.step.id,
                    kind=AnswerKind.NEEDS_A_NEW_DATE,
                    user_id=make_user().id,
                    new_date=date(2026, 8, 14),
                    answered_at=clock.now(),
                )
            )
        db.session.commit()

    answered(1)
    few = cost()
    answered(8)
    assert cost() == few


def snapshot() -> list[object]:
    """What an answer would change."""
    db.session.expire_all()
    return [
        count(Answer),
        count(AuditEvent),
        db.session.scalars(select(AccessLink.used_at)).all(),
        db.session.execute(select(Milestone.id, Milestone.state, Milestone.version).order_by(Milestone.id)).all(),
    ]
