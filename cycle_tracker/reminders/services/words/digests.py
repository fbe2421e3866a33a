"""What a digest says: its items in order of need, and the words of each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app

from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.document_states import last_day_before_outstanding
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.placeholders import new_key
from cycle_tracker.core.wording import count, date_name, day, listed, shortened
from cycle_tracker.mail.services.outgoing import Rendered, render_message, thread_of_digests, thread_of_milestone
from cycle_tracker.models.message import Message
from cycle_tracker.reminders.queries.late_lines import NOTHING_LATE, LateList
from cycle_tracker.reminders.queries.waiting import NoticeLine
from cycle_tracker.reminders.rules.digests import LISTED_AT_MOST
from cycle_tracker.reminders.rules.steps import ASSIGNED, EXPLAIN
from cycle_tracker.reminders.services.answer_links import answer_address, may_be_asked, stop_address
from cycle_tracker.reminders.services.words.answers import answer_note
from cycle_tracker.reminders.services.words.escalations import acknowledged_note, decision_note, with_group_note
from cycle_tracker.reminders.services.words.late import late_items
from cycle_tracker.reminders.services.words.parts import OPEN_PAGE, Item, Reader, Section
from cycle_tracker.reminders.services.words.reasons import reason_words
from cycle_tracker.reminders.services.words.states import state_words
from cycle_tracker.reminders.services.words.subjects import subject_words
from cycle_tracker.reminders.services.words.unshared import unshared_note

FOR_DECISION = "Decision needed from your group"
PAST = "Overdue"
TODAY = "Due today"
COMING = "Coming up"
ORDER = (FOR_DECISION, PAST, TODAY, COMING)
NEW = "This is now yours."
COLOURS = {FOR_DECISION: "red", PAST: "red", TODAY: "yellow", COMING: "blue"}
LONGEST_IN_A_LINK = 80
ADD_EXPLANATION, DECIDE = "Add an explanation", "Open the escalation"
IN_LAW_OR_GUIDANCE = {Basis.STATUTE: "the law", Basis.GUIDANCE: "the guidance"}


def render_digest(
    message: Message,
    lines: Sequence[NoticeLine],
    reader: Reader,
    *,
    today: date,
    now: datetime,
    late: LateList = NOTHING_LATE,
) -> Rendered:
    """A digest, its subject and Message-ID filled in, with all else that is `late`. Whoever stands in for
    another cannot switch that person's reminders off, so such a mail has no List-Unsubscribe. Each rendering has a key
    of its own."""
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
        late=late_items(late.lines, today, reader.covers, service_url),
        late_more=late.more,
        **words,
    )


def digest_words(
    lines: Sequence[NoticeLine], today: date, *, reader: Reader, identity: str, key: str, service_url: str
) -> dict[str, Any]:
    """Everything that the templates of the digest show. `identity` is the message's, `key` the rendering's. Of one
    milestone's notices only the latest is shown; that it is new to the reader is said beside whichever that is. The
    reader's own come first, then those of each whom they cover."""
    new = {line.milestone_id for line in lines if line.step == ASSIGNED}
    latest = list({line.milestone_id: line for line in sorted(lines, key=_lateness)}.values())
    shown = sorted(latest, key=lambda line: _place(line, reader, today))
    first, more = shown[:LISTED_AT_MOST], len(shown[LISTED_AT_MOST:])
    is_for_one = len({line.user_id for line in shown}) == 1
    sections: dict[str, Section] = {}
    for line in first:
        heading = _heading(line, today)
        name = "" if is_for_one else reader.covers.get(line.user_id or 0, "")
        section = Section(heading, COLOURS[heading], name)
        sections.setdefault(section.heading, section).items.append(
            _item(line, today, reader, key, service_url, is_new=line.milestone_id in new)
        )
    return {
        "reader": reader,
        "sections": list(sections.values()),
        "count": len(shown),
        "more": more,
        "home": service_url + addresses.HOME,
        "why": service_url + addresses.mail(identity),
        "stop": ""
        if all(line.user_id in reader.covers for line in lines)
        else stop_address(key, reader.user_id, reader.contact_id),
        "partnerships": listed(sorted({line.partnership for line in lines})),
        "reason": reason_words(shown, covers=reader.covers, is_contact=reader.is_contact),
        "first_line": _first_line(shown, today),
        "subject": subject_words(shown, today, new),
    }


def _place(line: NoticeLine, reader: Reader, today: date) -> tuple[str, int, date, int]:
    """Where a line stands in the email."""
    whose = reader.covers.get(line.user_id or 0, "")
    return whose, ORDER.index(_heading(line, today)), line.due_on, line.milestone_id


def _lateness(line: NoticeLine) -> tuple[bool, int]:
    """Escalation stages before steps, newer before older: the one that sorts last is the one to show."""
    return line.step.startswith(("rung-", "raised-")), line.notice_id


def _heading(line: NoticeLine, today: date) -> str:
    if line.audience in HEARD_AT_ONCE:
        return FOR_DECISION
    if line.due_on < today:
        return PAST
    return TODAY if line.due_on == today else COMING


def _item(line: NoticeLine, today: date, reader: Reader, key: str, service_url: str, *, is_new: bool) -> Item:
    path, action = addresses.milestone(line.slug, line.key), OPEN_PAGE
    if line.step == EXPLAIN and line.audience is Audience.LEAD:
        path, action = addresses.proposal(line.slug, line.key), ADD_EXPLANATION
    if line.audience in HEARD_AT_ONCE and line.escalation_id is not None:
        path, action = addresses.escalation(line.escalation_id), DECIDE
    return Item(
        title=line.title,
        named=shortened(line.title, LONGEST_IN_A_LINK),
        partnership=line.partnership,
        state=state_words(line, today),
        facts=" ".join(words for words in (_date_facts(line, today), _bases(line)) if words),
        link="" if reader.is_contact else service_url + path,
        answer=answer_address(key, line.notice_id) if may_be_asked(line) else "",
        note=" ".join(
            words for words in (NEW if is_new else "", _note(line, today), acknowledged_note(line, today)) if words
        ),
        action=action,
    )


def _date_facts(line: NoticeLine, today: date) -> str:
    facts = []
    if line.expected_date and line.target_on is not None:
        ago = (today - line.target_on).days
        passed = f", {count(ago, 'day')} ago" if ago > 0 else ""
        facts.append(f"The {date_name(line.date_basis)} was {day(line.target_on)}{passed}.")
    if line.reports_on is not None and line.due_on < today:
        facts.append(f"It is {count((today - line.reports_on).days, 'day')} since {day(line.reports_on)}.")
    return " ".join(facts)


def _bases(line: NoticeLine) -> str:
    """What duty and date are based on in law or guidance; nothing for local steps and dates."""
    duty, on = (
        (citation or IN_LAW_OR_GUIDANCE[basis]) if basis in IN_LAW_OR_GUIDANCE else ""
        for basis, citation in ((line.duty_basis, line.duty_citation), (line.date_basis, line.date_citation))
    )
    if duty == on:
        return f"Based on {duty}." if duty else ""
    said = (f"The duty is based on {duty}." if duty else "", f"The date is based on {on}." if on else "")
    return " ".join(words for words in said if words)


def _note(line: NoticeLine, today: date) -> str:
    if line.audience in HEARD_AT_ONCE:
        return decision_note(line)
    notes = [with_group_note(line)] if line.with_group_since is not None else []
    if line.answer is not None:
        notes.append(answer_note(line.answered_by, line.answer, line.answer_date, line.answer_text))
    notes.append(unshared_note(line, today))
    if EXPLAIN in (line.step, *line.overtook):
        notes.append(_offer(line, today))
    return " ".join(note for note in notes if note)


def _offer(line: NoticeLine, today: date) -> str:
    """To explain what is about to be outstanding, in words for those who can and for those who have to ask."""
    first = _outstanding_from(line)
    shows = f"This will be outstanding from {day(first)}."
    if first <= today:
        shows = f"This has been outstanding since {day(first)}."
    if line.audience is Audience.LEAD:
        return (
            f"{shows} Add an explanation with a new expected date. Your governance group or an official then agrees it."
        )
    return f"{shows} A planning lead can add an explanation with a new expected date."


def _outstanding_from(line: NoticeLine) -> date:
    """The day named, not counted, so that the words are true however late the email is sent."""
    return last_day_before_outstanding(line.target_on or line.due_on) + DAY


def _first_line(shown: Sequence[NoticeLine], today: date) -> str:
    """The line that a phone shows: what, where, when; of an offer to explain, what is asked."""
    line = shown[0]
    rest = f" And {len(shown) - 1} more." if len(shown) > 1 else ""
    says = _offer(line, today) if line.step == EXPLAIN else f"{state_words(line, today)}."
    return f"{line.title}, {line.partnership}. {says}{rest}"
