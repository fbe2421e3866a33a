"""A report explained before its guidance date, day by day: what every page, list and file says of it is the same."""

from datetime import date

import pytest
from flask import Flask

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.document_facts import known_documents
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.national.queries.documents import count_documents_of_period, list_documents_of_period
from cycle_tracker.national.queries.picture import list_national_documents
from cycle_tracker.requests.queries.documents_to_ask import as_asked
from tests.factories import at_seven, make_cycle, make_partnership, make_report, make_user

pytestmark = pytest.mark.alike_on_both_databases

PERIOD = Period.named("2023-26")
OPENS, GUIDANCE, EXPECTED = date(2026, 4, 1), date(2026, 6, 30), date(2026, 9, 30)
WHY = "The council meets in September."


@pytest.fixture
def report(core_app: Flask) -> Milestone:
    moray = make_partnership("moray")
    made = make_report(moray, cycle=make_cycle(moray, "2023-26"))
    db.session.commit()
    return made


def explain(report: Milestone, on: date, *, shared: bool = True) -> None:
    official = make_user("Hamish Reid", role=Role.OFFICIAL)
    note_expected_date(report, EXPECTED, WHY, shared=shared, by=official, today=on, now=at_seven(on))
    db.session.commit()


def said_everywhere(report: Milestone, day: date) -> set[str]:
    """The states that the national lists, their counts, their files and the pages of the partnership give it."""
    found = {document_state(known_documents([report.id])[report.id].facts, day).value}
    found |= {one.state.value for one in list_documents_of_period(PERIOD, day)}
    found |= {state.value for state, _, _ in count_documents_of_period(PERIOD, day)}
    found |= {one.state.value for one in list_national_documents(PERIOD, day)}
    found |= {one.state.value for one in as_asked([report], day)}
    late = [one.state.value for one in list_documents(day)]
    return found | set(late if day > GUIDANCE else ["open", *late])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 5), "open"),
        (GUIDANCE, "open"),
        (date(2026, 7, 1), "explained"),
        (date(2026, 8, 30), "explained"),
        (EXPECTED, "explained"),
        (date(2026, 10, 1), "outstanding"),
    ],
)
def test_agreed_and_shared_ahead_it_goes_from_open_to_explained_until_its_new_date(
    report: Milestone, day: date, expected: str
) -> None:
    explain(report, date(2026, 5, 4))
    assert said_everywhere(report, day) == {expected}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(GUIDANCE, "open"), (date(2026, 7, 1), "past-guidance-date"), (date(2026, 8, 30), "outstanding")],
)
def test_not_shared_it_changes_nothing_that_officials_see(report: Milestone, day: date, expected: str) -> None:
    explain(report, date(2026, 5, 4), shared=False)
    assert said_everywhere(report, day) == {expected}
    assert [one.due_on for one in list_national_documents(PERIOD, day)] == [GUIDANCE]


def test_officials_read_the_new_date_before_the_guidance_date(report: Milestone) -> None:
    explain(report, date(2026, 5, 4))
    (asked,) = as_asked([report], date(2026, 5, 5))
    assert asked.expected_on == EXPECTED
    assert [one.due_on for one in list_national_documents(PERIOD, date(2026, 5, 5))] == [EXPECTED]


def test_of_a_later_explanation_that_is_not_shared_officials_know_the_shared_date(report: Milestone) -> None:
    explain(report, date(2026, 5, 4))
    official = make_user("Hamish Reid", role=Role.OFFICIAL)
    on, later = date(2026, 8, 3), date(2026, 11, 30)
    note_expected_date(report, later, WHY, shared=False, by=official, today=on, now=at_seven(on))
    db.session.commit()
    assert (report.due_on, [one.due_on for one in list_national_documents(PERIOD, on)]) == (later, [EXPECTED])


def test_it_can_be_explained_from_the_day_on_which_it_opens(report: Milestone) -> None:
    with pytest.raises(RuleBroken, match="from 1 April 2026, when it opens"):
        explain(report, date(2026, 3, 31))
    db.session.rollback()
    explain(report, OPENS)
    assert (report.due_on, report.target_on) == (EXPECTED, GUIDANCE)
