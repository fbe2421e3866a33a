"""How far off a date is, as an email says it of one line: true on the day on which it is read, and never alarming about
what is far away."""

from datetime import date

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.wording import date_name, day, due_in_words
from cycle_tracker.reminders.queries.waiting import NoticeLine
from cycle_tracker.reminders.rules.steps import OPENS

# Days ahead up to which a date is given as a number of days, and up to which a weekday says which day is meant.
SOON, THIS_WEEK = 60, 7


def state_words(line: NoticeLine, today: date) -> str:
    """The state of a line with its date: `Overdue by 3 days (guidance date 30 June 2026)`, `Due in March 2028 (…)`."""
    name = date_name(line.date_basis, expected=line.expected_date)
    if opens(line, today):
        return f"You can write it now. It is due on {day(line.due_on)} ({name})"
    return f"{how_far_off(line.due_on, today)} ({name} {day(line.due_on)})"


def short_states(line: NoticeLine, today: date) -> tuple[str, ...]:
    """The same for a subject, and in fewer words."""
    if opens(line, today):
        return f"can be written now, due {day(line.due_on)}", "can be written now"
    words = how_far_off(line.due_on, today)
    words = words[:1].lower() + words[1:]
    ahead = (line.due_on - today).days
    if ahead < 0:
        return words, "overdue"
    by_weekday, _, is_free = words.partition(", ")
    return tuple(dict.fromkeys((words, by_weekday, *(("due soon",) if 1 < ahead <= SOON and not is_free else ()))))


def opens(line: NoticeLine, today: date) -> bool:
    """True where the email says that a report can be written now."""
    return line.step == OPENS and line.due_on > today


def how_far_off(due_on: date, today: date) -> str:
    """How far off a date is. A day far away is its month. A day of this week on which nobody works is its weekday: the
    reminders that move to the days before it say the same, and not one number of days after another."""
    ahead = (due_on - today).days
    if ahead > SOON:
        return f"Due in {due_on:%B %Y}"
    if 0 < ahead < THIS_WEEK and not SCOTLAND.is_working_day(due_on):
        return f"Due on {due_on:%A}, not a working day"
    return due_in_words(due_on, today)
