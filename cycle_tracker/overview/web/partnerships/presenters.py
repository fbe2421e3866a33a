"""The page of a partnership in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.national.queries.documents import FollowedDocument
from cycle_tracker.national.web.matrix.presenters import date_words
from cycle_tracker.web.wording import Status, day, document_status


@dataclass(frozen=True)
class BodyRow:
    """One organisation and its part in the partnership."""

    name: str
    role: str
    held: str


@dataclass(frozen=True)
class DocumentRow:
    """One document; without `status` for people who see titles and dates only."""

    title: str
    address: str
    status: Status | None
    dates: Sequence[str]


@dataclass(frozen=True)
class PeriodDocuments:
    """The documents of one plan period. `cycle` is the address of its cycle, if it is opened."""

    label: str
    cycle: str
    lines: list[DocumentRow]


@dataclass(frozen=True)
class ExplanationRow:
    """One explanation that was shared."""

    title: str
    address: str
    text: str
    expected: str


def bodies(found: Iterable[PartnershipBody], today: date) -> list[BodyRow]:
    """Who leads and takes part, those of today before those whose part has ended or is to come:
    lead bodies, members, then service providers."""
    ordered = sorted(found, key=lambda one: (not one.holds_on(today), one.role))
    return [BodyRow(one.organisation.name, one.role.label, _held(one, today)) for one in ordered]


def periods(
    partnership: Partnership, documents: Sequence[FollowedDocument], cycles: Sequence[Cycle], *, titles_only: bool
) -> list[PeriodDocuments]:
    """Every plan period with its documents, the newest first; with `titles_only`, their titles and guidance dates."""
    opened = {cycle.period for cycle in cycles}
    by_period = {
        period: list(of_one) for period, of_one in groupby(documents, key=lambda one: one.period) if period is not None
    }
    found = []
    for period in sorted({*opened, *by_period}, reverse=True):
        address = f"{addresses.partnership(partnership.slug)}/cycles/{period.name}" if period in opened else ""
        lines = [_document(partnership, one, titles_only=titles_only) for one in by_period.get(period, ())]
        found.append(PeriodDocuments(period.label, address, lines))
    return found


def explanations(partnership: Partnership, documents: Iterable[FollowedDocument]) -> list[ExplanationRow]:
    """The newest explanation that was shared of each document that has one."""
    return [
        ExplanationRow(one.title, addresses.milestone(partnership.slug, one.key), one.explanation, day(one.expected_on))
        for one in documents
        if one.expected_on is not None
    ]


def joined_words(partnership: Partnership, today: date) -> str:
    """From when the partnership uses the service."""
    if partnership.notify_from is None:
        return "This partnership has not joined Cycle Tracker yet, so no one in it gets reminders."
    if partnership.notify_from > today:
        return f"This partnership joins Cycle Tracker on {day(partnership.notify_from)}."
    return f"This partnership joined Cycle Tracker on {day(partnership.notify_from)}."


def seen_by(viewer: Viewer, partnership: Partnership) -> str:
    """Who sees what is on the page in front of this person."""
    if viewer.can(Permission.READ_DOCUMENTS, partnership.id):
        return (
            f"People in the {partnership.name} partnership, Scottish Government officials and auditors. Officials see "
            "only shared explanations. Administrators do not see statuses or explanations."
        )
    return "You can see names, titles and dates only."


def _document(partnership: Partnership, document: FollowedDocument, *, titles_only: bool) -> DocumentRow:
    address = addresses.milestone(partnership.slug, document.key)
    if titles_only:
        return DocumentRow(document.title, address, None, [_first_date(document)])
    return DocumentRow(document.title, address, document_status(document.state), date_words(document))


def _first_date(document: FollowedDocument) -> str:
    if document.own_start_on is not None:
        return f"Own start {day(document.own_start_on)}"
    return f"Guidance date {day(document.target_on)}" if document.target_on else "No guidance date"


def _held(body: PartnershipBody, today: date) -> str:
    if body.to_on:
        return f"{day(body.from_on)} to {day(body.to_on)}"
    return f"{'From' if body.from_on > today else 'Since'} {day(body.from_on)}"
