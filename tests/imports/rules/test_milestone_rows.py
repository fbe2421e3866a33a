"""One row of a file of milestones."""

import time
from datetime import date

import pytest

from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow
from cycle_tracker.imports.rules.milestone_rows import COLUMNS, read_milestone_rows

GOOD = {
    "partnership": "Moray",
    "key": "2026-29.survey",
    "title": "Survey of families",
    "kind": "step",
    "due_on": "1 April 2027",
    "owner": "Ailsa@Example.test",
    "state": "In progress",
}


def problems_of(**changed: str) -> list[Problem]:
    return read_milestone_rows([SheetRow(2, {**GOOD, **changed})])[1]


def test_a_row_is_read_into_what_it_means() -> None:
    (row,), problems = read_milestone_rows([SheetRow(2, GOOD)])
    assert problems == []
    assert (row.key, row.kind, row.due_on) == ("2026-29.survey", Kind.STEP, date(2027, 4, 1))
    assert (row.owner, row.state, row.place) == ("ailsa@example.test", State.IN_PROGRESS, "Moray")


def test_an_empty_cell_says_nothing() -> None:
    (row,), problems = read_milestone_rows([SheetRow(2, {"partnership": "Moray", "key": "a"})])
    assert problems == []
    assert (row.title, row.kind, row.due_on, row.owner, row.state) == ("", None, None, "", None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"partnership": ""}, "Enter a partnership."),
        ({"key": ""}, "Enter the key of the milestone, for example 2026-29.family-survey."),
        ({"key": "k" * 81}, "The key must be 80 characters or fewer. It has 81."),
        ({"title": "t" * 301}, "This must be 300 characters or fewer. It has 301."),
        ({"kind": "party"}, "“party” is not a kind. It can be step, plan, annual-report"),
        ({"due_on": "31/6/2027"}, "31 June 2027 is not a real date."),
        ({"owner": "Ailsa Grant"}, "“ailsa grant” is not an email address."),
        ({"state": "nearly done"}, "“nearly-done” is not a state. It can be not-started"),
    ],
)
def test_what_is_wrong_is_told_by_its_column(changed: dict[str, str], words: str) -> None:
    (problem,) = problems_of(**changed)
    assert (problem.row, problem.column) == (2, next(iter(changed)))
    assert problem.message.startswith(words)


@pytest.mark.parametrize("key", ["a b", "a/b", "../a", "a..b", ".a", "a.", "a_b", "ä", "a\nb", "-", "=1+1"])
def test_a_key_has_small_letters_digits_dots_and_hyphens(key: str) -> None:
    (problem,) = problems_of(key=key)
    assert problem.column == "key"


def test_every_problem_of_a_row_is_told() -> None:
    assert {one.column for one in problems_of(key="!", kind="?", due_on="x", owner="y", state="z")} == {
        "key",
        "kind",
        "due_on",
        "owner",
        "state",
    }


@pytest.mark.parametrize(
    "nasty", ["a-" * 50_000, "a." * 50_000 + "!", "@" * 100_000, " " * 100_000 + "x", "1 " * 50_000]
)
def test_nasty_strings_are_refused_at_once(nasty: str) -> None:
    start = time.perf_counter()
    for column in COLUMNS.names:
        problems_of(**{column: nasty})
    assert time.perf_counter() - start < 1
