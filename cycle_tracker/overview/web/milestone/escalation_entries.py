"""What came to whom by escalation, who raised it, and who said by when they reply, in plain sentences."""

from collections.abc import Iterator, Mapping

from cycle_tracker.core.audiences import Audience
from cycle_tracker.governance.rules import SHOWN
from cycle_tracker.governance.web.raising.presenters import CAME_TO, late_words
from cycle_tracker.milestones.web.entries import Entry, name_of
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.overview.queries.histories import History
from cycle_tracker.web.wording import day

SEEN_BY_OFFICIALS = frozenset({Audience.GOVERNANCE, Audience.NATIONAL})


def escalation_entries(history: History, *, shared_only: bool) -> list[Entry]:
    """Every escalation stage that somebody decides on, and every acknowledgement. With `shared_only`, what officials
    may read: that it came to the governance group, and what was raised to the Scottish Government escalation group."""
    return [
        entry
        for one in history.escalations
        if not shared_only or one.audience in SEEN_BY_OFFICIALS
        for entry in _entries(one, history.names, in_full=not shared_only or one.audience is Audience.NATIONAL)
    ]


def _entries(one: Escalation, names: Mapping[int, str], *, in_full: bool) -> Iterator[Entry]:
    if one.raised_by_id is not None and in_full:
        who = name_of(one.raised_by_id, names)
        yield Entry(
            one.opened_at, f"{who} escalated this to {CAME_TO[one.audience]}, {late_words(one)}", one.raised_why
        )
    elif one.audience in SHOWN:
        yield Entry(one.opened_at, f"Escalated to {CAME_TO[one.audience]} on {day(one.fell_due_on)}, {late_words(one)}")
    if one.acknowledged_at is not None and in_full:
        who = name_of(one.acknowledged_by_id, names)
        does = (
            "put this on the agenda of the group’s meeting on" if one.meeting_id else "has seen this and will reply by"
        )
        yield Entry(one.acknowledged_at, f"{who} {does} {day(one.reply_by)}")
