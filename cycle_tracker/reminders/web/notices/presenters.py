"""Notices in words: in the record, on the page of one, and where somebody asks why they got a mail."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.models import Ending, Message, MessageKind
from cycle_tracker.reminders.queries.notices import MailRecord, NoticeRecord, Standing
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, YOU_ARE, policy_words, step_words, when_words
from cycle_tracker.reminders.rules.steps import ANSWERED, ASSIGNED, EXPLAIN, RAISED
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import Status, count, date_name, day, moment

STANDINGS = {
    Standing.WAITING: Status("Waiting", "yellow"),
    Standing.ON_ITS_WAY: Status("Being sent", "blue"),
    Standing.SENT: Status("Sent", "green"),
    Standing.FAILED: Status("Could not be delivered", "red"),
    Standing.NOT_SENT: Status("Not sent", "grey"),
    Standing.UNREACHABLE: Status("No recipient", "red"),
}

MAILS = {
    MessageKind.DIGEST: "This email is about dates that are due soon or overdue.",
    MessageKind.DOCUMENT_PUBLISHED: "This email sends a published document to the Scottish Government.",
    MessageKind.UPDATE_REQUEST: "A Scottish Government official asked your partnership for an update on a document.",
    MessageKind.INVITATION: "Someone invited you to use Cycle Tracker.",
    MessageKind.PASSWORD_RESET: "We received a request to reset your password.",
    MessageKind.SIGN_IN_LINK: "We received a request for a link to sign in to your account.",
    MessageKind.ACCOUNT_CHANGED: "Your account was changed.",
    MessageKind.ALARM: "A problem with this service needs an administrator.",
}
"""What each email is for, to whoever got it."""

FILE_COLUMNS = (
    "Milestone",
    "Partnership",
    "Key",
    "Due date",
    "Reminder",
    "For",
    "Role",
    "Sent to",
    "Email address",
    "Settings used",
    "Date",
    "Status",
    "Email sent or ended on",
    "Answer of the mail server",
    "Also covers",
    "Why it was cancelled",
)


@dataclass(frozen=True)
class Line:
    """One notice in a list."""

    id: int
    title: str
    address: str
    partnership: str
    due: str
    step: str
    who: str
    status: Status
    when: str
    queued: str


@dataclass(frozen=True)
class WhyLine:
    """One notice of a mail: what it is about, its page, and why it was told."""

    title: str
    partnership: str
    address: str
    why: str
    story: str


def lines(notices: Iterable[NoticeRecord]) -> list[Line]:
    """Notices as they stand in a list."""
    return [
        Line(
            id=one.id,
            title=one.title,
            address=milestone_address(one),
            partnership=one.partnership or "Scotland",
            due=day(one.due_on),
            step=step_words(one.step),
            who=who_words(one),
            status=STANDINGS[one.standing],
            when=outcome_words(one),
            queued=day(one.queued_on),
        )
        for one in notices
    ]


def milestone_address(notice: NoticeRecord) -> str:
    """The page of its milestone; empty for a national one, which has none."""
    return addresses.milestone(notice.slug, notice.key) if notice.slug else ""


def who_words(notice: NoticeRecord) -> str:
    """Whom it was for and who got it: `Rory Baird, as its owner; sent to Ailsa Grant, who was covering`."""
    if notice.standing is Standing.UNREACHABLE or not notice.name:
        return f"No one ({AUDIENCE_WORDS[notice.audience]} could not be emailed)"
    as_what = {
        Audience.OWNER: "as its owner" if notice.is_for_its_owner else "as its owner then, or because it had no owner",
        Audience.LEAD: "as planning lead",
        Audience.CHAIR: "as chair",
        Audience.GOVERNANCE: "in the governance group",
        Audience.NATIONAL: "in the national group",
        Audience.CONTACT: "as a contact",
    }[notice.audience]
    deputy = f"; sent to {notice.deputy}, who was covering" if notice.deputy else ""
    return f"{notice.name}, {as_what}{deputy}"


def outcome_words(notice: NoticeRecord) -> str:
    """When it was sent, or why it was not."""
    if notice.standing is Standing.SENT:
        return moment(notice.mail_ended_at)
    if notice.standing is Standing.FAILED:
        return notice.trouble or "We will not try again"
    if notice.standing is Standing.ON_ITS_WAY:
        return notice.trouble or "The email is ready"
    if notice.standing is Standing.NOT_SENT:
        return ended_words(notice) or notice.mail_ended_why or "Nothing in the email was still true"
    return ""


def ended_words(notice: NoticeRecord) -> str:
    """Why it no longer counts; empty where it does."""
    if notice.ended_at is None:
        return ""
    on = day(london_day(notice.ended_at))
    if notice.ending is Ending.SUPERSEDED:
        return f"Cancelled on {on}, because the date changed or it was reopened"
    return f"Cancelled on {on} ({notice.ended_why})" if notice.ended_why else f"Cancelled on {on}"


def overtook_words(notice: NoticeRecord) -> str:
    """The steps that it stands for as well, because nothing ran when they were due."""
    return ", ".join(step_words(step) for step in notice.overtook)


def story(notice: NoticeRecord) -> list[Row]:
    """One notice from its rule to the mail server's answer."""
    rows = [
        Row("Reminder", step_words(notice.step)),
        Row("Due date", f"{day(notice.due_on)}{'' if _is_its_date(notice) else ', which has changed since'}"),
        Row("Why", _rule_words(notice)),
        Row("For", who_words(notice)),
        Row("Prepared", moment(notice.queued_at)),
    ]
    if notice.overtook:
        rows.append(Row("Also covers", f"{overtook_words(notice)}, which could not be sent on the day"))
    if notice.at_once:
        rows.append(Row("When we send it", "Straight away, whatever the person’s email preferences"))
    rows.append(Row("Status", STANDINGS[notice.standing].label))
    if notice.standing is not Standing.NOT_SENT and notice.ended_at is not None:
        rows.append(Row("Cancelled", ended_words(notice)))
    if notice.standing is Standing.NOT_SENT:
        rows.append(Row("Why it was not sent", outcome_words(notice)))
    if notice.recipient is not None and notice.standing is not Standing.NOT_SENT:
        rows += _mail_rows(notice)
    return rows


def _mail_rows(notice: NoticeRecord) -> list[Row]:
    rows = [Row("Emailed to", notice.recipient or "")]
    if notice.standing is Standing.SENT:
        rows.append(Row("Accepted by the mail server", moment(notice.mail_ended_at)))
    if notice.receipt:
        rows.append(Row("Answer of the mail server", notice.receipt))
    if notice.trouble:
        rows.append(Row("Problem", notice.trouble))
    if notice.attempts:
        rows.append(Row("Failed attempts", str(notice.attempts)))
    rows.append(Row("Message-ID", notice.mail_id or ""))
    return rows


def why_lines(mail: MailRecord) -> list[WhyLine]:
    """Each notice of a mail with why it was told."""
    return [
        WhyLine(
            title=one.title,
            partnership=one.partnership or "Scotland",
            address=milestone_address(one),
            why=_why(one, theirs=mail.is_theirs),
            story=ended_words(one),
        )
        for one in mail.notices
    ]


def mail_rows(mail: MailRecord) -> list[Row]:
    """What is known of a mail as a whole."""
    message = mail.message
    to = f"{mail.reader}, {message.recipient}" if mail.reader else message.recipient
    rows = [Row("Subject", message.subject), Row("To", to)]
    if mail.stands_in_for:
        rows.append(Row("Covering for", f"{mail.stands_in_for}, who was away"))
    rows.append(Row("Prepared", moment(message.queued_at)))
    rows.append(Row("Status", mail_outcome(message)))
    return rows


def mail_outcome(message: Message) -> str:
    """What became of a mail: `Sent on 30 June 2026 at 07:01`."""
    label = {
        "queued": "Waiting to be sent",
        "sending": "Being sent",
        "sent": "Sent",
        "failed": "Could not be delivered",
    }
    words = label.get(message.state.value, "Cancelled")
    return f"{words} on {moment(message.ended_at)}" if message.ended_at else words


def hidden_words(hidden: int) -> str:
    """How many of its notices are kept from this reader."""
    return (
        f"{count(hidden, 'more item')} in this email {'is' if hidden == 1 else 'are'} not shown to you."
        if hidden
        else ""
    )


def file_rows(notices: Iterable[NoticeRecord]) -> list[list[Cell]]:
    """The same as rows of a file, under FILE_COLUMNS."""
    return [
        [
            one.title,
            one.partnership or "Scotland",
            one.key,
            one.due_on,
            step_words(one.step),
            one.name or "No one",
            AUDIENCE_WORDS[one.audience],
            one.deputy or one.name,
            one.recipient or "",
            policy_words(one.policy, one.kind, one.partnership or "Scotland"),
            one.queued_on,
            STANDINGS[one.standing].label,
            london_day(one.mail_ended_at) if one.mail_ended_at else None,
            one.receipt or one.trouble or "",
            overtook_words(one),
            ended_words(one),
        ]
        for one in notices
    ]


def _rule_words(notice: NoticeRecord) -> str:
    if notice.step in {ASSIGNED, ANSWERED, *RAISED.values()}:
        return "Sent because someone did something, not because of the date"
    by = policy_words(notice.policy, notice.kind, notice.partnership or "Scotland")
    return f"{when_words(notice.step, _date_name(notice), day(notice.due_on))} ({by})"


def _why(notice: NoticeRecord, *, theirs: bool) -> str:
    """`28 days before the guidance date, 30 June 2026, because you own it. We used the standard settings for plans.`"""
    when = when_words(notice.step, _date_name(notice), day(notice.due_on))
    if notice.step == ASSIGNED:
        who = "because it was given to you" if theirs else f"because it was given to {notice.name}"
    elif theirs and notice.deputy:
        who = f"because {notice.name} is away and {notice.deputy} is covering"
    else:
        yours = "you own it" if notice.is_for_its_owner else YOU_ARE[notice.audience]
        who = f"because {yours}" if theirs else f"sent to {who_words(notice)}"
    by = policy_words(notice.policy, notice.kind, notice.partnership or "Scotland")
    at_once = notice.step in {ASSIGNED, ANSWERED, EXPLAIN, *RAISED.values()}
    return f"{when}, {who}." if at_once else f"{when}, {who}. We used {by}."


def _is_its_date(notice: NoticeRecord) -> bool:
    return notice.due_on == notice.milestone_due_on


def _date_name(notice: NoticeRecord) -> str:
    """What the date is called. Of a date that it no longer has only that is known."""
    return date_name(notice.date_basis, expected=notice.expected_date) if _is_its_date(notice) else "earlier date"
