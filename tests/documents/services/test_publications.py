"""Recording that a document is published, telling Scottish Government, and what follows from it."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.rules.publications import Unlikely
from cycle_tracker.documents.services.publications import (
    record_copy_to_government,
    record_publication,
    scottish_government,
)
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.models.user import User
from tests.factories import make_milestone, make_report, make_user
from tests.support.databases import Database
from tests.support.days import Days, Told, moment
from tests.support.reference import stand_cycle

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 5, 20)
NOW = moment(TODAY)
ADDRESS = "https://www.moray.example/plan.pdf"


@pytest.fixture
def moray(core_app: Flask, database: Database) -> Partnership:
    """Moray with its cycle of 2026–29, entered long before."""
    return stand_cycle(database, "moray", NOW)


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


def find(key: str) -> Milestone:
    return db.session.scalars(select(Milestone).where(Milestone.key == f"2026-29.{key}")).one()


def publish(document: Milestone, by: User, *, on: date | None = date(2026, 4, 7), tell: bool = False) -> Publication:
    return record_publication(
        document, address=ADDRESS, published_on=on, send_to_ministers=tell, by=by, today=TODAY, now=NOW
    )


def test_recording_a_plan_finishes_it_and_its_publishing_and_dates_what_follows(lead: User) -> None:
    publication = publish(find("plan-prepared"), lead)
    db.session.commit()
    assert {key: (find(key).state, find(key).done_on) for key in ("plan-prepared", "publish-plan")} == {
        "plan-prepared": (State.DONE, date(2026, 4, 7)),
        "publish-plan": (State.DONE, date(2026, 4, 7)),
    }
    assert {key: (find(key).state, find(key).due_on) for key in ("send-to-ministers", "send-to-providers")} == {
        "send-to-ministers": (State.NOT_STARTED, date(2026, 4, 21)),
        "send-to-providers": (State.NOT_STARTED, date(2026, 4, 21)),
    }
    assert find("send-to-ministers").target_on == date(2026, 4, 21)
    assert find("send-to-ministers").next_notice_on == date(2026, 4, 7)
    assert [address.address for address in publication.addresses] == [ADDRESS]
    assert publication.copies == []
    assert db.session.scalar(select(func.count(Message.id))) == 0


def test_telling_scottish_government_finishes_sending_to_ministers(lead: User) -> None:
    publication = publish(find("plan-prepared"), lead, tell=True)
    assert (find("send-to-ministers").state, find("send-to-ministers").done_on) == (State.DONE, TODAY)
    assert find("send-to-providers").state is State.NOT_STARTED
    (copy,) = publication.copies
    assert (copy.receiver_id, copy.sent_on, copy.received_on) == (scottish_government().id, TODAY, None)


def test_recording_a_report_is_telling_the_scottish_government(lead: User) -> None:
    """Its drafting and agreeing, and its sending, are done on the day of its publication."""
    report = find("annual-report-1")
    record_publication(
        report,
        address=ADDRESS,
        published_on=date(2027, 6, 30),
        send_to_ministers=False,
        by=lead,
        today=date(2027, 7, 1),
        now=moment(date(2027, 7, 1)),
    )
    for key in ("draft-report-1", "tell-government-1"):
        assert (find(key).state, find(key).done_on, find(key).next_notice_on) == (State.DONE, date(2027, 6, 30), None)
    assert find("tell-government-1").due_on == date(2027, 7, 7)
    assert find("tell-government-2").due_on is None
    record_copy_to_government(
        report_publication(report), sent_on=date(2027, 7, 2), by=lead, now=moment(date(2027, 7, 2))
    )
    assert find("tell-government-1").done_on == date(2027, 6, 30), "a receipt or a copy moves nothing"


def report_publication(report: Milestone) -> Publication:
    found = present_version(report)
    assert found is not None
    return found


def test_what_follows_is_told_when_its_date_is_known(days: Days, lead: User) -> None:
    publish(find("plan-prepared"), lead)
    for key in ("send-to-ministers", "send-to-providers"):
        find(key).owner = lead
    for milestone in db.session.scalars(select(Milestone).where(Milestone.due_on < date(2026, 4, 21))):
        milestone.state, milestone.next_notice_on = State.DROPPED, None
    db.session.commit()
    days.run(date(2026, 5, 21))
    (mail,) = days.notified
    assert mail.subject == "Moray: 2 milestones overdue"
    assert mail.steps.count("overdue-29") == 2


def test_the_mailbox_of_scottish_government_is_told_once_with_the_address(days: Days, lead: User) -> None:
    scottish_government().mailbox = "plans@government.example"
    publish(find("plan-prepared"), lead, tell=True)
    db.session.commit()
    assert days.send(TODAY).sent == 2
    assert days.notified == [
        Told("20 May", "plans@government.example", "Moray: Children’s Services Plan 2026–29", ""),
        Told("20 May", "Ailsa Grant", "Your copy, Moray: Children’s Services Plan 2026–29", ""),
    ]


def test_without_a_mailbox_nothing_is_mailed(lead: User) -> None:
    publish(find("plan-prepared"), lead, tell=True)
    assert db.session.scalar(select(func.count(Message.id))) == 0


def test_scottish_government_is_told_of_a_document_once(lead: User) -> None:
    publication = publish(find("plan-prepared"), lead, tell=True)
    with pytest.raises(RuleBroken, match="already recorded as sent"):
        record_copy_to_government(publication, sent_on=TODAY, by=lead, now=NOW)
    assert len(publication.copies) == 1


def test_every_change_is_in_the_audit(lead: User) -> None:
    publish(find("plan-prepared"), lead, tell=True)
    db.session.flush()
    notified = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id))
    keys = {milestone.id: milestone.key for milestone in db.session.scalars(select(Milestone))}
    assert [(keys[event.subject_id], event.action, event.actor_id) for event in notified] == [
        ("2026-29.plan-prepared", "published", lead.id),
        ("2026-29.plan-prepared", "prepared", lead.id),
        ("2026-29.publish-plan", "finished", lead.id),
        ("2026-29.plan-prepared", "told-government", lead.id),
        ("2026-29.send-to-ministers", "finished", lead.id),
    ]


def test_a_document_is_recorded_once(lead: User) -> None:
    plan = find("plan-prepared")
    publish(plan, lead)
    with pytest.raises(RuleBroken, match="already") as refused:
        publish(plan, lead)
    assert refused.value.field == "address"


def test_only_a_document_is_recorded_as_published(lead: User) -> None:
    with pytest.raises(RuleBroken, match="Only a plan or an annual report"):
        publish(find("draft-plan"), lead)


@pytest.mark.parametrize("day", [date(2026, 5, 21), date(2014, 3, 26), date(9999, 12, 31)])
def test_nothing_is_published_tomorrow_or_before_the_act(lead: User, day: date) -> None:
    with pytest.raises(RuleBroken) as refused:
        publish(find("plan-prepared"), lead, on=day)
    assert refused.value.field == "published_on"
    assert present_version(find("plan-prepared")) is None


@pytest.mark.parametrize(("day", "allowed"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True)])
def test_a_report_published_before_its_year_ended_is_asked_about_and_taken(
    moray: Partnership, lead: User, day: date, allowed: bool
) -> None:
    """Aberdeen City took its report on 2023–24 to committee on 20 February 2024: a fact is never blocked."""
    report = make_report(moray, owner=lead)
    if allowed:
        assert publish(report, lead, on=day).published_on == day
        return
    with pytest.raises(Unlikely, match="31 March 2026") as asked:
        publish(report, lead, on=day)
    assert asked.value.field == "confirmed"
    made = record_publication(
        report,
        address=ADDRESS,
        published_on=day,
        send_to_ministers=False,
        by=lead,
        today=TODAY,
        now=NOW,
        confirmed=True,
    )
    assert (made.published_on, report.done_on) == (day, day)


def test_the_day_and_the_address_may_be_unknown(lead: User) -> None:
    publication = record_publication(
        find("plan-prepared"),
        published_on=None,
        send_to_ministers=False,
        by=None,
        today=TODAY,
        now=NOW,
        confirmed=True,
    )
    assert (publication.published_on, publication.addresses, publication.recorded_by_id) == (None, [], None)
    assert (find("plan-prepared").state, find("plan-prepared").done_on) == (State.DONE, None)
    assert find("publish-plan").state is State.DONE
    assert find("send-to-ministers").due_on is None


@pytest.mark.parametrize("version", [Version.DRAFT, Version.INTERIM, Version.FINAL])
def test_neither_a_day_nor_an_address_is_asked_about_once_and_records_nothing_before(
    lead: User, version: Version
) -> None:
    with pytest.raises(Unlikely, match="not entered a date or a web address") as told:
        record_publication(
            find("plan-prepared"),
            published_on=None,
            send_to_ministers=False,
            by=lead,
            today=TODAY,
            now=NOW,
            version=version,
        )
    assert told.value.field == "confirmed"
    assert (find("plan-prepared").state, present_version(find("plan-prepared"))) == (State.NOT_STARTED, None)


@pytest.mark.parametrize("known", [{"published_on": date(2026, 4, 7)}, {"address": ADDRESS}])
def test_a_day_or_an_address_alone_is_enough(lead: User, known: dict[str, Any]) -> None:
    given = {"published_on": None} | known
    made = record_publication(find("plan-prepared"), send_to_ministers=False, by=lead, today=TODAY, now=NOW, **given)
    assert made.is_present


def test_a_fact_is_never_blocked_by_what_people_decided_before(moray: Partnership, lead: User) -> None:
    report = make_report(moray, owner=lead, state=State.NOT_REQUIRED)
    assert publish(report, lead, on=date(2026, 4, 7)).published_on == date(2026, 4, 7)
    assert report.state is State.DONE


def test_a_date_that_somebody_gave_already_is_not_worked_out_again(moray: Partnership, lead: User) -> None:
    find("send-to-providers").due_on = date(2026, 6, 1)
    publish(find("plan-prepared"), lead)
    assert find("send-to-providers").due_on == date(2026, 6, 1)


def test_a_step_of_another_cycle_is_left_alone(moray: Partnership, lead: User) -> None:
    other = make_milestone(moray, key="2023-26.publish-plan", kind=Kind.STEP)
    publish(find("plan-prepared"), lead)
    assert other.state is State.NOT_STARTED
