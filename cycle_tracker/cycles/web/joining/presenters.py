"""Setting a partnership up, in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.queries.joining import Joining
from cycle_tracker.cycles.rules.templates import Entry
from cycle_tracker.cycles.services.letters import LastLetter
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import Status, count, day, moment

FILE_COLUMNS = (
    "Partnership",
    "Status",
    "Lead bodies",
    "Reminders from",
    "Latest plan period",
    "Planning leads",
    "Planning leads invited",
    "Governance group members",
    "Plans and reports so far",
    "Plans and reports recorded",
)

DONE, TO_DO, CAN_WAIT = Status("Done", "green"), Status("To do", "yellow"), Status("Optional", "grey")
EACH_YEAR = re.compile(r" (?:on|in) \{year\}")
STANDINGS = (Status("Not started", "grey"), Status("Being set up", "yellow"), Status("In use", "green"))


@dataclass(frozen=True)
class JoiningRow:
    """One partnership in the list of how far each has got."""

    joining: Joining
    address: str
    status: Status
    notices: str
    period: str
    leads: str
    group: str
    history: str


@dataclass(frozen=True)
class BodyRow:
    """One organisation's part in a partnership."""

    id: int
    name: str
    role: str
    first: str
    last: str
    can_end: bool


def lines(found: Iterable[Joining]) -> list[JoiningRow]:
    """How far each partnership has got."""
    return [
        JoiningRow(
            joining=one,
            address=url_for("joining.set_up", slug=one.slug),
            status=standing(one),
            notices=day(one.notify_from) if one.notify_from else "Not set",
            period=period_wording(one),
            leads=leads_wording(one),
            group=count(one.members, "person", "people") if one.members else "No members yet",
            history=f"{one.recorded} of {one.documents} recorded" if one.documents else "None open",
        )
        for one in found
    ]


def file_rows(found: Iterable[Joining]) -> list[Sequence[Cell]]:
    """The same as a file has it."""
    return [
        (
            one.name,
            standing(one).label,
            one.lead_bodies,
            one.notify_from,
            Period(one.newest_period).label if one.newest_period else "",
            one.leads,
            one.leads_invited,
            one.members,
            one.documents,
            one.recorded,
        )
        for one in found
    ]


def standing(one: Joining) -> Status:
    """How far a partnership has got, in one word: in use once there is a lead, a cycle and a first day of notices."""
    parts = (one.leads > 0, one.newest_period is not None, one.notify_from is not None)
    if all(parts):
        return STANDINGS[2]
    return STANDINGS[1] if any(parts) or one.leads_invited else STANDINGS[0]


def tasks(one: Joining, *, records_history: bool) -> list[Task]:
    """What there is to do until a partnership can work, in the order in which it is done.

    History is content, so it is recorded by the partnership or by officials; for others that task has no link.
    """
    return [*_needed(one), *_can_wait(one, records_history=records_history)]


def _needed(one: Joining) -> list[Task]:
    slug = one.slug
    return [
        _task(
            "Lead bodies and members",
            url_for("joining.bodies", slug=slug),
            f"{count(one.lead_bodies, 'lead body', 'lead bodies')} today."
            if one.lead_bodies
            else "No lead bodies yet.",
            DONE if one.lead_bodies else TO_DO,
        ),
        _task(
            "Start date for reminders",
            url_for("joining.notify_from", slug=slug),
            f"We send reminders for anything due from {day(one.notify_from)}. Earlier dates do not count as late."
            if one.notify_from
            else "We send reminders for anything due from this date. Earlier dates do not count as late.",
            DONE if one.notify_from else TO_DO,
        ),
        _task(
            "Plan periods and their steps",
            url_for("joining.periods", slug=slug),
            f"The latest open period is {period_wording(one)}."
            if one.newest_period
            else "Open a plan period and choose its optional steps.",
            DONE if one.newest_period else TO_DO,
        ),
        _task(
            "Planning lead",
            url_for("people_within.index", slug=slug),
            f"{leads_wording(one)}.",
            DONE if one.leads else Status("Invited", "blue") if one.leads_invited else TO_DO,
        ),
    ]


def _can_wait(one: Joining, *, records_history: bool) -> list[Task]:
    slug = one.slug
    return [
        _task(
            "Governance group",
            f"/partnerships/{slug}/group",
            f"{count(one.members, 'person', 'people')} in the group." if one.members else "No members yet.",
            DONE if one.members else CAN_WAIT,
        ),
        _task(
            "History of plans and reports",
            f"/partnerships/{slug}/history" if records_history else "",
            f"{history_wording(one)}." + ("" if records_history else " The planning lead or an official records them."),
            DONE if one.documents and one.recorded == one.documents else CAN_WAIT,
        ),
        _task(
            "Web address and public mailbox",
            url_for("partnership_contact.change", slug=slug),
            "Where people find its plans and reports, and where they can email it.",
            DONE if one.is_reachable else CAN_WAIT,
        ),
        _task(
            "Closure days",
            url_for("closure_days.index", slug=slug),
            f"{count(one.closure_days, 'day')} as well as Scotland’s bank holidays."
            if one.closure_days
            else "None, other than Scotland’s bank holidays.",
            DONE if one.closure_days else CAN_WAIT,
        ),
    ]


def body_lines(found: Iterable[PartnershipBody], today: date) -> list[BodyRow]:
    """The organisations of a partnership, then and now."""
    return [
        BodyRow(
            id=one.id,
            name=one.organisation.name,
            role=one.role.label,
            first=day(one.from_on),
            last=day(one.to_on) if one.to_on else "",
            can_end=one.to_on is None or one.to_on >= today,
        )
        for one in found
    ]


def optional_steps(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Optional steps to choose from: key and title."""
    return [(one.key, EACH_YEAR.sub(" each year", one.title).replace(" {period}", "")) for one in entries]


def period_wording(one: Joining) -> str:
    """The newest plan period that is open."""
    return Period(one.newest_period).label if one.newest_period else "None open"


def leads_wording(one: Joining) -> str:
    """How many planning leads there are, or were asked."""
    if one.leads:
        return count(one.leads, "planning lead")
    return f"{one.leads_invited} invited, none joined yet" if one.leads_invited else "No planning lead yet"


def history_wording(one: Joining) -> str:
    """How much of the past is recorded."""
    if not one.documents:
        return "There are no past plans or reports to record"
    return f"{one.recorded} of {one.documents} past plans and reports recorded"


def _task(title: str, address: str, summary: str, status: Status) -> Task:
    return Task(title=title, address=address, summary=summary, status=status.label, colour=status.colour)


def last_letter_words(last: LastLetter | None) -> str:
    """What came of the last letter to a partnership; empty where there is none."""
    if last is None:
        return ""
    on = moment(last.at)
    if last.state is MessageState.SENT:
        return f"The last letter was sent on {on}."
    if last.state is MessageState.FAILED:
        return f"The letter of {on} was not sent. The email was refused: {last.why}"
    if last.state is MessageState.WITHDRAWN:
        return f"The letter of {on} was not sent. {last.why}"
    return f"The letter of {on} is being sent by email."
