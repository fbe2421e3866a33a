"""The iCalendar file by the rules of RFC 5545: folding, escaping, and nothing that a title could add to it."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cycle_tracker.core.lines import one_line
from cycle_tracker.feeds.web.entries import CalendarEntry
from cycle_tracker.feeds.web.icalendar_file import calendar_file

NASTY = [
    "Semicolon; comma, backslash \\ and \\n as typed",
    "Line\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged",
    "Lone \r return, lone \n feed, \x0b\x0c\x1c\x85\u2028\u2029 others",
    "😀" * 60,
    "Dùn Èideann “plan” – " * 10,
    "\x00\x07\x1b[31mred\x7f",
    'Quote " colon : equals = ^ caret',
    "👩\u200d👩\u200d👧\u200d👦" * 20,
]
ESCAPED = re.compile(r"\\[\\;,nN]")


def entry(title: str) -> CalendarEntry:
    return CalendarEntry(
        uid="milestone-1@tracker.example",
        on=date(2026, 3, 29),
        summary=title,
        description=f"{title}\nhttps://tracker.example/partnerships/moray/milestones/a",
        address="https://tracker.example/partnerships/moray/milestones/a",
        revision=3,
        changed_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    )


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def ensure_well_written(content: bytes) -> None:
    """Every line ends in CRLF, has at most 75 octets, and is whole UTF-8; text is escaped."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75, line
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()
    lines = unfolded(content)
    assert [line for line in lines if line.startswith(("BEGIN:", "END:"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    for whole in lines:
        assert re.match(r"[A-Z-]+[:;]", whole), whole
        name, _, value = whole.partition(":")
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", whole), whole
        if name in {"SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME"}:
            bare = ESCAPED.sub("", value)
            assert not set(bare) & set("\\;,"), whole


@pytest.mark.parametrize("title", NASTY)
def test_a_title_breaks_no_line_and_adds_none(title: str) -> None:
    content = calendar_file(title, [entry(title)])
    ensure_well_written(content)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    shown = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", title).split())
    assert event["SUMMARY"] == shown
    named = [line.partition(":")[2] for line in unfolded(content) if re.match("(X-WR-CAL)?NAME:", line)]
    assert [re.sub(r"\\(.)", r"\1", one) for one in named] == [shown, shown]
    assert event["URL"] == "https://tracker.example/partnerships/moray/milestones/a"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_comes_back_as_one_line_of_itself(title: str) -> None:
    content = calendar_file("Feed", [entry(title)])
    ensure_well_written(content)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["SUMMARY"] == one_line(title)


def test_the_day_the_clocks_change_is_one_whole_day() -> None:
    lines = unfolded(calendar_file("Feed", [entry("A step")]))
    assert "DTSTART;VALUE=DATE:20260329" in lines
    assert "DTEND;VALUE=DATE:20260330" in lines
    assert "DTSTAMP:20260301T093000Z" in lines
    assert "SEQUENCE:3" in lines


def test_the_same_entries_give_the_same_bytes() -> None:
    assert calendar_file("Feed", [entry("A step")]) == calendar_file("Feed", [entry("A step")])
