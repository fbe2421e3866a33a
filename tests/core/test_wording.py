"""How dates, bases and lateness are worded."""

from datetime import date

import pytest

from cycle_tracker.core import addresses
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.wording import bases, count, date_name, day, due_words, shortened

DUE = date(2026, 6, 30)


def test_days_read_as_people_write_them() -> None:
    assert day(date(2026, 6, 3)) == "3 June 2026"
    assert day(None) == "date not known"


def test_numbers_come_with_their_noun() -> None:
    assert [count(number, "day") for number in (0, 1, 2, 1200)] == ["0 days", "1 day", "2 days", "1,200 days"]
    assert [count(number, "body", "bodies") for number in (1, 2)] == ["1 body", "2 bodies"]


@pytest.mark.parametrize(
    ("basis", "name"),
    [
        (Basis.STATUTE, "statutory date"),
        (Basis.GUIDANCE, "guidance date"),
        (Basis.PRACTICE, "suggested date"),
        (Basis.SUGGESTED, "suggested date"),
        (Basis.LOCAL, "local date"),
    ],
)
def test_what_a_date_is_called(basis: Basis, name: str) -> None:
    assert date_name(basis) == name
    assert date_name(basis, expected=True) == "new expected date"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 6, 2), "Due in 28 days (guidance date 30 June 2026)"),
        (date(2026, 6, 28), "Due in 2 days (guidance date 30 June 2026)"),
        (date(2026, 6, 29), "Due tomorrow (guidance date 30 June 2026)"),
        (date(2026, 6, 30), "Due today (guidance date 30 June 2026)"),
        (date(2026, 7, 1), "Overdue by 1 day (guidance date 30 June 2026)"),
        (date(2026, 7, 14), "Overdue by 14 days (guidance date 30 June 2026)"),
    ],
)
def test_where_a_date_stands(today: date, words: str) -> None:
    assert due_words(DUE, today, "guidance date") == words


def test_both_bases_are_kept_apart() -> None:
    assert (
        bases(Basis.STATUTE, "2014 Act, section 10(7)", Basis.SUGGESTED, "14 days after the plan")
        == "The duty is based on 2014 Act, section 10(7). The date is suggested."
    )
    assert bases(Basis.STATUTE, "", Basis.GUIDANCE, "") == "Based on the law (the duty) and the guidance (the date)."
    assert bases(Basis.GUIDANCE, "para 125", Basis.GUIDANCE, "para 125") == "Based on para 125."
    assert bases(Basis.LOCAL, "", Basis.GUIDANCE, "para 125") == "The date is based on para 125."
    assert bases(Basis.LOCAL, "", Basis.LOCAL, "") == ""


def test_mails_point_to_these_pages() -> None:
    assert addresses.milestone("moray", "2026-29.annual-report-1") == (
        "/partnerships/moray/milestones/2026-29.annual-report-1"
    )
    assert addresses.escalation(7) == "/escalations/7"


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("Draft the plan", 14, "Draft the plan"),
        ("Draft the plan", 13, "Draft the…"),
        ("Draft the plan", 10, "Draft the…"),
        ("Draft the plan", 9, "Draft…"),
        ("Draft, the plan", 9, "Draft…"),
        ("Draftedly", 5, "Draf…"),
        ("Draft", 1, "…"),
        ("Pleane\u0301s", 7, "Plean…"),
        ("Plea\u0301n", 6, "Plea\u0301n"),
        ("Plea\u0301n\u0301s", 6, "Plea\u0301…"),
        ("Pla\U0001f469\u200d\U0001f467\u200d\U0001f466", 7, "Pla…"),
        ("Pla\U0001f44d\U0001f3fdns", 5, "Pla…"),
        ("Pla\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 8, "Pla…"),
        ("\u0915\u094d\u200d\u0937\u0915", 4, "…"),
    ],
)
def test_a_text_is_cut_at_the_end_of_a_word(text: str, room: int, short: str) -> None:
    assert shortened(text, room) == short == one_line(short)
    assert len(short) <= room
