"""Who was told what, why somebody got a mail, and why nobody was told."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import Message, MessageLine
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.silences import SWITCHED_OFF
from cycle_tracker.reminders.services import addressees
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.notices import restart_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import grant_role, make_milestone, make_partnership, make_user
from tests.support.days import again
from tests.support.moray import REPORT, STEP, Place
from tests.support.pages import Browser, counted_statements, said, soup

TODAY = date(2026, 7, 3)
STATEMENTS = 4
OF_A_MILESTONE = 37
"""What the pages ask for, however long their lists are; the person and the menu included."""


@pytest.fixture
def notified(place: Place) -> Place:
    """Notices were decided and written today: Calum is told of the step, and the lead of the report, which nobody
    owns."""
    db.session.commit()
    queue_due_notices(TODAY, clock.now())
    gather_waiting_notices(TODAY, clock.now())
    for name in ("partnership", "lead", "owner", "step", "report"):
        setattr(place, name, again(getattr(place, name)))
    return place


def send(*, state: MessageState = MessageState.SENT, receipt: str = "250 OK: queued", trouble: str = "") -> None:
    for message in db.session.scalars(select(Message)):
        message.state, message.ended_at, message.receipt, message.trouble = state, clock.now(), receipt, trouble
    db.session.commit()


def rows(client: Browser, address: str = "/notices") -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(client.get(address)).select("#notices tbody tr")]


def mail_to(user: User) -> Message:
    return db.session.scalars(select(Message).where(Message.user_id == user.id)).one()


def test_the_record_tells_whom_and_what_became_of_it(notified: Place) -> None:
    send()
    found = rows(notified.client(notified.lead))
    assert any(
        "Draft the plan" in row and "14 days before" in row and "Calum Reid, as its owner" in row and "Sent" in row
        for row in found
    ), found
    assert any("Ailsa Grant, as its owner then, or because it had no owner" in row for row in found), found


def test_the_record_is_of_ones_own_partnerships_alone(notified: Place) -> None:
    stranger = notified.client(make_user("Fife Lead", role=Role.LEAD, partnership=make_partnership("fife")))
    assert rows(stranger) == []
    notice = db.session.scalars(select(Notice.id)).first()
    assert stranger.get(f"/notices/{notice}").status_code == 404
    assert stranger.get(f"/mails/{mail_to(notified.owner).identity}").status_code == 404
    assert "Draft the plan" not in stranger.get("/notices/export.csv").get_data(as_text=True)
    assert notified.someone(Role.CONTRIBUTOR).get(f"/notices/{notice}").status_code == 403
    assert len(rows(notified.someone(Role.ADMINISTRATOR))) == len(rows(notified.client(notified.lead)))


@pytest.mark.on_both_databases
def test_filters_narrow_the_record_and_its_file(notified: Place) -> None:
    send()
    client = notified.client(notified.lead)
    for filters, is_found in [
        ("?person=calum", True),
        ("?person=ailsa%25", False),
        ("?standing=sent", True),
        ("?standing=failed", False),
        ("?partnership=moray", True),
        ("?from_day=2026-07-03&to_day=2026-07-03", True),
        ("?from_day=4/7/2026", False),
        ("?to_day=2/7/2026", False),
    ]:
        assert any("Calum Reid" in row for row in rows(client, f"/notices{filters}")) == is_found
        assert ("Calum Reid" in client.get(f"/notices/export.csv{filters}").get_data(as_text=True)) == is_found


def test_what_a_filter_cannot_be_is_said(notified: Place) -> None:
    client = notified.client(notified.lead)
    page = said(client.get("/notices?standing=lost&from_day=31/2/2026&person=" + "x" * 10_000))
    assert "We do not recognise these filters, so we ignored them: status." in page
    assert "31 February 2026 is not a real date" in page
    assert "Enter 100 characters or fewer" in page
    assert client.get("/notices?page=99999999").status_code == 200


def test_one_notice_has_its_whole_story(notified: Place) -> None:
    send(receipt="250 2.0.0 OK 17ab", trouble="451 Try later")
    notice = db.session.scalars(select(Notice).where(Notice.user_id == notified.owner.id)).one()
    page = said(notified.client(notified.lead).get(f"/notices/{notice.id}"))
    assert "14 days before the local date, 14 July 2026 (the standard settings for steps)" in page
    assert "250 2.0.0 OK 17ab" in page
    assert "451 Try later" in page
    assert mail_to(notified.owner).message_id in page


@pytest.mark.parametrize(("attempts", "failed"), [(1, None), (3, "Failed attempts 2")])
def test_the_attempt_at_which_an_email_was_accepted_did_not_fail(
    notified: Place, attempts: int, failed: str | None
) -> None:
    send()
    for message in db.session.scalars(select(Message)):
        message.attempts = attempts
    db.session.commit()
    notice = db.session.scalars(select(Notice).where(Notice.user_id == notified.owner.id)).one()
    page = said(notified.client(notified.lead).get(f"/notices/{notice.id}"))
    assert failed in page if failed else "Failed attempts" not in page


def test_a_notice_of_another_date_says_so(notified: Place) -> None:
    send()
    notified.step.due_on = date(2026, 9, 1)
    restart_notices(notified.step, resolution=Resolution.NEW_DATE, now=clock.now())
    db.session.commit()
    notice = db.session.scalars(select(Notice).where(Notice.user_id == notified.owner.id)).one()
    page = said(notified.client(notified.lead).get(f"/notices/{notice.id}"))
    assert "14 July 2026, which has changed since" in page
    assert "Cancelled on 3 July 2026, because the date changed or it was reopened" in page


def test_somebody_sees_why_they_got_a_mail(notified: Place) -> None:
    page = said(notified.client(notified.owner).get(f"/mails/{mail_to(notified.owner).identity}"))
    assert "Why you got this email" in page
    assert (
        "14 days before the local date, 14 July 2026, because you own it. We used the standard settings for steps."
        in page
    )


def test_the_page_of_an_email_says_what_the_email_says_of_a_report_that_can_be_written(notified: Place) -> None:
    notice = db.session.scalars(select(Notice).where(Notice.user_id == notified.owner.id)).one()
    notice.step = "opens"
    db.session.commit()
    page = said(notified.client(notified.owner).get(f"/mails/{mail_to(notified.owner).identity}"))
    assert "In the email: You can write it now. Scheduled step: First working day on which it can be written" in page


def test_the_page_of_an_email_has_what_the_email_listed_beside_its_reminders(notified: Place) -> None:
    message, hidden = mail_to(notified.owner), make_partnership("fife")
    listed = make_milestone(notified.partnership, title="Long late", due_on=date(2026, 6, 3), owner=notified.owner)
    elsewhere = make_milestone(hidden, title="Not theirs any more", due_on=date(2026, 6, 3), owner=notified.owner)
    for one in (listed, elsewhere):
        db.session.add(MessageLine(message_id=message.id, milestone_id=one.id, due_on=date(2026, 6, 3)))
    db.session.commit()
    for reader in (notified.owner, notified.lead):
        page = said(notified.client(reader).get(f"/mails/{message.identity}"))
        assert "Long late , Moray. In the email: Overdue by 30 days." in page.replace("Long late,", "Long late ,")
        assert "Not theirs any more" not in page


def test_a_mail_is_not_anybody_elses(notified: Place) -> None:
    identity = mail_to(notified.lead).identity
    assert notified.client(notified.owner).get(f"/mails/{identity}").status_code == 404
    assert notified.client(notified.owner).get("/mails/" + "0" * 32).status_code == 404
    assert notified.client(notified.owner).get("/mails/short").status_code == 404
    assert "Why this email was sent" in said(notified.someone(Role.AUDITOR).get(f"/mails/{identity}"))


def test_what_a_person_may_no_longer_see_is_kept_from_them(notified: Place) -> None:
    client, identity = notified.client(notified.owner), mail_to(notified.owner).identity
    db.session.delete(notified.owner.grants[0])
    page = client.get(f"/mails/{identity}")
    assert page.status_code == 200
    assert "Draft the plan" not in said(page).replace("Draft the plan, Moray: due", "")
    assert "1 more item in this email is not shown to you." in said(page)


def test_both_names_are_told_where_a_deputy_got_it(place: Place) -> None:
    db.session.add(
        Delegation(
            user_id=place.owner.id,
            deputy_id=place.lead.id,
            from_on=TODAY,
            to_on=TODAY,
            set_by_id=place.owner.id,
            set_at=clock.now(),
        )
    )
    db.session.commit()
    owner, lead = place.owner.id, place.lead.id
    queue_due_notices(TODAY, clock.now())
    gather_waiting_notices(TODAY, clock.now())
    message = db.session.scalars(
        select(Message).join(Notice, Notice.message_id == Message.id).where(Notice.user_id == owner)
    ).one()
    assert message.user_id == lead
    deputy = place.client(db.session.get_one(User, lead))
    assert any("Calum Reid, as its owner; sent to Ailsa Grant, who was covering" in row for row in rows(deputy))
    page = said(deputy.get(f"/mails/{message.identity}"))
    assert "because Calum Reid is away and Ailsa Grant is covering" in page
    assert place.client(db.session.get_one(User, owner)).get(f"/mails/{message.identity}").status_code == 200


def test_a_milestone_says_who_is_told_what_comes_next_and_why_not(notified: Place) -> None:
    send(state=MessageState.FAILED, receipt="", trouble="550 No such user")
    page = said(notified.client(notified.owner).get(f"{STEP}/notices"))
    assert "The email to Calum Reid could not be delivered. The mail server answered “550 No such user”" in page
    assert "Reminders have not been prepared yet." in page
    assert "13 July 2026" not in page
    assert "3 days before" in page
    report = said(notified.client(notified.lead).get(f"{REPORT}/notices"))
    assert "It has no owner. We email Ailsa Grant instead." in report
    assert "No one (the governance group cannot be emailed)" in report


def test_a_notification_is_a_link_only_for_those_who_may_open_it(notified: Place) -> None:
    send()
    page = soup(notified.client(notified.lead).get(f"{STEP}/notices"))
    assert page.select("table a[href^='/notices/']")
    page = soup(notified.client(notified.owner).get(f"{STEP}/notices"))
    assert not page.select("table a[href^='/notices/']")
    assert "as its owner" in page.get_text()


def test_a_job_that_ran_is_no_reason(notified: Place) -> None:
    send()
    run = JobRun(job="queue-notices", ran_for=TODAY, started_at=clock.now(), outcome=RunOutcome.FINISHED, counts={})
    db.session.add(run)
    page = said(notified.client(notified.lead).get(f"{STEP}/notices"))
    assert "have not been prepared" not in page
    assert "Why nobody" not in page


def test_the_milestones_page_leads_there_for_those_who_may(notified: Place) -> None:
    notified.owner.active = True
    assert f"{REPORT}/notices" in notified.client(notified.lead).get(REPORT).get_data(as_text=True)
    official = notified.someone(Role.OFFICIAL)
    assert f"{REPORT}/notices" not in official.get(REPORT).get_data(as_text=True)
    assert official.get(f"{REPORT}/notices").status_code == 403


def test_reminders_switched_off_are_named(notified: Place) -> None:
    assert SWITCHED_OFF == addressees.SWITCHED_OFF
    notice = db.session.scalars(select(Notice).where(Notice.user_id == notified.owner.id)).one()
    notice.ended_at, notice.ending, notice.ended_why = clock.now(), Ending.WITHDRAWN, SWITCHED_OFF
    page = said(notified.client(notified.lead).get(f"{STEP}/notices"))
    assert "Calum Reid turned off early reminders." in page


def test_the_lists_ask_as_often_for_many_as_for_few(notified: Place) -> None:
    client = notified.client(notified.lead)
    with counted_statements() as few:
        client.get("/notices")
    with counted_statements() as few_of_one:
        client.get(f"{STEP}/notices")
    for number in range(60):
        made = make_milestone(
            notified.partnership, title=f"Step {number}", due_on=date(2026, 7, 6), owner=notified.owner
        )
        grant_role(make_user(f"Person {number}"), Role.GOVERNANCE, notified.partnership)
        db.session.add(_notice(made.id, notified.owner.id, "on-day"))
    for number in range(60):
        db.session.add(_notice(notified.step.id, notified.owner.id, f"overdue-{number}"))
    db.session.commit()
    with counted_statements() as many:
        assert len(rows(client)) == 50
    with counted_statements() as many_of_one:
        assert client.get(f"{STEP}/notices").status_code == 200
    assert (len(few), len(many)) == (STATEMENTS, STATEMENTS)
    assert (len(few_of_one), len(many_of_one)) == (OF_A_MILESTONE, OF_A_MILESTONE)


def _notice(milestone_id: int, user_id: int, step: str) -> Notice:
    return Notice(
        milestone_id=milestone_id,
        due_on=date(2026, 7, 14),
        step=step,
        addressee=f"user:{user_id}",
        user_id=user_id,
        audience=Audience.OWNER,
        queued_on=TODAY,
        queued_at=clock.now(),
    )
