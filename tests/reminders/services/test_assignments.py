"""A new owner is told at once, and only what is still true of it."""

from datetime import date, timedelta

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import finish_milestone, move_local_date
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.models.message import MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.rules.steps import ASSIGNED
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.days import Days, again, moment

WEDNESDAY = date(2026, 5, 6)
THURSDAY = WEDNESDAY + timedelta(days=1)
FAR = date(2026, 9, 30)


def moray(*, due_on: date | None = FAR, rhythm: Rhythm = Rhythm.DAILY) -> tuple[Milestone, User, User, User]:
    place = make_partnership("moray")
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
    calum = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=place, rhythm=rhythm)
    morag = make_user("Morag Ross", role=Role.CONTRIBUTOR, partnership=place)
    step = make_milestone(place, due_on=due_on, title="Draft the plan", entered_on=WEDNESDAY)
    db.session.commit()
    return step, lead, calum, morag


def give(step: Milestone, owner: User | None, by: User, day: date = WEDNESDAY) -> None:
    change_owner([again(step)], again(owner) if owner else None, by=again(by), today=day, now=moment(day))
    db.session.commit()


def assigned(*, live: bool = True) -> list[str]:
    found = db.session.scalars(select(Notice).where(Notice.step == ASSIGNED).order_by(Notice.id))
    return [again(db.session.get_one(User, one.user_id)).name for one in found if (one.ended_at is None) is live]


def test_a_new_owner_is_told_at_the_next_run_whatever_their_rhythm(days: Days) -> None:
    step, lead, calum, _ = moray(rhythm=Rhythm.ONLY_LATE)
    give(step, calum, lead)
    days.run(THURSDAY)
    notified = days.of(THURSDAY)
    assert [(one.recipient, one.steps) for one in notified] == [("Calum Reid", ASSIGNED)]
    assert notified[0].subject == "New for you: Draft the plan, Moray: due in September 2026"
    days.run(THURSDAY)
    assert len(days.notified) == 1


def test_whoever_takes_it_on_themselves_is_not_told(days: Days) -> None:
    step, _, calum, _ = moray()
    give(step, calum, calum)
    assert assigned() == []


def test_what_has_no_date_or_has_ended_is_told_to_nobody(days: Days) -> None:
    undated, lead, calum, _ = moray(due_on=None)
    ended = make_milestone(again(undated).partnership, due_on=FAR)
    finish_milestone(ended, WEDNESDAY, by=lead, today=WEDNESDAY, now=moment(WEDNESDAY))
    for step in (undated, ended):
        give(step, calum, lead)
    days.run(THURSDAY)
    assert days.notified == []


def test_what_lay_before_the_service_is_told_to_nobody(days: Days) -> None:
    step, lead, calum, _ = moray()
    again(step).partnership.notify_from = FAR + timedelta(days=1)  # type: ignore[union-attr]
    give(step, calum, lead)
    assert assigned() == []


def test_only_the_last_of_several_owners_is_told(days: Days) -> None:
    step, lead, calum, morag = moray()
    give(step, calum, lead)
    give(step, morag, lead)
    assert assigned() == ["Morag Ross"]
    days.run(THURSDAY)
    assert [one.recipient for one in days.notified] == ["Morag Ross"]


def test_who_gets_it_back_is_told_again(days: Days) -> None:
    step, lead, calum, morag = moray()
    for owner, day in ((calum, WEDNESDAY), (morag, THURSDAY), (calum, THURSDAY + timedelta(days=1))):
        give(step, owner, lead, day)
        days.run(day)
    assert [one.recipient for one in days.notified] == ["Calum Reid", "Morag Ross", "Calum Reid"]


def test_a_mail_that_waits_is_not_sent_once_somebody_else_owns_it(days: Days) -> None:
    step, lead, calum, morag = moray()
    give(step, calum, lead)
    days.queue(THURSDAY)
    give(step, morag, lead, THURSDAY)
    days.send(THURSDAY)
    assert days.notified == []
    days.run(THURSDAY)
    assert [one.recipient for one in days.notified] == ["Morag Ross"]


def test_an_owner_who_was_changed_past_the_service_is_not_told_what_is_untrue(days: Days) -> None:
    step, lead, calum, morag = moray()
    give(step, calum, lead)
    days.queue(THURSDAY)
    again(step).owner = again(morag)
    db.session.commit()
    days.send(THURSDAY)
    assert days.notified == []


def test_a_mail_that_waits_is_not_sent_once_it_is_finished(days: Days) -> None:
    step, lead, calum, _ = moray()
    give(step, calum, lead)
    finish_milestone(again(step), WEDNESDAY, by=again(lead), today=WEDNESDAY, now=moment(WEDNESDAY))
    db.session.commit()
    days.run(THURSDAY)
    assert days.notified == []


def test_a_date_that_moves_the_same_day_does_not_swallow_the_news(days: Days) -> None:
    step, lead, calum, _ = moray()
    give(step, calum, lead)
    move_local_date(again(step), date(2026, 10, 30), "The schools asked.", by=again(lead), now=moment(WEDNESDAY))
    db.session.commit()
    days.run(THURSDAY)
    assert [(one.recipient, one.subject) for one in days.notified] == [
        ("Calum Reid", "New for you: Draft the plan, Moray: due in October 2026")
    ]


def test_news_and_a_reminder_of_one_milestone_are_one_item(days: Days) -> None:
    step, lead, calum, _ = moray(due_on=THURSDAY + timedelta(days=14))
    days.run(THURSDAY)
    give(step, calum, lead, THURSDAY)
    days.run(THURSDAY + timedelta(days=1))
    (notified,) = [one for one in days.notified if one.recipient == "Calum Reid"]
    assert notified.subject == "New for you: Draft the plan, Moray: due in 13 days"
    assert notified.steps == f"{ASSIGNED}; before-14"


def test_the_mail_says_that_it_is_theirs_and_what_it_rests_on(days: Days) -> None:
    step, lead, calum, _ = moray()
    give(step, calum, lead)
    days.queue(THURSDAY)
    text = db.session.scalars(select(MessageBody.content)).one().decode().replace("=\r\n", "").replace("=20", " ")
    for words in ("This is now yours.", "Due in September 2026 (local date 30 September 2026)."):
        assert words in text
    assert "based on" not in text  # neither law nor guidance asks for this step
