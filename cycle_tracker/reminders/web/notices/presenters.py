"""Notices in words: in the record, on the page of one, and where somebody asks why they got a mail."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.models.notice import Ending
from cycle_tracker.reminders.queries.notices import NoticeRecord, NoticeStatus
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, policy_words, step_words, when_words
from cycle_tracker.reminders.rules.steps import ANSWERED, ASSIGNED, RAISED, UNDECIDED
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import Status, date_name, day, moment

STATUSES = {
    NoticeStatus.WAITING: Status("Waiting", "yellow"),
    NoticeStatus.ON_ITS_WAY: Status("Being sent", "blue"),
    NoticeStatus.SENT: Status("Sent", "green"),
    NoticeStatus.FAILED: Status("Could not be delivered", "red"),
    NoticeStatus.NOT_SENT: Status("Not sent", "grey"),
    NoticeStatus.UNREACHABLE: Status("No recipient", "red"),
}


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
class NoticeRow:
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


def lines(notices: Iterable[NoticeRecord]) -> list[NoticeRow]:
    """Notices as they stand in a list."""
    return [
        NoticeRow(
            id=one.id,
            title=one.title,
            address=milestone_address(one),
            partnership=one.partnership or "Scotland",
            due=day(one.due_on),
            step=step_words(one.step),
            who=who_words(one),
            status=STATUSES[one.status],
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
    if notice.status is NoticeStatus.UNREACHABLE or not notice.name:
        return f"No one ({AUDIENCE_WORDS[notice.audience]} could not be emailed)"
    as_what = {
        Audience.OWNER: "as its owner" if notice.is_for_its_owner else "as its owner then, or because it had no owner",
        Audience.LEAD: "as planning lead",
        Audience.CHAIR: "as chair",
        Audience.GOVERNANCE: "in the governance group",
        Audience.NATIONAL: "in the Scottish Government escalation group",
        Audience.CONTACT: "as a contact",
    }[notice.audience]
    deputy = f"; sent to {notice.deputy}, who was covering" if notice.deputy else ""
    return f"{notice.name}, {as_what}{deputy}"


def outcome_words(notice: NoticeRecord) -> str:
    """When it was sent, or why it was not."""
    if notice.status is NoticeStatus.SENT:
        return moment(notice.mail_ended_at)
    if notice.status is NoticeStatus.FAILED:
        return notice.trouble or "We will not try again"
    if notice.status is NoticeStatus.ON_ITS_WAY:
        return notice.trouble or "The email is ready"
    if notice.status is NoticeStatus.NOT_SENT:
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
    rows.append(Row("Status", STATUSES[notice.status].label))
    if notice.status is not NoticeStatus.NOT_SENT and notice.ended_at is not None:
        rows.append(Row("Cancelled", ended_words(notice)))
    if notice.status is NoticeStatus.NOT_SENT:
        rows.append(Row("Why it was not sent", outcome_words(notice)))
    if notice.recipient is not None and notice.status is not NoticeStatus.NOT_SENT:
        rows += _mail_rows(notice)
    return rows


def _mail_rows(notice: NoticeRecord) -> list[Row]:
    rows = [Row("Emailed to", notice.recipient or "")]
    if notice.status is NoticeStatus.SENT:
        rows.append(Row("Accepted by the mail server", moment(notice.mail_ended_at)))
    if notice.receipt:
        rows.append(Row("Answer of the mail server", notice.receipt))
    if notice.trouble:
        rows.append(Row("Problem", notice.trouble))
    failed = (notice.attempts or 0) - (1 if notice.status is NoticeStatus.SENT else 0)
    if failed > 0:
        rows.append(Row("Failed attempts", str(failed)))
    rows.append(Row("Message-ID", notice.mail_id or ""))
    return rows


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
            STATUSES[one.status].label,
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
    if notice.step.startswith(UNDECIDED):
        return "Sent because the group has not decided and has no meeting to come"
    by = policy_words(notice.policy, notice.kind, notice.partnership or "Scotland")
    return f"{when_words(notice.step, name_of_date(notice), day(notice.due_on))} ({by})"


def _is_its_date(notice: NoticeRecord) -> bool:
    return notice.due_on == notice.milestone_due_on


def name_of_date(notice: NoticeRecord) -> str:
    """What the date of a notice is called. Of a date that it no longer has only that is known."""
    return date_name(notice.date_basis, expected=notice.expected_date) if _is_its_date(notice) else "earlier date"
