"""The words for dates and states."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.web import wording
from cycle_tracker.web.filters import mail_address

TODAY = date(2026, 7, 3)


@dataclass
class Report:
    """A milestone as the words need it."""

    kind: Kind = Kind.ANNUAL_REPORT
    state: State = State.NOT_STARTED
    date_basis: Basis = Basis.GUIDANCE
    target_on: date | None = date(2026, 6, 30)
    due_on: date | None = date(2026, 6, 30)
    expected_date: bool = False
    done_on: date | None = None


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Report(), "30 June 2026, 3 days past the guidance date"),
        (Report(date_basis=Basis.SUGGESTED, due_on=date(2026, 7, 2)), "2 July 2026, 1 day past the suggested date"),
        (Report(due_on=TODAY), "3 July 2026, today"),
        (Report(due_on=date(2026, 7, 4)), "4 July 2026, tomorrow"),
        (Report(due_on=date(2026, 7, 10)), "10 July 2026, in 7 days"),
        (Report(due_on=None), "No date yet"),
        (Report(state=State.DONE, done_on=date(2026, 7, 1)), "Done on 1 July 2026"),
        (Report(state=State.DONE), "Done, date not known"),
        (Report(state=State.NOT_REQUIRED), "30 June 2026"),
        (
            Report(expected_date=True, due_on=date(2026, 9, 30)),
            "New expected date 30 September 2026; 3 days past the guidance date of 30 June 2026",
        ),
        (
            Report(expected_date=True, due_on=date(2026, 7, 1)),
            "New expected date 1 July 2026, 2 days ago; 3 days past the guidance date of 30 June 2026",
        ),
    ],
)
def test_how_a_date_lies_to_today(report: Report, words: str) -> None:
    assert wording.due_wording(report, TODAY) == words


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (Report(), ("Past guidance date", "red")),
        (Report(date_basis=Basis.LOCAL), ("Overdue", "red")),
        (Report(date_basis=Basis.SUGGESTED), ("Overdue", "red")),
        (Report(expected_date=True), ("Past expected date", "red")),
        (Report(due_on=TODAY), ("Due today", "yellow")),
        (Report(due_on=date(2026, 7, 17)), ("Due soon", "yellow")),
        (Report(due_on=date(2026, 7, 18)), ("Not started", "grey")),
        (Report(due_on=None, state=State.IN_PROGRESS), ("In progress", "blue")),
        (Report(state=State.DONE, done_on=date(2026, 6, 30)), ("Done", "green")),
        (Report(state=State.DONE, done_on=TODAY), ("Done after due date", "green")),
        (Report(state=State.DROPPED), ("Dropped", "grey")),
    ],
)
def test_the_tag_of_a_milestone(report: Report, status: tuple[str, str]) -> None:
    assert wording.milestone_status(report, TODAY) == status


def test_what_fell_due_before_the_service_is_not_late() -> None:
    assert wording.milestone_status(Report(), TODAY, date(2026, 7, 1)) == ("Before you joined", "grey")


def test_every_state_has_words() -> None:
    for state in DocumentState:
        assert wording.document_status(state).label
    for kind in Kind:
        assert wording.kind_label(kind)
    for basis in Basis:
        assert wording.date_name(basis).endswith("date")


def test_instants_are_told_as_london_clocks_show_them() -> None:
    assert wording.moment(datetime(2026, 7, 3, 6, 15, tzinfo=UTC)) == "3 July 2026 at 07:15"
    assert wording.moment(datetime(2026, 1, 3, 6, 15, tzinfo=UTC)) == "3 January 2026 at 06:15"


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("plans@moray.example.org", "plans@moray.example.org"),
        ("a?cc=z@example.org", "a%3Fcc%3Dz@example.org"),
        ("a&b%@example.org", "a%26b%25@example.org"),
    ],
)
def test_a_mail_link_says_whom_to_write_to_and_nothing_more(address: str, linked: str) -> None:
    assert mail_address(address) == linked
