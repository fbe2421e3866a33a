"""What a digest says: its items in order of need, and the words of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app

from cycle_tracker.domain import addresses
from cycle_tracker.domain.calendar import DAY
from cycle_tracker.domain.digests import LISTED_AT_MOST
from cycle_tracker.domain.documents import last_day_before_outstanding
from cycle_tracker.domain.policies import Audience
from cycle_tracker.domain.reminders import ASSIGNED, EXPLAIN
from cycle_tracker.domain.wording import bases, count, date_name, day, due_words
from cycle_tracker.models import Message
from cycle_tracker.queries.waiting import NoticeLine
from cycle_tracker.services.outgoing import LONGEST_SUBJECT, render_message

FOR_DECISION = "For your group’s decision"
PAST = "Past its date"
TODAY = "Due today"
COMING = "Coming up"
ORDER = (FOR_DECISION, PAST, TODAY, COMING)
NEW = "You are its owner now."
COLOURS = {FOR_DECISION: "red", PAST: "red", TODAY: "yellow", COMING: "blue"}


@dataclass(frozen=True)
class Reader:
    """Who gets a mail: a person or a contact, perhaps for somebody who is away."""

    name: str
    email: str
    user_id: int | None = None
    contact_id: int | None = None
    stands_in_for: str = ""


@dataclass(frozen=True)
class Item:
    """One milestone in a mail."""

    title: str
    partnership: str
    state: str
    facts: str
    link: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """The items that stand alike, under one heading."""

    heading: str
    colour: str
    items: list[Item] = field(default_factory=list)


def render_digest(
    message: Message, lines: Sequence[NoticeLine], reader: Reader, *, today: date, now: datetime
) -> bytes:
    """The bytes of a digest, its subject and Message-ID filled in."""
    words = digest_words(lines, today, name=reader.name, service_url=current_app.config["SERVICE_URL"])
    return render_message(message, template="digest", now=now, **words)


def digest_words(lines: Sequence[NoticeLine], today: date, *, name: str, service_url: str) -> dict[str, Any]:
    """Everything that the templates of the digest show. Of one milestone's notices only the latest is shown; that it is
    new to the reader is said beside whichever that is."""
    new = {line.milestone_id for line in lines if line.step == ASSIGNED}
    latest = list({line.milestone_id: line for line in sorted(lines, key=_lateness)}.values())
    shown = sorted(latest, key=lambda line: (ORDER.index(_heading(line, today)), line.due_on, line.milestone_id))
    listed, more = shown[:LISTED_AT_MOST], len(shown[LISTED_AT_MOST:])
    sections = [
        Section(
            heading,
            COLOURS[heading],
            [
                _item(line, today, service_url, is_new=line.milestone_id in new)
                for line in listed
                if _heading(line, today) == heading
            ],
        )
        for heading in ORDER
        if any(_heading(line, today) == heading for line in listed)
    ]
    return {
        "name": name,
        "sections": sections,
        "count": len(shown),
        "more": more,
        "home": service_url + addresses.HOME,
        "first_line": _first_line(shown, today),
        "subject": _subject(shown, today, new),
    }


def _lateness(line: NoticeLine) -> tuple[bool, int]:
    """Rungs before steps, newer before older: the one that sorts last is the one to show."""
    return line.step.startswith("rung-"), line.notice_id


def _heading(line: NoticeLine, today: date) -> str:
    if line.audience is Audience.GOVERNANCE:
        return FOR_DECISION
    if line.due_on < today:
        return PAST
    return TODAY if line.due_on == today else COMING


def _item(line: NoticeLine, today: date, service_url: str, *, is_new: bool) -> Item:
    path = addresses.milestone(line.slug, line.key)
    if line.step == EXPLAIN and line.audience is Audience.LEAD:
        path = addresses.proposal(line.slug, line.key)
    if line.audience is Audience.GOVERNANCE and line.escalation_id is not None:
        path = addresses.escalation(line.escalation_id)
    return Item(
        title=line.title,
        partnership=line.partnership,
        state=_state(line, today),
        facts=f"{_date_facts(line, today)} {_bases(line)}",
        link=service_url + path,
        note=" ".join(words for words in (NEW if is_new else "", _note(line)) if words),
    )


def _state(line: NoticeLine, today: date) -> str:
    return due_words(line.due_on, today, date_name(line.date_basis, expected=line.expected_date))


def _date_facts(line: NoticeLine, today: date) -> str:
    name = date_name(line.date_basis, expected=line.expected_date)
    facts = f"{name.capitalize()}: {day(line.due_on)}."
    if line.expected_date and line.target_on is not None:
        name = date_name(line.date_basis)
        facts += f" {name.capitalize()}: {day(line.target_on)}, {count((today - line.target_on).days, 'day')} ago."
    if line.reports_on is not None and line.due_on < today:
        facts += f" {(today - line.reports_on).days} days since the year ended."
    return facts


def _bases(line: NoticeLine) -> str:
    return bases(line.duty_basis, line.duty_citation, line.date_basis, line.date_citation)


def _note(line: NoticeLine) -> str:
    if line.audience is Audience.GOVERNANCE:
        return "Your group can note a new expected date, ask for next steps, refer it on, or take no action."
    notes = []
    if line.step.startswith("rung-"):
        notes.append("You get this as planning lead: the date has passed.")
    if EXPLAIN in (line.step, *line.overtook):
        notes.append(_offer(line))
    return " ".join(notes)


def _offer(line: NoticeLine) -> str:
    """To explain what is about to show as outstanding, in words for those who can and for those who must ask."""
    shows = f"From {day(_outstanding_from(line))} this shows as outstanding."
    if line.audience is Audience.LEAD:
        return f"{shows} Add an explanation with a new expected date: your governance group or an official notes it."
    return f"{shows} Your planning lead can add an explanation with a new expected date."


def _outstanding_from(line: NoticeLine) -> date:
    """The day named, not counted: the words hold however late the mail goes out."""
    return last_day_before_outstanding(line.target_on or line.due_on) + DAY


def _subject(shown: Sequence[NoticeLine], today: date, new: Collection[int]) -> str:
    if len(shown) == 1:
        line = shown[0]
        title = f"New for you: {line.title}" if line.milestone_id in new else line.title
        return _shortened(title, end=f": {_short_state(line, today)}")
    past = sum(line.due_on < today for line in shown)
    if all(line.audience is Audience.GOVERNANCE for line in shown):
        return f"{len(shown)} items for your group’s decision"
    passed = f"{count(past, 'date has', 'dates have')} passed"
    if past == len(shown):
        return passed
    ahead = f"{len(shown) - past} due today or soon"
    return f"{passed}, {ahead}" if past else f"{len(shown)} dates due today or soon"


def _shortened(title: str, *, end: str) -> str:
    """A subject that keeps its end, which says when, and gives up the end of a long title."""
    room = LONGEST_SUBJECT - len(end)
    return (title if len(title) <= room else title[: room - 1].rstrip() + "…") + end


def _short_state(line: NoticeLine, today: date) -> str:
    if line.due_on < today:
        return f"{(today - line.due_on).days} days past" if (today - line.due_on).days > 1 else "1 day past"
    return due_words(line.due_on, today, "date").lower()


def _first_line(shown: Sequence[NoticeLine], today: date) -> str:
    """The line that a phone shows: what, where, when."""
    line = shown[0]
    rest = f" And {len(shown) - 1} more." if len(shown) > 1 else ""
    return f"{line.title}, {line.partnership}: {_state(line, today).lower()}.{rest}"
