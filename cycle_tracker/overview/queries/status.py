"""What the one-page status of a partnership is made from; each list is cut off at a length, its count is complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.document_states import LATE, DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.explanations import newest_explanations, shared_explanations
from cycle_tracker.documents.queries.listed import ListedMilestone
from cycle_tracker.documents.queries.publications import get_records
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.governance.queries.decisions import list_decisions_of
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication
from cycle_tracker.overview.queries.milestone_lists import partnership_list
from cycle_tracker.overview.rules.listing import ListedStates, ListOrder, ListQuestion

AHEAD = timedelta(days=90)
LISTED_AT_MOST = 12
DECISIONS_AT_MOST = 6
SHOWN_WHEREVER = LATE | {
    DocumentState.INTERIM,
    DocumentState.PREPARED_NOT_PUBLISHED,
    DocumentState.PUBLISHED_COPY_NOT_SENT,
}
"""Documents in these states are shown however old they are; the others, of the present plan and the one before."""


@dataclass(frozen=True)
class ReportedDocument:
    """One document with its state today, what is published, and the explanation that this reader may see."""

    milestone: Milestone
    state: DocumentState
    publication: Publication | None
    explanation: DateChange | None
    record: DocumentRecord | None = None


@dataclass(frozen=True)
class InternalStatus:
    """What the people of the partnership and auditors see besides the documents."""

    past: Sequence[ListedMilestone]
    past_count: int
    explanations: Mapping[int, DateChange]
    ahead: Sequence[ListedMilestone]
    ahead_count: int
    escalations: Sequence[Escalation]
    decisions: Sequence[Decision]
    reads_escalations: bool


@dataclass(frozen=True)
class PartnershipStatus:
    """The status of a partnership on a day. For officials there is nothing but the documents."""

    partnership: Partnership
    today: date
    documents: Sequence[ReportedDocument] = field(default=())
    inside: InternalStatus | None = None


def get_status(viewer: Viewer, partnership: Partnership, today: date) -> PartnershipStatus:
    """The status that this person may see; in a constant number of statements."""
    in_full = viewer.can(Permission.READ_PARTNERSHIP, partnership.id)
    documents = _documents(partnership, today, in_full=in_full)
    return PartnershipStatus(partnership, today, documents, _inside(viewer, partnership, today) if in_full else None)


def _documents(partnership: Partnership, today: date, *, in_full: bool) -> list[ReportedDocument]:
    rows = db.session.scalars(
        select(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .where(IS_DOCUMENT, Milestone.partnership_id == partnership.id)
        .options(contains_eager(Milestone.partnership), contains_eager(Milestone.cycle))
        .order_by(Milestone.target_on.is_(None), Milestone.target_on, Milestone.id)
    ).all()
    published, shared = published_and_notified(rows), shared_explanations(rows)
    newest = newest_explanations([one.id for one in rows]) if in_full else shared

    def reported(one: Milestone) -> ReportedDocument:
        publication, notified = published.get(one.id, (None, False))
        facts = facts_of(one, publication, shared.get(one.id), notified=notified)
        return ReportedDocument(one, document_state(facts, today), publication, newest.get(one.id))

    shown = [one for one in map(reported, rows) if _is_shown(one, today)]
    records = get_records([one.milestone for one in shown], today) if in_full else {}
    return [
        ReportedDocument(one.milestone, one.state, one.publication, one.explanation, records.get(one.milestone.id))
        for one in shown
    ]


def _is_shown(reported: ReportedDocument, today: date) -> bool:
    """True for the documents of the plan that runs today, of the one before and of the next; others while late."""
    if reported.state in SHOWN_WHEREVER or reported.milestone.cycle is None:
        return reported.state is not DocumentState.COMPLETE
    running = Period.containing(today) if today >= FIRST_START else Period(FIRST_START)
    before = running.start.replace(year=running.start.year - 3)
    return before <= reported.milestone.cycle.period_start <= running.next().start


def _inside(viewer: Viewer, partnership: Partnership, today: date) -> InternalStatus:
    past = partnership_list(viewer, partnership, ListQuestion(overdue=True), ListOrder.DUE, today)
    question = ListQuestion(status=ListedStates.OPEN, due_from=today, due_to=today + AHEAD)
    ahead = partnership_list(viewer, partnership, question, ListOrder.DUE, today)
    past_rows = past.page(1, LISTED_AT_MOST)
    return InternalStatus(
        past=past_rows,
        past_count=past.count(),
        explanations=newest_explanations([one.id for one in past_rows]),
        ahead=ahead.page(1, LISTED_AT_MOST),
        ahead_count=ahead.count(),
        escalations=_open_escalations(partnership),
        reads_escalations=viewer.can(Permission.READ_ESCALATIONS, partnership.id),
        decisions=list_decisions_of(partnership.id, at_most=DECISIONS_AT_MOST),
    )


def _open_escalations(partnership: Partnership) -> Sequence[Escalation]:
    """What was passed to the governance group and is not settled, the longest there first."""
    return db.session.scalars(
        select(Escalation)
        .join(Escalation.milestone)
        .where(
            Milestone.partnership_id == partnership.id,
            Escalation.audience == Audience.GOVERNANCE,
            Escalation.resolved_at.is_(None),
        )
        .options(
            contains_eager(Escalation.milestone).joinedload(Milestone.partnership),
            contains_eager(Escalation.milestone).joinedload(Milestone.cycle),
        )
        .order_by(Escalation.fell_due_on, Escalation.id)
        .limit(LISTED_AT_MOST)
    ).all()
