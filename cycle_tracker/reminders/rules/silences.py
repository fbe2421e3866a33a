"""Why nobody, or not everybody, was told of a milestone: every reason there is, as a sentence. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.core.wording import day
from cycle_tracker.reminders.rules.digests import belongs_in_digest, digest_day
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, step_words
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import BEFORE, Deadline


class Why(StrEnum):
    """One reason for which somebody was not told."""

    CLOSED = "closed"
    NO_DATE = "no-date"
    BEFORE_SERVICE = "before-service"
    EXPECTED_DATE = "expected-date"
    ENTERED_LATER = "entered-later"
    POLICY_CHANGED = "policy-changed"
    STANDS_IN = "stands-in"
    NOBODY = "nobody"
    SWITCHED_OFF = "switched-off"
    ONLY_LATE = "only-late"
    WEEKLY = "weekly"
    NEXT_RUN = "next-run"
    MAIL_FAILED = "mail-failed"
    MAIL_WAITS = "mail-waits"
    ACKNOWLEDGED = "acknowledged"
    NO_WORKING_DAY = "no-working-day"
    NO_RUN = "no-run"
    NOT_YET = "not-yet"


@dataclass(frozen=True)
class Reason:
    """One reason, in a sentence or two."""

    why: Why
    words: str


@dataclass(frozen=True)
class Waits:
    """A notice that waits for a mail, and how its addressee takes theirs."""

    name: str
    step: str
    due_on: date
    queued_on: date
    at_once: bool = False
    preference: Preference = field(default_factory=Preference)
    reminds_before: bool = True


@dataclass(frozen=True)
class Stuck:
    """A mail that did not go out: to whom, what the mail server said, and whether it is tried again."""

    name: str
    said: str
    is_final: bool


@dataclass(frozen=True)
class Silence:
    """All that may keep somebody from being told of one milestone.

    `closed_as` is its state in words. `owner` is empty where nobody owns it; `owner_may_be_told` is false where they
    have no account that may see it, and `stands_in` names who is told then. `unreachable` are the audiences for whom
    there was nobody; `switched_off` who wanted no reminder before the day. `decided_for` is the last day for which
    notices were decided, and `decided_by_now` the last one for which they should have been; `next_on` the next day on
    which anything falls to be told.
    """

    deadline: Deadline
    policy: Policy
    closed_as: str = ""
    partnership: str = ""
    was_told: bool = False
    owner: str = ""
    owner_may_be_told: bool = True
    stands_in: Sequence[str] = ()
    unreachable: Sequence[Audience] = ()
    waiting: Sequence[Waits] = ()
    switched_off: Sequence[str] = ()
    stuck: Sequence[Stuck] = ()
    decided_for: date | None = None
    decided_by_now: date | None = None
    next_on: date | None = None


def reasons(silence: Silence, today: date) -> list[Reason]:
    """Why nobody, or somebody not, was told so far; the first reason is the one that settles it where one does."""
    settled = _settles(silence)
    return [settled] if settled else list(_reasons(silence, today))


def _settles(silence: Silence) -> Reason | None:
    """The reason for which nobody is told at all."""
    deadline = silence.deadline
    if not deadline.is_open:
        return Reason(Why.CLOSED, f"This is {silence.closed_as}. Nobody is told of what is closed.")
    if deadline.due_on is None:
        return Reason(Why.NO_DATE, "It has no date yet. The first notice is planned once it has one.")
    if not deadline.calls_for_notices:
        return Reason(
            Why.BEFORE_SERVICE,
            f"Its date, {day(deadline.due_on)}, lay before {day(deadline.notify_from)}, the first day of notices in "
            f"{silence.partnership}. Nothing that fell due before that day is told.",
        )
    return None


def _reasons(silence: Silence, today: date) -> Iterator[Reason]:
    yield from _of_dates(silence, today)
    yield from _of_people(silence)
    yield from _of_waiting(silence, today)
    yield from _of_mails(silence)
    yield from _of_runs(silence, today)
    if not silence.was_told and not silence.waiting and not silence.stuck:
        words = f"The first notice falls on {day(silence.next_on)}." if silence.next_on else "No notice is to come."
        yield Reason(Why.NOT_YET, f"Nobody was to be told of this date so far. {words}")


def _of_dates(silence: Silence, today: date) -> Iterator[Reason]:
    deadline = silence.deadline
    if deadline.expected_date:
        yield Reason(
            Why.EXPECTED_DATE,
            f"A new expected date, {day(deadline.due_on)}, was noted with an explanation. No reminder goes before that "
            "day or on it.",
        )
    else:
        yield from _missed_steps(silence, today)
    if deadline.reply_by is not None and deadline.reply_by > today:
        yield Reason(
            Why.ACKNOWLEDGED,
            f"Somebody acknowledged it and will reply by {day(deadline.reply_by)}. It goes no further up before that "
            "day. Its owner is told as before.",
        )


def _missed_steps(silence: Silence, today: date) -> Iterator[Reason]:
    """The reminders whose day lay before it was entered, or before the policy that gives them."""
    deadline, since = silence.deadline, silence.policy.before_since
    if deadline.due_on is None:
        return
    lay = [
        deadline.calendar.on_or_before(date.fromordinal(deadline.due_on.toordinal() - days))
        for days in silence.policy.before
    ]
    if any(one < deadline.entered_on and one <= today for one in lay):
        yield Reason(
            Why.ENTERED_LATER,
            f"It was entered on {day(deadline.entered_on)}. Reminders whose day lay before that are not sent late.",
        )
    if since is not None and any(deadline.entered_on <= one < since for one in lay):
        yield Reason(
            Why.POLICY_CHANGED,
            f"The days before the date were changed on {day(since)}. Reminders whose day lay before that are not sent "
            "late.",
        )


def _of_people(silence: Silence) -> Iterator[Reason]:
    if not silence.owner or not silence.owner_may_be_told:
        gone = f"Its owner, {silence.owner}, has no account now that may see it"
        said = gone if silence.owner else "Nobody owns it"
        told = f"{_listed(silence.stands_in)} {'are' if len(silence.stands_in) > 1 else 'is'} told instead"
        yield Reason(
            Why.STANDS_IN if silence.stands_in else Why.NOBODY,
            f"{said}. {told if silence.stands_in else 'There is nobody to be told instead'}.",
        )
    if silence.unreachable:
        audiences = _listed([AUDIENCE_WORDS[one] for one in silence.unreachable])
        yield Reason(Why.NOBODY, f"There was nobody to tell for {audiences}. Administrators see this on their list.")


def _of_waiting(silence: Silence, today: date) -> Iterator[Reason]:
    off = list(dict.fromkeys([*silence.switched_off, *(one.name for one in silence.waiting if _is_off(one))]))
    if off:
        yield Reason(Why.SWITCHED_OFF, f"{_listed(off)} switched reminders before the day off.")
    for one in silence.waiting:
        if not _is_off(one):
            yield _waits(one, today)


def _is_off(one: Waits) -> bool:
    return one.step.startswith(BEFORE) and not one.reminds_before


def _waits(one: Waits, today: date) -> Reason:
    step = step_words(one.step).lower()
    if not one.at_once:
        if not belongs_in_digest(one.preference, past_its_date=one.due_on < today):
            return Reason(
                Why.ONLY_LATE, f"{one.name} wants only what is late, so the notice “{step}” waits until then."
            )
        goes_on = digest_day(one.preference, one.queued_on)
        if one.preference.rhythm is Rhythm.WEEKLY and goes_on > today:
            return Reason(Why.WEEKLY, f"{one.name} takes mail once a week: the notice “{step}” goes on {day(goes_on)}.")
    return Reason(Why.NEXT_RUN, f"The notice “{step}” goes to {one.name} when notices are decided next.")


def _of_mails(silence: Silence) -> Iterator[Reason]:
    for one in silence.stuck:
        said = f" The mail server said: {one.said}" if one.said else ""
        if one.is_final:
            yield Reason(Why.MAIL_FAILED, f"The mail to {one.name} could not be delivered.{said}")
        else:
            yield Reason(Why.MAIL_WAITS, f"The mail to {one.name} is written and has not gone out yet.{said}")


def _of_runs(silence: Silence, today: date) -> Iterator[Reason]:
    expected = silence.decided_by_now
    if expected is not None and (silence.decided_for is None or silence.decided_for < expected):
        since = f"has not run since {day(silence.decided_for)}" if silence.decided_for else "has not run yet"
        yield Reason(
            Why.NO_RUN, f"The job that decides who is told {since}. What fell due since then is told when it runs."
        )
    if not silence.deadline.calendar.is_working_day(today):
        monday = silence.deadline.calendar.on_or_after(today)
        yield Reason(Why.NO_WORKING_DAY, f"Today is no working day. What falls due is told on {day(monday)}.")


def _listed(names: Sequence[str]) -> str:
    """`Ailsa Grant`, or `Ailsa Grant, Rory Baird and Iain Munro`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
