"""Why no one, or not everyone, was notified about a milestone: every reason there is, as a sentence. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.wording import day, listed
from cycle_tracker.reminders.rules.digests import belongs_in_digest, digest_day, goes_at_once
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, DOCUMENT_WITH_GROUP, step_words, waits_words
from cycle_tracker.reminders.rules.policies import days_before
from cycle_tracker.reminders.rules.silences import Silence, Waits
from cycle_tracker.reminders.rules.steps import is_early


class Why(StrEnum):
    """One reason for which someone was not notified."""

    CLOSED = "closed"
    NO_DATE = "no-date"
    BEFORE_SERVICE = "before-service"
    AFTER_INTERIM = "after-interim"
    ENTERED_LATER = "entered-later"
    POLICY_CHANGED = "policy-changed"
    STANDS_IN = "stands-in"
    NOBODY = "nobody"
    SWITCHED_OFF = "switched-off"
    ONLY_LATE = "only-late"
    WEEKLY = "weekly"
    LIST_DAY = "list-day"
    NEXT_RUN = "next-run"
    MAIL_FAILED = "mail-failed"
    MAIL_WAITS = "mail-waits"
    ACKNOWLEDGED = "acknowledged"
    WAITS_FOR_ANOTHER = "waits-for-another"
    DOCUMENT_WITH_GROUP = "document-with-group"
    NO_WORKING_DAY = "no-working-day"
    NO_RUN = "no-run"
    NOT_YET = "not-yet"


@dataclass(frozen=True)
class Reason:
    """One reason, in a sentence or two."""

    why: Why
    words: str


def reasons(silence: Silence, today: date) -> list[Reason]:
    """Why no one, or not everyone, was emailed so far; if one reason settles it, it is the first."""
    settled = _settles(silence)
    return [settled] if settled else list(_reasons(silence, today))


def _settles(silence: Silence) -> Reason | None:
    """The reason for which no one is emailed at all."""
    deadline = silence.deadline
    if not deadline.is_open:
        return Reason(Why.CLOSED, f"This is {silence.closed_as}. We do not send reminders about it.")
    if deadline.due_on is None:
        return Reason(Why.NO_DATE, "It has no due date yet. We will schedule the first reminder when it has one.")
    if deadline.notify_from is None:
        return Reason(
            Why.BEFORE_SERVICE,
            f"{silence.partnership} has not joined this service, so we do not send reminders about its dates.",
        )
    if not deadline.calls_for_notices:
        return Reason(
            Why.BEFORE_SERVICE,
            f"It was due on {day(deadline.due_on)}. The start date for reminders in {silence.partnership} is "
            f"{day(deadline.notify_from)}. We do not send reminders for anything due before then.",
        )
    return None


def _reasons(silence: Silence, today: date) -> Iterator[Reason]:
    yield from _of_dates(silence, today)
    yield from _of_people(silence)
    yield from _of_waiting(silence, today)
    yield from _of_mails(silence)
    yield from _of_runs(silence, today)
    if not silence.was_notified and not silence.waiting and not silence.stuck:
        words = f"The first is due on {day(silence.next_on)}." if silence.next_on else "No reminders are scheduled."
        yield Reason(Why.NOT_YET, f"No reminders about this date were due so far. {words}")


def _of_dates(silence: Silence, today: date) -> Iterator[Reason]:
    deadline = silence.deadline
    if deadline.after_interim:
        yield Reason(
            Why.AFTER_INTERIM,
            f"A one-year or interim plan is in its place, so it is due on {day(deadline.due_on)}. We do not send "
            "reminders before that date or on it.",
        )
    else:
        yield from _missed_steps(silence, today)
    yield from _of_others(silence)
    if deadline.reply_by is not None and deadline.reply_by > today:
        yield Reason(
            Why.ACKNOWLEDGED,
            f"Someone acknowledged it and will reply by {day(deadline.reply_by)}. We will not escalate it further "
            "before then. The owner still gets reminders.",
        )


def _of_others(silence: Silence) -> Iterator[Reason]:
    if silence.deadline.waits:
        yield Reason(Why.WAITS_FOR_ANOTHER, waits_words(silence.waits_for))
    if silence.deadline.document_with_group:
        yield Reason(Why.DOCUMENT_WITH_GROUP, DOCUMENT_WITH_GROUP)


def _missed_steps(silence: Silence, today: date) -> Iterator[Reason]:
    """The reminders whose day lay before it was entered, or before the policy that gives them."""
    deadline = silence.deadline
    if deadline.due_on is None:
        return
    since = None if deadline.expected_date else silence.policy.before_since
    lay = [
        deadline.calendar.on_or_before(date.fromordinal(deadline.due_on.toordinal() - days))
        for days in days_before(silence.policy, expected_date=deadline.expected_date)
    ]
    if silence.policy.opens and deadline.opens_on is not None and not deadline.expected_date:
        lay.append(deadline.calendar.on_or_after(deadline.opens_on))
    if any(one < deadline.entered_on and one <= today for one in lay):
        yield Reason(
            Why.ENTERED_LATER,
            f"It was added on {day(deadline.entered_on)}. We do not send reminders that were due before then.",
        )
    if since is not None and any(deadline.entered_on <= one < since for one in lay):
        yield Reason(
            Why.POLICY_CHANGED,
            f"The reminder settings were changed on {day(since)}. We do not send reminders that were due before then.",
        )


def _of_people(silence: Silence) -> Iterator[Reason]:
    if not silence.owner or not silence.owner_may_be_notified:
        gone = f"Its owner, {silence.owner}, has no account that can see it"
        said = gone if silence.owner else "It has no owner"
        notified = f"We email {listed(silence.stands_in)} instead"
        yield Reason(
            Why.STANDS_IN if silence.stands_in else Why.NOBODY,
            f"{said}. {notified if silence.stands_in else 'There is no one else to email'}.",
        )
    if silence.unreachable:
        audiences = listed([AUDIENCE_WORDS[one] for one in silence.unreachable])
        yield Reason(Why.NOBODY, f"There was no one to email for {audiences}. Administrators can see this.")


def _of_waiting(silence: Silence, today: date) -> Iterator[Reason]:
    off = list(dict.fromkeys([*silence.switched_off, *(one.name for one in silence.waiting if _is_off(one))]))
    if off:
        yield Reason(Why.SWITCHED_OFF, f"{listed(off)} turned off early reminders.")
    for one in silence.waiting:
        if not _is_off(one):
            yield _waits(one, today)


def _is_off(one: Waits) -> bool:
    return is_early(one.step) and not one.reminds_before


def _waits(one: Waits, today: date) -> Reason:
    step = step_words(one.step).lower()
    if not goes_at_once(one, one.preference, _is_prompt):
        if not belongs_in_digest(one.preference, past_its_date=one.due_on < today):
            words = f"{one.name} gets emails about overdue work only. The reminder “{step}” waits until it is overdue."
            return Reason(Why.ONLY_LATE, words)
        goes_on = digest_day(
            one.preference, one.queued_on, due_on=one.due_on, prompt=one.prompt, last_digest_on=one.last_digest_on
        )
        if one.preference.rhythm is Rhythm.WEEKLY and goes_on > today:
            words = f"{one.name} gets emails once a week. We will send the reminder “{step}” on {day(goes_on)}."
            return Reason(Why.WEEKLY, words)
        if one.preference.rhythm is Rhythm.STANDARD and goes_on > today:
            words = (
                f"{one.name} gets reminders that can wait in one email a week. We will send the reminder “{step}” by "
                f"{day(goes_on)}."
            )
            return Reason(Why.LIST_DAY, words)
    return Reason(Why.NEXT_RUN, f"We will send the reminder “{step}” to {one.name} in the next run.")


def _is_prompt(one: Waits) -> bool:
    return one.prompt


def _of_mails(silence: Silence) -> Iterator[Reason]:
    for one in silence.stuck:
        said = f" The mail server answered “{one.said.rstrip('.')}”." if one.said else ""
        if one.is_final:
            yield Reason(Why.MAIL_FAILED, f"The email to {one.name} could not be delivered.{said}")
        else:
            yield Reason(Why.MAIL_WAITS, f"The email to {one.name} is ready and has not been sent yet.{said}")


def _of_runs(silence: Silence, today: date) -> Iterator[Reason]:
    expected = silence.decided_by_now
    if expected is not None and (silence.decided_for is None or silence.decided_for < expected):
        since = f"since {day(silence.decided_for)}" if silence.decided_for else "yet"
        yield Reason(
            Why.NO_RUN, f"Reminders have not been prepared {since}. We will send them when the service has caught up."
        )
    if not silence.deadline.calendar.is_working_day(today):
        monday = silence.deadline.calendar.on_or_after(today)
        yield Reason(Why.NO_WORKING_DAY, f"Today is not a working day. Reminders will be sent on {day(monday)}.")
