"""What stands in a calendar: which milestones, on which days, in which words."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from cycle_tracker.core.clock import LONDON, now, today
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.feeds.web import routes
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.user import PostHolder
from tests.factories import grant_role, make_milestone, make_report, make_user
from tests.feeds.web.conftest import Moray, calendar_of


def test_a_person_gets_what_they_own_that_is_open_past_its_date_or_not(place: Moray) -> None:
    make_milestone(place.moray, title="Of somebody else", owner=make_user("Rory Baird"))
    make_milestone(place.moray, title="No date yet", due_on=None, owner=place.owner)
    make_milestone(place.moray, title="Done long ago", owner=place.owner, state=State.DONE, done_on=date(2026, 5, 1))
    token = place.feed(place.owner)
    assert place.summaries(token) == [
        "Past guidance date: Annual report on 2025–26 (Moray)",
        "Draft the plan (Moray)",
    ]


def test_it_goes_over_all_their_partnerships_and_the_posts_that_they_hold(place: Moray) -> None:
    grant_role(place.owner, Role.CONTRIBUTOR, place.fife)
    post = make_user("Planning team", kind="post", role=Role.CONTRIBUTOR, partnership=place.fife)
    db.session.add(PostHolder(post_id=post.id, user_id=place.owner.id))
    make_milestone(place.fife, title="Needs assessment", due_on=date(2026, 9, 1), owner=post)
    make_milestone(place.fife, title="Ask for views", due_on=date(2026, 8, 1), owner=place.owner)
    assert place.summaries(place.feed(place.owner))[2:] == ["Ask for views (Fife)", "Needs assessment (Fife)"]


def test_what_fell_due_before_the_service_was_used_is_never_shown_as_late(place: Moray) -> None:
    place.moray.notify_from = date(2026, 7, 1)
    assert place.summaries(place.feed(place.owner)) == ["Draft the plan (Moray)"]


def test_an_event_is_a_whole_london_day_with_as_little_as_it_takes(place: Moray) -> None:
    report, step = place.events(place.feed(place.owner))
    assert sorted(step.keys()) == [
        "DESCRIPTION",
        "DTEND",
        "DTSTAMP",
        "DTSTART",
        "LAST-MODIFIED",
        "SEQUENCE",
        "SUMMARY",
        "TRANSP",
        "UID",
        "URL",
    ]
    assert step["DTSTART"].params == {"VALUE": "DATE"}
    assert (step.decoded("DTSTART"), step.decoded("DTEND")) == (date(2026, 7, 14), date(2026, 7, 15))
    address = "http://127.0.0.1:5000/partnerships/moray/milestones/2026-29.draft"
    assert step["URL"] == address
    assert step["DESCRIPTION"] == f"Local date 14 July 2026.\n{address}"
    assert step["TRANSP"] == "TRANSPARENT"
    assert step.subcomponents == []
    assert report.decoded("DTSTART") == date(2026, 6, 30)
    assert place.owner.name not in place.fetch(place.feed(place.owner)).get_data(as_text=True)


def test_the_calendar_names_itself_and_says_when_to_ask_again(place: Moray) -> None:
    answer = place.fetch(place.feed(place.owner))
    calendar = calendar_of(answer)
    assert (calendar["VERSION"], calendar["CALSCALE"]) == ("2.0", "GREGORIAN")
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Cycle Tracker: my work"
    assert calendar.decoded("REFRESH-INTERVAL") == timedelta(hours=6)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in answer.data
    assert answer.content_type == "text/calendar; charset=utf-8"


def test_a_uid_belongs_to_the_milestone_whatever_its_title_and_date_become(place: Moray) -> None:
    token = place.feed(place.owner)
    before = place.events(token)[1]
    place.step.title, place.step.due_on = "Draft the whole plan", date(2026, 8, 3)
    after = place.events(token)[1]
    assert after["UID"] == before["UID"] == f"milestone-{place.step.id}@127.0.0.1:5000"
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (after["SUMMARY"], after.decoded("DTSTART")) == ("Draft the whole plan (Moray)", date(2026, 8, 3))


def test_an_event_says_when_what_stands_in_it_last_changed(place: Moray, morning: time_machine.Traveller) -> None:
    token = place.feed(place.owner)
    report, step = place.events(token)
    assert report.decoded("LAST-MODIFIED") == datetime(2026, 7, 1, tzinfo=LONDON).astimezone(UTC)  # it became past
    assert step.decoded("LAST-MODIFIED") == datetime(2017, 4, 1, tzinfo=LONDON).astimezone(UTC)
    morning.move_to(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=False)
    outstanding = place.events(token)[0]
    assert str(outstanding["SUMMARY"]).startswith("Outstanding: ")
    assert outstanding.decoded("LAST-MODIFIED") == datetime(2026, 8, 30, tzinfo=LONDON).astimezone(UTC)
    start_milestone(place.step, by=place.owner, now=now())
    changed = place.events(token)[1]
    assert changed.decoded("LAST-MODIFIED") == changed.decoded("DTSTAMP") == now()


def test_what_is_done_goes_from_a_persons_calendar(place: Moray) -> None:
    token = place.feed(place.owner)
    finish_milestone(place.step, today(), by=place.owner, today=today(), now=now())
    assert place.summaries(token) == ["Past guidance date: Annual report on 2025–26 (Moray)"]


def test_a_partnerships_calendar_holds_its_documents_and_nothing_else(place: Moray) -> None:
    make_report(place.fife, title="Report of Fife")
    make_report(
        place.moray,
        key="2023-26.annual-report-2",
        year_end=date(2025, 3, 31),
        state=State.DONE,
        done_on=date(2025, 9, 1),
    )
    make_report(
        place.moray, key="2020-23.annual-report-1", year_end=date(2021, 3, 31), state=State.DONE, done_on=today()
    )
    make_report(place.moray, key="2023-26.not", year_end=date(2024, 3, 31), state=State.NOT_REQUIRED)
    for role in (Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR):
        token = place.feed(make_user(f"A {role.value}", role=role), place.moray)
        assert [str(event["SUMMARY"]).split(": ")[-1] for event in place.events(token)] == [
            "Annual report on 2020–21",
            "Annual report on 2024–25",
            "Annual report on 2025–26",
        ]
    calendar = calendar_of(place.fetch(place.feed(place.owner, place.moray)))
    assert calendar["X-WR-CALNAME"] == "Moray: plans and annual reports"


def test_a_new_expected_date_goes_with_its_explanation_and_beside_the_guidance_date(place: Moray) -> None:
    change = DateChange(
        milestone_id=place.report.id,
        kind=DateChangeKind.EXPECTED,
        old_due_on=place.report.due_on,
        new_due_on=date(2026, 9, 15),
        reason="The board meets late.",
        shared=True,
        proposed_by_id=place.owner.id,
        proposed_at=now(),
        noted_by_id=place.owner.id,
        noted_at=now(),
    )
    db.session.add(change)
    place.report.due_on, place.report.expected_date = date(2026, 9, 15), True
    official = place.feed(make_user("An official", role=Role.OFFICIAL), place.moray)
    (event,) = place.events(official)
    assert event.decoded("DTSTART") == date(2026, 9, 15)
    assert str(event["DESCRIPTION"]).startswith("New expected date 15 September 2026. Guidance date 30 June 2026.\n")
    assert "board" not in str(event["DESCRIPTION"])
    change.shared = False
    (event,) = place.events(official)
    assert event.decoded("DTSTART") == date(2026, 6, 30)
    assert "15 September" not in place.fetch(official).get_data(as_text=True)
    (event,) = place.events(place.feed(place.owner, place.moray))
    assert event.decoded("DTSTART") == date(2026, 9, 15)


def test_a_calendar_without_a_date_is_still_a_valid_one(place: Moray) -> None:
    nobody = make_user("New here", role=Role.CONTRIBUTOR, partnership=place.moray)
    calendar = calendar_of(place.fetch(place.feed(nobody)))
    assert calendar.walk("VEVENT") == []
    assert [component.name for component in calendar.subcomponents] == ["VTIMEZONE"]


def test_more_dates_than_are_listed_are_told_of(place: Moray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "LISTED_AT_MOST", 1)
    report, more = place.events(place.feed(place.owner))
    assert more["SUMMARY"] == "Only the first 1 dates are shown"
    assert (more["URL"], more.decoded("DTSTART")) == ("http://127.0.0.1:5000/my-work", today())
