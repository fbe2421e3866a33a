"""The subject of a digest: what is asked, and where. Long titles are cut at a word; the place and the date stay."""

from collections.abc import Collection, Sequence
from datetime import date

from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.wording import count, shortened
from cycle_tracker.mail.services.outgoing import LONGEST_SUBJECT
from cycle_tracker.reminders.queries.waiting import NoticeLine
from cycle_tracker.reminders.rules.steps import ANSWERED, EXPLAIN
from cycle_tracker.reminders.services.words.states import SOON, opens, short_states

# So many characters of a title are kept before its date is shortened: `Annual report on 2025–26`.
ROOM_FOR_A_TITLE = 24


def subject_words(shown: Sequence[NoticeLine], today: date, new: Collection[int]) -> str:
    """The subject for these lines, in the order in which the email shows them. `new` are the milestones that were
    given to the reader."""
    return _of_one(shown[0], today, new) if len(shown) == 1 else _of_several(shown, today, new)


def _of_one(line: NoticeLine, today: date, new: Collection[int]) -> str:
    place = _place(line)
    if line.audience in HEARD_AT_ONCE:
        return _fitted("Decision needed: ", line.title, f", {place}")
    if line.step == ANSWERED:
        return _fitted("Answered: ", line.title, f", {place}")
    if line.step == EXPLAIN:
        asked = "Add an explanation: " if line.audience is Audience.LEAD else "Explanation needed: "
        return _fitted(asked, line.title, f", {place}")
    ends = [f", {place}: {state}" for state in short_states(line, today)]
    return _fitted("New for you: " if line.milestone_id in new else "", line.title, *ends)


def _of_several(shown: Sequence[NoticeLine], today: date, new: Collection[int]) -> str:
    decisions = sum(line.audience in HEARD_AT_ONCE for line in shown)
    others = [line for line in shown if line.audience not in HEARD_AT_ONCE]
    overdue = sum(line.due_on < today for line in others)
    given = sum(line.due_on >= today and line.milestone_id in new for line in others)
    opening = sum(opens(line, today) and line.milestone_id not in new for line in others)
    later = sum(_is_later(line, today) and line.milestone_id not in new for line in others)
    soon = len(others) - overdue - given - opening - later
    several = count(len(shown), "milestone")
    if decisions == len(shown):
        words = f"{count(decisions, 'decision')} needed from your group"
    elif overdue == len(shown):
        words = f"{several} overdue"
    elif given == len(shown):
        words = f"{several} new for you"
    elif opening == len(shown):
        words = f"{count(opening, 'report')} can be written now"
    elif later == len(shown):
        words = f"{several} due later"
    elif soon == len(shown):
        words = f"{several} due {'today' if all(line.due_on == today for line in shown) else 'soon'}"
    else:
        parts = (
            (decisions, "decision needed" if decisions == 1 else "decisions needed"),
            (overdue, "overdue"),
            (given, "new for you"),
            (opening, "can be written now"),
            (soon, "due soon"),
            (later, "due later"),
        )
        words = ", ".join(f"{number} {what}" for number, what in parts if number)
    places = {_place(line) for line in shown}
    return f"{places.pop()}: {words}" if len(places) == 1 else words


def _is_later(line: NoticeLine, today: date) -> bool:
    return (line.due_on - today).days > SOON and not opens(line, today)


def _fitted(start: str, title: str, *ends: str) -> str:
    """A subject with the first of these ends that leaves room for the title; the last one if none does."""
    room = LONGEST_SUBJECT - len(start)
    end = next((one for one in ends if room - len(one) >= min(len(title), ROOM_FOR_A_TITLE)), ends[-1])
    return f"{start}{shortened(title, max(room - len(end), 1))}{end}"


def _place(line: NoticeLine) -> str:
    """The partnership, without what its name has in brackets."""
    return line.partnership.split(" (", 1)[0]
