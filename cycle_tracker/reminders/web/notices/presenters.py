"""Notices in words: in the record, on the page of one, and where somebody asks why they got a mail."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.models import Ending, Message, MessageKind
from cycle_tracker.reminders.queries.notices import MailRecord, NoticeRecord, Standing
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, YOU_ARE, policy_words, step_words, when_words
from cycle_tracker.reminders.rules.reminders import ANSWERED, ASSIGNED, EXPLAIN, RAISED
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import Status, count, date_name, day, moment

STANDINGS = {
    Standing.WAITING: Status("Waits for a mail", "yellow"),
    Standing.ON_ITS_WAY: Status("On its way", "blue"),
    Standing.SENT: Status("Sent", "green"),
    Standing.FAILED: Status("Could not be delivered", "red"),
    Standing.NOT_SENT: Status("Not sent", "grey"),
    Standing.UNREACHABLE: Status("Nobody to tell", "red"),
}

MAILS = {
    MessageKind.DIGEST: "It tells you of dates that are near or have passed.",
    MessageKind.DOCUMENT_PUBLISHED: "It tells Scottish Government that a document was published.",
    MessageKind.UPDATE_REQUEST: "A Scottish Government official asked your partnership how a document stands.",
    MessageKind.INVITATION: "Somebody invited you to join.",
    MessageKind.PASSWORD_RESET: "Somebody asked for a new password for your account.",
    MessageKind.SIGN_IN_LINK: "Somebody asked for a link to sign in to your account.",
    MessageKind.ACCOUNT_CHANGED: "Something about your account was changed.",
    MessageKind.ALARM: "Part of this service needs an administrator.",
}
"""What each mail is for, to whoever got it."""

FILE_COLUMNS = (
    "What",
    "Partnership",
    "Key",
    "Date worked to",
    "Step",
    "For",
    "Of",
    "Went to",
    "Address",
    "By which policy",
    "Queued on",
    "What became of it",
    "Mail ended on",
    "What the mail server said",
    "Stands also for",
    "Why it ended",
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
    """Whom it was for and who got it: `Rory Baird, as the owner; went to Ailsa Grant, who stood in`."""
    if notice.standing is Standing.UNREACHABLE or not notice.name:
        return f"Nobody: there was no one behind {AUDIENCE_WORDS[notice.audience]}"
    as_what = {
        Audience.OWNER: "as its owner" if notice.is_for_its_owner else "as its owner then, or in place of one",
        Audience.LEAD: "as planning lead",
        Audience.CHAIR: "as chair",
        Audience.GOVERNANCE: "in the governance group",
        Audience.NATIONAL: "in the national group",
        Audience.CONTACT: "as a contact",
    }[notice.audience]
    deputy = f"; went to {notice.deputy}, who stood in" if notice.deputy else ""
    return f"{notice.name}, {as_what}{deputy}"


def outcome_words(notice: NoticeRecord) -> str:
    """When it was sent, or why it was not."""
    if notice.standing is Standing.SENT:
        return moment(notice.mail_ended_at)
    if notice.standing is Standing.FAILED:
        return notice.trouble or "Tried as often as it will be"
    if notice.standing is Standing.ON_ITS_WAY:
        return notice.trouble or "The mail is written"
    if notice.standing is Standing.NOT_SENT:
        return ended_words(notice) or notice.mail_ended_why or "Nothing in the mail was still true"
    return ""


def ended_words(notice: NoticeRecord) -> str:
    """Why it no longer counts; empty where it does."""
    if notice.ended_at is None:
        return ""
    on = day(london_day(notice.ended_at))
    if notice.ending is Ending.SUPERSEDED:
        return f"Another date, or a new start, took its place on {on}"
    return f"Withdrawn on {on}: {notice.ended_why}" if notice.ended_why else f"Withdrawn on {on}"


def overtook_words(notice: NoticeRecord) -> str:
    """The steps that it stands for as well, because nothing ran when they were due."""
    return ", ".join(step_words(step) for step in notice.overtook)


def story(notice: NoticeRecord) -> list[Row]:
    """One notice from its rule to the mail server's answer."""
    rows = [
        Row("Step", step_words(notice.step)),
        Row("Its date", f"{day(notice.due_on)}{'' if _is_its_date(notice) else ', which is no longer its date'}"),
        Row("Why", _rule_words(notice)),
        Row("For", who_words(notice)),
        Row("Decided", moment(notice.queued_at)),
    ]
    if notice.overtook:
        rows.append(Row("Stands also for", f"{overtook_words(notice)}: nothing ran on those days"))
    if notice.at_once:
        rows.append(Row("When it goes", "At once: it waits for nobody’s weekly mail"))
    rows.append(Row("What became of it", STANDINGS[notice.standing].label))
    if notice.standing is not Standing.NOT_SENT and notice.ended_at is not None:
        rows.append(Row("Counts no longer", ended_words(notice)))
    if notice.standing is Standing.NOT_SENT:
        rows.append(Row("Why not", outcome_words(notice)))
    if notice.recipient is not None and notice.standing is not Standing.NOT_SENT:
        rows += _mail_rows(notice)
    return rows


def _mail_rows(notice: NoticeRecord) -> list[Row]:
    rows = [Row("Mailed to", notice.recipient or "")]
    if notice.standing is Standing.SENT:
        rows.append(Row("Accepted by the mail server", moment(notice.mail_ended_at)))
    if notice.receipt:
        rows.append(Row("What the mail server said", notice.receipt))
    if notice.trouble:
        rows.append(Row("What the mail server said against it", notice.trouble))
    if notice.attempts:
        rows.append(Row("Tries that it refused for now", str(notice.attempts)))
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
        rows.append(Row("In place of", f"{mail.stands_in_for}, who was away"))
    rows.append(Row("Written", moment(message.queued_at)))
    rows.append(Row("What became of it", mail_outcome(message)))
    return rows


def mail_outcome(message: Message) -> str:
    """What became of a mail: `Sent on 30 June 2026 at 07:01`."""
    label = {
        "queued": "Waits to be sent",
        "sending": "Is being sent",
        "sent": "Sent",
        "failed": "Could not be delivered",
    }
    words = label.get(message.state.value, "Withdrawn")
    return f"{words} on {moment(message.ended_at)}" if message.ended_at else words


def hidden_words(hidden: int) -> str:
    """How many of its notices are kept from this reader."""
    return f"{count(hidden, 'more line')} of this mail are about what you may not see now." if hidden else ""


def file_rows(notices: Iterable[NoticeRecord]) -> list[list[Cell]]:
    """The same as rows of a file, under FILE_COLUMNS."""
    return [
        [
            one.title,
            one.partnership or "Scotland",
            one.key,
            one.due_on,
            step_words(one.step),
            one.name or "Nobody",
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
        return "Somebody’s action, not a day, called for it"
    by = policy_words(notice.policy, notice.kind, notice.partnership or "Scotland")
    return f"{when_words(notice.step, _date_name(notice), day(notice.due_on))}; by {by}"


def _why(notice: NoticeRecord, *, theirs: bool) -> str:
    """`28 days before the guidance date, 30 June 2026; you own it; by the policy for plans.`"""
    when = when_words(notice.step, _date_name(notice), day(notice.due_on))
    if notice.step == ASSIGNED:
        who = "it was given to you" if theirs else f"it was given to {notice.name}"
    elif theirs and notice.deputy:
        who = f"{notice.name} is away, and {notice.deputy} stands in"
    else:
        yours = "you own it" if notice.is_for_its_owner else YOU_ARE[notice.audience]
        who = yours if theirs else f"for {who_words(notice)}"
    by = policy_words(notice.policy, notice.kind, notice.partnership or "Scotland")
    at_once = notice.step in {ASSIGNED, ANSWERED, EXPLAIN, *RAISED.values()}
    return f"{when}; {who}." if at_once else f"{when}; {who}; by {by}."


def _is_its_date(notice: NoticeRecord) -> bool:
    return notice.due_on == notice.milestone_due_on


def _date_name(notice: NoticeRecord) -> str:
    """What the date is called. Of a date that it no longer has only that is known."""
    return date_name(notice.date_basis, expected=notice.expected_date) if _is_its_date(notice) else "date it then had"
