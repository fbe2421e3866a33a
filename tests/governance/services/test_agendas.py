"""What came to the group is put on the agenda of one of its meetings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.governance.services.decisions import take_no_action
from cycle_tracker.governance.services.groups import add_meeting, change_meeting, governance_group
from cycle_tracker.governance.services.raising import put_on_agenda
from cycle_tracker.models.group import Group, Meeting
from tests.factories import make_partnership
from tests.governance.services.test_lead_as_clerk import NOW, TODAY, WHY, Moray, moray
from tests.support.days import moment

__all__ = ["moray"]
pytestmark = pytest.mark.alike_on_both_databases

SATURDAY = date(2026, 11, 7)


def meet(moray: Moray, held_on: date) -> Meeting:
    group = db.session.scalars(select(Group).where(Group.partnership_id == moray.place.id)).one()
    return add_meeting(group, held_on, by=moray.chair, today=TODAY, now=NOW)


def put(moray: Moray, meeting: Meeting, today: date = TODAY) -> None:
    put_on_agenda(moray.rung, meeting, by=moray.chair, today=today, now=moment(today))


def move(moray: Moray, meeting: Meeting, held_on: date, today: date = TODAY) -> None:
    change_meeting(meeting, held_on, title="", minutes="", by=moray.chair, today=today, now=moment(today))


def test_the_group_replies_by_its_meeting_of_up_to_120_days_ahead(moray: Moray) -> None:
    put(moray, meet(moray, SATURDAY))
    assert (moray.rung.reply_by, moray.rung.acknowledged_by_id) == (SATURDAY, moray.chair.id)
    with pytest.raises(RuleBroken, match="already given a reply date"):
        put(moray, meet(moray, SATURDAY + timedelta(days=7)))


@pytest.mark.parametrize("days", [-4, 0, 121])
def test_a_meeting_that_is_not_to_come_or_too_far_is_refused(moray: Moray, days: int) -> None:
    held_on = TODAY + timedelta(days=days)
    meeting = moray.made.meeting if days == -4 else meet(moray, held_on)
    assert meeting is not None
    with pytest.raises(RuleBroken) as refused:
        put(moray, meeting)
    assert (refused.value.field, moray.rung.reply_by) == ("meeting", None)


def test_a_meeting_of_another_group_and_the_rung_of_the_leads_are_refused(moray: Moray) -> None:
    other = governance_group(make_partnership("fife"))
    with pytest.raises(RuleBroken, match="a meeting of the group"):
        put(moray, add_meeting(other, SATURDAY, by=moray.chair, today=TODAY, now=NOW))
    moray.rung.audience = Audience.LEAD
    meeting = meet(moray, SATURDAY)
    with pytest.raises(RuleBroken, match="Only what was escalated to the governance group"):
        put_on_agenda(moray.rung, meeting, by=moray.lead, today=TODAY, now=NOW)


def test_what_was_on_the_agenda_of_a_meeting_that_decided_nothing_is_put_on_another(moray: Moray) -> None:
    put(moray, meet(moray, date(2026, 9, 10)))
    later = meet(moray, SATURDAY)
    with pytest.raises(RuleBroken, match="already"):
        put(moray, later, date(2026, 9, 10))
    put(moray, later, date(2026, 9, 11))
    assert moray.rung.reply_by == SATURDAY


def test_the_reply_date_moves_with_the_meeting_and_the_rules_are_asked_again(moray: Moray) -> None:
    meeting = meet(moray, SATURDAY)
    put(moray, meeting)
    moray.report.next_notice_on = SATURDAY
    move(moray, meeting, date(2026, 10, 5))
    assert (moray.rung.reply_by, moray.report.next_notice_on) == (date(2026, 10, 5), TODAY)
    move(moray, meeting, date(2027, 6, 1))
    assert moray.rung.reply_by == TODAY + timedelta(days=120), "120 days are the most, however far it moves"
    take_no_action(moray.rung, WHY, by=moray.chair, today=TODAY, now=NOW)
    move(moray, meeting, date(2026, 10, 6))
    assert moray.rung.reply_by == TODAY + timedelta(days=120), "what is decided waits for no meeting"
