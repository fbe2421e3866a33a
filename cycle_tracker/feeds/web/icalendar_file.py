"""Entries as an iCalendar file (RFC 5545, with the names of RFC 7986), written so that every program opens it."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event, Timezone, vText

from cycle_tracker.core.lines import one_line, several_lines
from cycle_tracker.feeds.web.entries import CalendarEntry

MADE_BY = "-//Cycle Tracker//Calendar feed 1.0//EN"
ASKED_AGAIN_AFTER = timedelta(hours=6)


def calendar_file(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """The whole file. The same entries give the same bytes, so an unchanged feed is known by its hash."""
    calendar = Calendar()
    calendar.add("prodid", MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for says_its_name in ("name", "x-wr-calname"):  # as text, or the library would not escape it
        calendar.add(says_its_name, vText(one_line(name)))
    calendar.add("refresh-interval", ASKED_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")  # Outlook's word for the same
    for entry in entries:
        calendar.add_component(_event(entry))
    if not calendar.subcomponents:
        calendar.add_component(Timezone.from_tzid("Europe/London"))  # a calendar with nothing in it is not valid
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    """An event of one whole day, which leaves its person free, and with no alarm: mails remind."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", one_line(entry.summary))
    event.add("description", several_lines(entry.description))
    event.add("url", entry.address)
    event.add("transp", "TRANSPARENT")
    return event
