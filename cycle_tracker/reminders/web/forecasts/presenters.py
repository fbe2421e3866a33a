"""A forecast in words."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from cycle_tracker.core import addresses
from cycle_tracker.reminders.queries.forecast_mails import MailToCome
from cycle_tracker.reminders.queries.forecast_notices import NoticeToCome
from cycle_tracker.reminders.queries.forecasts import Forecast
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, step_words
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import count, day

# So many items of one mail are named in a list; the rest are a number.
LISTED_AT_MOST = 5

FILE_COLUMNS = (
    "Date",
    "To",
    "Email address",
    "Covering for",
    "Milestone",
    "Partnership",
    "Key",
    "Due date",
    "Reminder",
)


@dataclass(frozen=True)
class MailItem:
    """One notice of a mail: its milestone, its page, and its step."""

    title: str
    address: str
    partnership: str
    step: str
    due: str


@dataclass(frozen=True)
class MailRow:
    """One mail in a list; `more` says how many items are not named."""

    day: str
    who: str
    items: Sequence[MailItem]
    more: str


@dataclass(frozen=True)
class NextNoticeRow:
    """One notice that comes next of a milestone."""

    day: str
    step: str
    who: str


def mail_lines(mails: Iterable[MailToCome]) -> list[MailRow]:
    """Mails as they stand in a list."""
    return [
        MailRow(
            day=day(mail.day),
            who=who_words(mail),
            items=[item(one) for one in ordered(mail.notices)[:LISTED_AT_MOST]],
            more=count(len(mail.notices) - LISTED_AT_MOST, "more item") if len(mail.notices) > LISTED_AT_MOST else "",
        )
        for mail in mails
    ]


def own_mails(mails: Iterable[MailToCome], numbers: Collection[int], addressees: Collection[str]) -> list[MailToCome]:
    """The mails that these people get, and of those that whoever covers them gets what is theirs."""
    found = []
    for mail in mails:
        theirs = [one for one in mail.notices if one.addressee in addressees]
        if mail.user_id in numbers:
            found.append(mail)
        elif theirs:
            found.append(replace(mail, notices=theirs))
    return found


def who_words(mail: MailToCome) -> str:
    """Who gets it: `Ailsa Grant, covering for Rory Baird`."""
    return f"{mail.name}, covering for {mail.stands_in_for}" if mail.stands_in_for else mail.name


def item(notice: NoticeToCome) -> MailItem:
    """One notice of a mail."""
    about = notice.about
    return MailItem(
        title=about.title,
        address=addresses.milestone(about.slug, about.key) if about.slug else "",
        partnership=about.partnership,
        step=step_words(notice.step),
        due=day(notice.due_on),
    )


def ordered(notices: Iterable[NoticeToCome]) -> list[NoticeToCome]:
    """The notices of a mail by date."""
    return sorted(notices, key=lambda one: (one.due_on, one.about.id, one.step))


def next_lines(found: Forecast) -> list[NextNoticeRow]:
    """What comes next of one milestone: its next mails, and what will reach nobody; the first ten."""
    mails = [
        (mail.day, NextNoticeRow(day(mail.day), step_words(ordered(mail.notices)[-1].step), who_words(mail)))
        for mail in found.mails
    ]
    nobody = [
        (
            one.queued_on,
            NextNoticeRow(day(one.queued_on), step_words(one.step), f"No one ({_audience(one)} cannot be emailed)"),
        )
        for one in found.unreachable
    ]
    return [line for _, line in sorted([*mails, *nobody], key=lambda pair: pair[0])][:10]


def unreachable_words(found: Forecast) -> list[str]:
    """What will reach nobody, a line for each."""
    return [
        f"{day(one.queued_on)}: {one.about.title}, {one.about.partnership} ({step_words(one.step).lower()}), "
        f"for {_audience(one)}"
        for one in found.unreachable
    ]


def file_rows(mails: Iterable[MailToCome]) -> list[list[Cell]]:
    """Mails as rows of a file, one for each notice, under FILE_COLUMNS."""
    return [
        [
            mail.day,
            mail.name,
            mail.recipient,
            mail.stands_in_for,
            one.about.title,
            one.about.partnership,
            one.about.key,
            one.due_on,
            step_words(one.step),
        ]
        for mail in mails
        for one in ordered(mail.notices)
    ]


def _audience(notice: NoticeToCome) -> str:
    return AUDIENCE_WORDS[notice.audience]
