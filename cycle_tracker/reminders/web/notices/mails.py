"""One mail in words, for somebody who asks why they got it."""

from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.reminders.queries.mails import MailRecord
from cycle_tracker.reminders.queries.notices import NoticeRecord
from cycle_tracker.reminders.rules.notice_words import YOU_ARE, policy_words, when_words
from cycle_tracker.reminders.rules.steps import ANSWERED, ASSIGNED, EXPLAIN, OPENS, RAISED, UNDECIDED
from cycle_tracker.reminders.services.words.states import how_far_off
from cycle_tracker.reminders.web.notices.presenters import ended_words, milestone_address, name_of_date, who_words
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import count, day, moment

# What each email is for, to whoever got it.
MAILS = {
    MessageKind.DIGEST: "This email is about dates that are due soon or overdue.",
    MessageKind.DOCUMENT_PUBLISHED: "This email sends a copy of a published document.",
    MessageKind.COPY_NOT_SENT: "A copy of a document could not be sent by email.",
    MessageKind.ON_BEHALF: "Officials recorded something on behalf of a partnership, or it was disputed.",
    MessageKind.GROUP: "This email is about decisions of a governance group.",
    MessageKind.UPDATE_REQUEST: "A Scottish Government official asked your partnership for an update on a document.",
    MessageKind.INVITATION: "Someone invited you to use Cycle Tracker.",
    MessageKind.PASSWORD_RESET: "We received a request to reset your password.",
    MessageKind.SIGN_IN_LINK: "We received a request for a link to sign in to your account.",
    MessageKind.ACCOUNT_CHANGED: "Your account was changed.",
    MessageKind.ALARM: "A problem with this service needs an administrator.",
}


@dataclass(frozen=True)
class WhyRow:
    """One notice of a mail: what it is about, its page, and why it was sent."""

    title: str
    partnership: str
    address: str
    why: str
    story: str


@dataclass(frozen=True)
class ListedRow:
    """One milestone that an email listed as overdue: its page, and what the email said of it."""

    title: str
    partnership: str
    address: str
    said: str


def why_lines(mail: MailRecord) -> list[WhyRow]:
    """Each notice of an email with why it was sent."""
    return [
        WhyRow(
            title=one.title,
            partnership=one.partnership or "Scotland",
            address=milestone_address(one),
            why=_why(one, mail.message, theirs=mail.is_theirs),
            story=ended_words(one),
        )
        for one in mail.notices
    ]


def late_lines(mail: MailRecord) -> list[ListedRow]:
    """What the email listed as overdue beside what it was about, as it stood on the day of the email."""
    return [
        ListedRow(
            title=one.title,
            partnership=one.partnership or "Scotland",
            address=addresses.milestone(one.slug, one.key) if one.slug else "",
            said=how_far_off(one.due_on, mail.message.rendered_on),
        )
        for one in mail.lines
    ]


def mail_rows(mail: MailRecord) -> list[Row]:
    """What is known of a mail as a whole."""
    message = mail.message
    to = f"{mail.reader}, {message.recipient}" if mail.reader else message.recipient
    rows = [Row("Subject", message.subject), Row("To", to)]
    if mail.stands_in_for:
        rows.append(Row("Covering for", mail.stands_in_for))
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


def _why(notice: NoticeRecord, message: Message, *, theirs: bool) -> str:
    """`In the email: Overdue by 154 days. Scheduled step: 148 days after the guidance date, 30 June 2026, because you
    own it. We used the standard settings for plans.` The two numbers differ where an email went after its step."""
    when = when_words(notice.step, name_of_date(notice), day(notice.due_on))
    if notice.step == ASSIGNED:
        who = "because it was given to you" if theirs else f"because it was given to {notice.name}"
    elif theirs and notice.deputy:
        who = f"because {notice.name} is away and {notice.deputy} is covering"
    else:
        yours = "you own it" if notice.is_for_its_owner else YOU_ARE[notice.audience]
        who = f"because {yours}" if theirs else f"sent to {who_words(notice)}"
    by = policy_words(notice.policy, notice.kind, notice.partnership or "Scotland")
    at_once = notice.step in {ASSIGNED, ANSWERED, EXPLAIN, *RAISED.values()} or notice.step.startswith(UNDECIDED)
    if at_once:
        return f"{when}, {who}."
    can_be_written = notice.step == OPENS and notice.due_on > message.rendered_on
    how_far = "You can write it now" if can_be_written else how_far_off(notice.due_on, message.rendered_on)
    said = f"In the email: {how_far}. "
    return f"{said}Scheduled step: {when}, {who}. We used {by}."
