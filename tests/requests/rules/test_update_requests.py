"""What a request for an update says, by when it asks for a reply, and where it stands."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Basis
from cycle_tracker.requests.rules import (
    DEFAULT_TEXT,
    RequestState,
    RequestSubject,
    default_reply_by,
    ensure_can_be_asked,
    opening,
    request_state,
    whole_text,
)

TODAY = date(2026, 9, 2)
GUIDANCE_DATE = date(2026, 6, 30)


def asked(
    state: DocumentState = DocumentState.OUTSTANDING,
    target_on: date | None = GUIDANCE_DATE,
    expected_on: date | None = None,
) -> RequestSubject:
    return RequestSubject("Annual report on 2025–26", "Moray", state, target_on, expected_on)


def test_a_request_names_the_document_its_guidance_date_the_days_past_and_the_day_to_reply_by() -> None:
    assert whole_text(asked(), DEFAULT_TEXT, date(2026, 9, 16), TODAY) == (
        "The Scottish Government would like an update on “Annual report on 2025–26”, Moray. The guidance date was "
        "30 June 2026 (64 days before 2 September 2026). This is a guidance date, not a legal deadline. We have no "
        "record that it has been published.\n\n"
        f"{DEFAULT_TEXT}\n\n"
        "Please reply by 16 September 2026."
    )


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (
            asked(DocumentState.EXPLAINED, expected_on=date(2026, 9, 30)),
            "published. The new expected date is 30 September 2026.",
        ),
        (
            asked(DocumentState.OPEN, target_on=date(2026, 9, 30)),
            "The guidance date is 30 September 2026. This is a guidance date, not a legal deadline. We have no record",
        ),
        (asked(DocumentState.OPEN, target_on=TODAY), "The guidance date is 2 September 2026. This is a"),
        (
            asked(DocumentState.NO_RECORD),
            "The guidance date was 30 June 2026, before Moray started to use this service. We have no record that it "
            "has been published.",
        ),
        (
            replace(asked(DocumentState.NO_RECORD), joined=False),
            "The guidance date was 30 June 2026. We have no record that it has been published.",
        ),
        (asked(DocumentState.NO_RECORD, target_on=None), "The guidance does not give a date for it."),
    ],
)
def test_it_says_no_more_than_is_so(about: RequestSubject, words: str) -> None:
    said = opening(about, TODAY)
    assert words in said
    assert "breach" not in said


def test_the_date_of_a_plan_is_in_law_and_is_not_called_guidance() -> None:
    plan = RequestSubject(
        "Children’s Services Plan 2026–29",
        "Moray",
        DocumentState.OUTSTANDING,
        date(2026, 4, 1),
        None,
        Basis.STATUTE,
    )
    said = opening(plan, TODAY)
    assert "The statutory date was 1 April 2026 (154 days before 2 September 2026). We have no record" in said
    assert "guidance" not in said


def test_what_is_not_counted_as_late_is_not_told_in_days() -> None:
    assert "days" not in opening(asked(DocumentState.NO_RECORD), TODAY)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_a_reply_is_asked_for_by_a_working_day_two_weeks_ahead_or_little_more(today: date) -> None:
    reply_by = default_reply_by(today)
    assert SCOTLAND.is_working_day(reply_by)
    assert timedelta(days=14) <= reply_by - today <= timedelta(days=21)


@pytest.mark.parametrize(
    ("text", "reply_by", "field"),
    [
        ("How is it?", TODAY, "reply_by"),
        ("How is it?", TODAY - timedelta(days=1), "reply_by"),
        ("How is it?", TODAY + timedelta(days=367), "reply_by"),
        ("How?", date(2026, 9, 16), "text"),
        ("x" * 2001, date(2026, 9, 16), "text"),
    ],
)
def test_what_asks_nothing_or_gives_no_time_is_refused_beside_its_field(text: str, reply_by: date, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        ensure_can_be_asked(text, reply_by, TODAY)
    assert refused.value.field == field


def test_the_shortest_and_the_longest_request_are_asked() -> None:
    ensure_can_be_asked("How is it?", TODAY + timedelta(days=1), TODAY)
    ensure_can_be_asked("x" * 2000, TODAY + timedelta(days=366), TODAY)


@pytest.mark.parametrize(
    ("answered", "document_is_open", "reply_by", "state"),
    [
        (False, True, TODAY, RequestState.WAITING),
        (False, True, None, RequestState.WAITING),
        (False, True, TODAY - timedelta(days=1), RequestState.OVERDUE),
        (False, False, TODAY - timedelta(days=1), RequestState.SETTLED),
        (True, True, TODAY - timedelta(days=1), RequestState.ANSWERED),
        (True, False, TODAY, RequestState.ANSWERED),
    ],
)
def test_where_a_request_stands(
    answered: bool, document_is_open: bool, reply_by: date | None, state: RequestState
) -> None:
    found = request_state(answered=answered, document_is_open=document_is_open, reply_by=reply_by, today=TODAY)
    assert found is state
