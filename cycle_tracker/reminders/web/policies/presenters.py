"""Policies in plain words: what holds, what would hold without it, what was changed, and what a change would send."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.reminders.queries.deadlines import change_of
from cycle_tracker.reminders.queries.forecasts import Forecast
from cycle_tracker.reminders.queries.policies import PolicyEvent, PolicyScope
from cycle_tracker.reminders.rules.notice_words import KINDS_TOGETHER, before_words, repeats_words, rungs_words
from cycle_tracker.reminders.rules.policies import Policy, policy_for, with_repeats
from cycle_tracker.reminders.web.forecasts.presenters import MailRow, mail_lines
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import count, day, moment

SHOWN = 50


@dataclass(frozen=True)
class PolicyRow:
    """What holds for some kinds, beside the default."""

    who: str
    parts: Sequence["PolicyPart"]


@dataclass(frozen=True)
class PolicyPart:
    """One part of a policy: what holds, and the default where that differs."""

    label: str
    held: str
    default: str


@dataclass(frozen=True)
class PolicyChangeRow:
    """One change of a policy in its history."""

    when: str
    who: str
    what: str
    detail: str


@dataclass(frozen=True)
class PreviewDayRow:
    """The mails of one day, with a change and without."""

    day: str
    then: int
    now: int


@dataclass(frozen=True)
class PolicyPreview:
    """What a change would send, beside what goes out as it is."""

    then: str
    now: str
    days: Sequence[PreviewDayRow]
    mails: Sequence[MailRow]
    more: str
    unreachable: str


def where_words(where: PolicyScope) -> str:
    """Where a policy holds: `annual reports in Moray`."""
    things = KINDS_TOGETHER[where.kind] if where.kind else "all milestones"
    return f"{things} in {where.partnership.name}" if where.partnership else things


def policy_lines(held: Mapping[tuple[Kind, Basis], Policy]) -> list[PolicyRow]:
    """What holds, the kinds that have the same together."""
    groups: dict[tuple[tuple[str, str], ...], list[tuple[Kind, Basis]]] = {}
    for (kind, basis), policy in held.items():
        groups.setdefault((*zip(_parts(policy), _parts(policy_for(kind, basis)), strict=True),), []).append(
            (kind, basis)
        )
    labels = ("Before the due date", "If overdue", "Escalation")
    return [
        PolicyRow(
            _kinds_words(of),
            [
                PolicyPart(label, now, default if default != now else "")
                for label, (now, default) in zip(labels, parts, strict=True)
            ],
        )
        for parts, of in groups.items()
    ]


def changes(events: Iterable[PolicyEvent]) -> list[PolicyChangeRow]:
    """The history of a policy."""
    return [PolicyChangeRow(moment(one.at), one.by, *_change(one)) for one in events]


def wanted_rows(held: Mapping[tuple[Kind, Basis], Policy]) -> list[Row]:
    """What a change would make hold."""
    return [
        Row(line.who, ". ".join(f"{part.label}: {part.held[:1].lower()}{part.held[1:]}" for part in line.parts) + ".")
        for line in policy_lines(held)
    ]


def preview_of(then: Forecast, now: Forecast, days: int) -> PolicyPreview:
    """The forecast with a change beside that without."""
    after, before = Counter(mail.day for mail in then.mails), Counter(mail.day for mail in now.mails)
    more = len(then.mails) - SHOWN
    return PolicyPreview(
        then=f"{count(len(then.mails), 'email')} in the next {days} days to {count(then.people, 'person', 'people')}",
        now=f"{count(len(now.mails), 'email')} to {count(now.people, 'person', 'people')}",
        days=[PreviewDayRow(day(one), after[one], before[one]) for one in sorted({*after, *before})],
        mails=mail_lines(then.mails[:SHOWN]),
        more=count(more, "more email") if more > 0 else "",
        unreachable=count(len(then.unreachable), "reminder") if then.unreachable else "",
    )


def _parts(policy: Policy) -> tuple[str, str, str]:
    return before_words(policy), repeats_words(policy), rungs_words(policy)


def _kinds_words(of: Sequence[tuple[Kind, Basis]]) -> str:
    """`Plans and annual reports`; where only some duties of a kind are meant, which."""
    kinds = list(dict.fromkeys(kind for kind, _ in of))
    bases = {basis for _, basis in of}
    names = [KINDS_TOGETHER[kind] for kind in kinds]
    words = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    if bases == {Basis.STATUTE}:
        words += " that are a legal duty"
    elif Basis.STATUTE not in bases:
        words += " that are not a legal duty"
    return words[:1].upper() + words[1:]


def _change(event: PolicyEvent) -> tuple[str, str]:
    before, after = _in_words(event.before), _in_words(event.after)
    if not after:
        return "Changed back to the standard setting", f"Before: {before}" if before else ""
    return f"Changed to: {after}", f"Before: {before}" if before else "Before: the standard setting"


def _in_words(parts: Mapping[str, Any]) -> str:
    """What an event says that a place had of its own; empty for nothing."""
    kept = change_of(_Kept(parts))
    said = []
    blank = Policy((), 1, None, ())
    if kept.before:
        said.append(before_words(Policy(kept.before, 1, None, ())))
    if kept.repeats is not None:
        said.append(repeats_words(with_repeats(blank, kept.repeats)))
    if kept.rungs is not None:
        said.append(rungs_words(Policy(blank.before, 1, None, kept.rungs)))
    return "; ".join(words[:1].lower() + words[1:] for words in said)


class _Kept:
    """What an event keeps of a policy, as a row has it."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self.before = parts.get("before")
        self.first_after = parts.get("first_after")
        self.repeat_every = parts.get("repeat_every")
        self.rungs = parts.get("rungs")
        self.in_force_from = None
