"""What a digest says: its items in order of need, and the words of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app

from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.document_states import last_day_before_outstanding
from cycle_tracker.core.placeholders import new_key
from cycle_tracker.core.wording import bases, count, date_name, day, due_words
from cycle_tracker.mail.services.outgoing import (
    LONGEST_SUBJECT,
    Rendered,
    render_message,
    thread_of_digests,
    thread_of_milestone,
)
from cycle_tracker.models import Message
from cycle_tracker.reminders.queries.waiting import NoticeLine
from cycle_tracker.reminders.rules.digests import LISTED_AT_MOST
from cycle_tracker.reminders.rules.reminders import ANSWERED, ASSIGNED, EXPLAIN
from cycle_tracker.reminders.services.answer_links import answer_address, may_be_asked, stop_address
from cycle_tracker.reminders.services.answer_words import answer_note
from cycle_tracker.reminders.services.ladder_words import acknowledged_note, decision_note

FOR_DECISION = "For your group’s decision"
PAST = "Past its date"
TODAY = "Due today"
COMING = "Coming up"
ORDER = (FOR_DECISION, PAST, TODAY, COMING)
NEW = "You are its owner now."
COLOURS = {FOR_DECISION: "red", PAST: "red", TODAY: "yellow", COMING: "blue"}
LONGEST_IN_A_LINK = 80


@dataclass(frozen=True)
class Reader:
    """Who gets a mail: a person or a contact, perhaps for somebody who is away."""

    name: str
    email: str
    user_id: int | None = None
    contact_id: int | None = None
    stands_in_for: str = ""

    @property
    def is_contact(self) -> bool:
        """True for somebody without an account, for whom no page of the service is open."""
        return self.contact_id is not None


@dataclass(frozen=True)
class Item:
    """One milestone in a mail. `link` is its page, empty for those without an account; `answer` the address at which
    one says how it stands, empty for those who are not asked; `named` its title, short enough for a link."""

    title: str
    named: str
    partnership: str
    state: str
    facts: str
    link: str = ""
    answer: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """The items that stand alike, under one heading."""

    heading: str
    colour: str
    items: list[Item] = field(default_factory=list)


def render_digest(
    message: Message, lines: Sequence[NoticeLine], reader: Reader, *, today: date, now: datetime
) -> Rendered:
    """A digest, its subject and Message-ID filled in. Whoever stands in for another cannot switch that person's
    reminders off, so such a mail has no List-Unsubscribe. Each rendering has a key of its own."""
    service_url: str = current_app.config["SERVICE_URL"]
    key = new_key()
    words = digest_words(lines, today, reader=reader, identity=message.identity, key=key, service_url=service_url)
    milestones = {line.milestone_id for line in lines}
    return render_message(
        message,
        template="reminders/mail/digest",
        now=now,
        key=key,
        thread=thread_of_milestone(milestones.pop())
        if len(milestones) == 1
        else thread_of_digests(message.addressee or ""),
        stop_address=words["stop"],
        **words,
    )


def digest_words(
    lines: Sequence[NoticeLine], today: date, *, reader: Reader, identity: str, key: str, service_url: str
) -> dict[str, Any]:
    """Everything that the templates of the digest show. `identity` is the message's, `key` the rendering's. Of one
    milestone's notices only the latest is shown; that it is new to the reader is said beside whichever that is."""
    new = {line.milestone_id for line in lines if line.step == ASSIGNED}
    latest = list({line.milestone_id: line for line in sorted(lines, key=_lateness)}.values())
    shown = sorted(latest, key=lambda line: (ORDER.index(_heading(line, today)), line.due_on, line.milestone_id))
    listed, more = shown[:LISTED_AT_MOST], len(shown[LISTED_AT_MOST:])
    items = [
        (_heading(line, today), _item(line, today, reader, key, service_url, is_new=line.milestone_id in new))
        for line in listed
    ]
    return {
        "reader": reader,
        "sections": [
            Section(heading, COLOURS[heading], [item for of, item in items if of == heading])
            for heading in ORDER
            if any(of == heading for of, _ in items)
        ],
        "count": len(shown),
        "more": more,
        "home": service_url + addresses.HOME,
        "why": service_url + addresses.mail(identity),
        "stop": "" if reader.stands_in_for else stop_address(key, reader.user_id, reader.contact_id),
        "partnerships": _listed(sorted({line.partnership for line in lines})),
        "first_line": _first_line(shown, today),
        "subject": _subject(shown, today, new),
    }


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence: `Moray`, `Angus and Moray`, `Angus, Fife and Moray`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _lateness(line: NoticeLine) -> tuple[bool, int]:
    """Rungs before steps, newer before older: the one that sorts last is the one to show."""
    return line.step.startswith(("rung-", "raised-")), line.notice_id


def _heading(line: NoticeLine, today: date) -> str:
    if line.audience in HEARD_AT_ONCE:
        return FOR_DECISION
    if line.due_on < today:
        return PAST
    return TODAY if line.due_on == today else COMING


def _item(line: NoticeLine, today: date, reader: Reader, key: str, service_url: str, *, is_new: bool) -> Item:
    path = addresses.milestone(line.slug, line.key)
    if line.step == EXPLAIN and line.audience is Audience.LEAD:
        path = addresses.proposal(line.slug, line.key)
    if line.audience in HEARD_AT_ONCE and line.escalation_id is not None:
        path = addresses.escalation(line.escalation_id)
    return Item(
        title=line.title,
        named=_shortened(line.title, LONGEST_IN_A_LINK),
        partnership=line.partnership,
        state=_state(line, today),
        facts=f"{_date_facts(line, today)} {_bases(line)}",
        link="" if reader.is_contact else service_url + path,
        answer=answer_address(key, line.notice_id) if may_be_asked(line) else "",
        note=" ".join(words for words in (NEW if is_new else "", _note(line), acknowledged_note(line, today)) if words),
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
    if line.audience in HEARD_AT_ONCE:
        return decision_note(line)
    notes = []
    if line.answer is not None:
        notes.append(answer_note(line.answered_by, line.answer, line.answer_date, line.answer_text))
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
        if line.step == ANSWERED:
            return _with_end(f"Answered: {line.title}", f", {line.partnership}")
        return _with_end(title, f": {_short_state(line, today)}")
    past = sum(line.due_on < today for line in shown)
    if all(line.audience in HEARD_AT_ONCE for line in shown):
        return f"{len(shown)} items for your group’s decision"
    passed = f"{count(past, 'date has', 'dates have')} passed"
    if past == len(shown):
        return passed
    ahead = f"{len(shown) - past} due today or soon"
    return f"{passed}, {ahead}" if past else f"{len(shown)} dates due today or soon"


def _with_end(title: str, end: str) -> str:
    """A subject that keeps its end, which says when, and gives up the end of a long title."""
    return _shortened(title, max(LONGEST_SUBJECT - len(end), 1)) + end


def _shortened(title: str, room: int) -> str:
    return title if len(title) <= room else title[: room - 1].rstrip() + "…"


def _short_state(line: NoticeLine, today: date) -> str:
    if line.due_on < today:
        return f"{(today - line.due_on).days} days past" if (today - line.due_on).days > 1 else "1 day past"
    return due_words(line.due_on, today, "date").lower()


def _first_line(shown: Sequence[NoticeLine], today: date) -> str:
    """The line that a phone shows: what, where, when."""
    line = shown[0]
    rest = f" And {len(shown) - 1} more." if len(shown) > 1 else ""
    state = _state(line, today)
    return f"{line.title}, {line.partnership}: {state[:1].lower()}{state[1:]}, {day(line.due_on)}.{rest}"
