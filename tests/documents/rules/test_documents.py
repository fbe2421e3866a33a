"""Where a plan or a report stands for Scottish Government, day by day."""

from datetime import date

import pytest

from cycle_tracker.core.document_states import LATE, DocumentState, last_day_before_outstanding
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.rules.documents import DocumentFacts, document_state, lag_days

REPORT = DocumentFacts(
    state=State.NOT_STARTED,
    opens_on=date(2026, 4, 1),
    target_on=date(2026, 6, 30),
    published=False,
)
PLAN = DocumentFacts(State.NOT_STARTED, None, date(2026, 4, 1), published=False, is_plan=True)


def on(month: int, day: int, **changes: object) -> DocumentState:
    return document_state(REPORT._replace(**changes), date(2026, month, day))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (3, 31, DocumentState.NOT_OPEN),
        (4, 1, DocumentState.OPEN),
        (6, 30, DocumentState.OPEN),
        (7, 1, DocumentState.PAST_GUIDANCE_DATE),
        (8, 29, DocumentState.PAST_GUIDANCE_DATE),
        (8, 30, DocumentState.OUTSTANDING),
        (12, 31, DocumentState.OUTSTANDING),
    ],
)
def test_an_unexplained_report_is_outstanding_after_sixty_days(month: int, day: int, expected: DocumentState) -> None:
    assert on(month, day) is expected
    assert on(month, day, state=State.IN_PROGRESS) is expected


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (6, 30, DocumentState.OPEN),
        (7, 1, DocumentState.EXPLAINED),
        (8, 30, DocumentState.EXPLAINED),
        (9, 30, DocumentState.EXPLAINED),
        (10, 1, DocumentState.OUTSTANDING),
    ],
)
def test_an_explained_report_is_outstanding_from_the_day_after_its_new_date(
    month: int, day: int, expected: DocumentState
) -> None:
    assert on(month, day, explained_until=date(2026, 9, 30)) is expected


def test_a_new_date_within_the_sixty_days_counts_all_the_same() -> None:
    assert on(7, 10, explained_until=date(2026, 7, 10)) is DocumentState.EXPLAINED
    assert on(7, 11, explained_until=date(2026, 7, 10)) is DocumentState.OUTSTANDING


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1), date(2026, 12, 1)])
def test_a_published_report_is_complete_whatever_the_day(day: date) -> None:
    """Recording a report is telling the Scottish Government: nothing is sent."""
    assert document_state(REPORT._replace(state=State.DONE, published=True), day) is DocumentState.COMPLETE


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1), date(2026, 12, 1)])
def test_a_plan_is_complete_once_it_is_published_and_sent_and_late_no_more_once_it_is_prepared(day: date) -> None:
    prepared = PLAN._replace(state=State.DONE, is_prepared=True)
    published = prepared._replace(published=True)
    assert document_state(prepared, day) is DocumentState.PREPARED_NOT_PUBLISHED
    assert document_state(prepared._replace(sent=True), day) is DocumentState.PREPARED_NOT_PUBLISHED
    assert document_state(published, day) is DocumentState.PUBLISHED_COPY_NOT_SENT
    assert document_state(published._replace(sent=True), day) is DocumentState.COMPLETE
    assert {DocumentState.PREPARED_NOT_PUBLISHED, DocumentState.PUBLISHED_COPY_NOT_SENT}.isdisjoint(LATE)


def test_an_interim_plan_counts_to_its_last_day_and_the_plan_can_be_late_from_the_day_after() -> None:
    interim = PLAN._replace(interim_until=date(2027, 3, 31))
    assert document_state(interim, date(2026, 3, 1)) is DocumentState.INTERIM
    assert document_state(interim, date(2027, 3, 31)) is DocumentState.INTERIM
    assert document_state(interim, date(2027, 4, 1)) is DocumentState.OUTSTANDING
    assert DocumentState.INTERIM not in LATE
    early = PLAN._replace(interim_until=date(2026, 4, 30))
    assert document_state(early, date(2026, 5, 1)) is DocumentState.PAST_GUIDANCE_DATE


def test_every_state_has_the_token_that_files_and_commands_use() -> None:
    assert [state.value for state in DocumentState] == [
        *("not-open", "open", "past-guidance-date", "explained", "outstanding", "no-record", "interim"),
        *("prepared-not-published", "published-copy-not-sent", "complete", "not-required"),
    ]


def test_publication_counts_more_than_anything_else_known() -> None:
    facts = REPORT._replace(
        published=True, sent=True, state=State.NOT_REQUIRED, notify_from=date(2027, 1, 1), target_on=None
    )
    assert document_state(facts, date(2026, 12, 1)) is DocumentState.COMPLETE


@pytest.mark.parametrize("month", [3, 5, 7, 12])
def test_a_document_that_is_not_required_stays_so(month: int) -> None:
    assert on(month, 1, state=State.NOT_REQUIRED) is DocumentState.NOT_REQUIRED


def test_a_report_from_before_the_partnership_joined_has_no_record_and_is_never_late() -> None:
    joined_later = date(2026, 7, 1)
    assert on(6, 30, notify_from=joined_later) is DocumentState.OPEN
    assert on(7, 1, notify_from=joined_later) is DocumentState.NO_RECORD
    assert on(12, 31, notify_from=joined_later) is DocumentState.NO_RECORD
    assert on(7, 1, notify_from=date(2026, 6, 30)) is DocumentState.PAST_GUIDANCE_DATE
    assert DocumentState.NO_RECORD not in LATE


def test_a_partnership_that_has_not_joined_has_no_record_of_what_is_past_and_is_never_late() -> None:
    assert on(3, 31, notify_from=None) is DocumentState.NOT_OPEN
    assert on(6, 30, notify_from=None) is DocumentState.OPEN
    assert on(7, 1, notify_from=None) is DocumentState.NO_RECORD
    assert on(12, 31, notify_from=None) is DocumentState.NO_RECORD
    assert on(12, 31, notify_from=None, explained_until=date(2026, 9, 1)) is DocumentState.NO_RECORD
    assert on(12, 31, notify_from=None, published=True) is DocumentState.COMPLETE


def test_the_reports_of_2017_20_have_no_guidance_date_and_are_never_late() -> None:
    facts = DocumentFacts(State.NOT_STARTED, date(2018, 4, 1), None, published=False)
    assert document_state(facts, date(2018, 3, 31)) is DocumentState.NOT_OPEN
    assert document_state(facts, date(2018, 7, 1)) is DocumentState.NO_RECORD
    assert document_state(facts, date(2026, 7, 1)) is DocumentState.NO_RECORD


def test_a_plan_that_opens_on_no_day_is_open_until_its_period_starts() -> None:
    plan = DocumentFacts(State.IN_PROGRESS, None, date(2026, 4, 1), published=False)
    assert document_state(plan, date(2020, 1, 1)) is DocumentState.OPEN
    assert document_state(plan, date(2026, 4, 1)) is DocumentState.OPEN
    assert document_state(plan, date(2026, 4, 2)) is DocumentState.PAST_GUIDANCE_DATE
    assert document_state(plan, date(2026, 5, 31)) is DocumentState.PAST_GUIDANCE_DATE
    assert document_state(plan, date(2026, 6, 1)) is DocumentState.OUTSTANDING


def test_the_sixty_days_are_a_setting() -> None:
    assert document_state(REPORT, date(2026, 7, 31), outstanding_after=30) is DocumentState.OUTSTANDING
    assert last_day_before_outstanding(date(2026, 6, 30)) == date(2026, 8, 29)
    assert last_day_before_outstanding(date(2026, 6, 30), 30) == date(2026, 7, 30)


def test_late_is_past_explained_or_outstanding() -> None:
    assert {"past-guidance-date", "explained", "outstanding"} == LATE


@pytest.mark.parametrize(
    ("reports_on", "published_on", "lag"),
    [
        (date(2026, 3, 31), None, 92),
        (date(2026, 3, 31), date(2026, 6, 30), 91),
        (date(2026, 3, 31), date(2026, 3, 31), 0),
        (date(2026, 7, 1), None, 0),
        (date(2027, 3, 31), None, None),
        (date(2026, 3, 31), date(2026, 2, 20), None),
        (None, date(2026, 6, 30), None),
    ],
)
def test_the_lag_counts_from_31_march(reports_on: date | None, published_on: date | None, lag: int | None) -> None:
    assert lag_days(reports_on, published_on, date(2026, 7, 1)) == lag
