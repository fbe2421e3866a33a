"""What is recorded of documents: their publication, approvals and copies."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import (
    built_once,
    number_of,
    numbers_of,
    rows_of,
)
from cycle_tracker.documents.queries.copies import sending_facts, waiting_copies
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.receivers import organisations_of, organisations_on_page, receivers_of
from cycle_tracker.documents.rules.gaps import Gap
from cycle_tracker.documents.rules.revisions import keys_opened_again
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.models.approval import Approval, Preparation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User


def get_document(viewer: Viewer, slug: str, key: str, *, to: Permission) -> Milestone:
    """A plan or annual report for which the person has the permission `to`.

    Raises NoResultFound where there is none that they may see, and NotAllowed where they lack the permission there.
    """
    document = get_milestone(viewer, slug, key, to=to)
    if not document.is_document:
        raise NoResultFound
    return document


def get_publication(
    viewer: Viewer, slug: str, key: str, today: date, *, to: Permission
) -> tuple[DocumentRecord, Publication]:
    """What is recorded about a document that is published, or published as a draft, where the person has the permission
    `to`.

    Raises NoResultFound where nothing is published, and otherwise as `get_document`.
    """
    record = get_record(get_document(viewer, slug, key, to=to), today)
    if record.publication is None:
        raise NoResultFound
    return record, record.publication


def get_record(document: Milestone, today: date) -> DocumentRecord:
    """What is recorded of one document, with the day on which a plan was prepared and what that is taken from. In five
    statements, three of them only where it is published, one only of a plan that is not."""
    record = get_records([document], today)[document.id]
    return _with_sendings(_with_preparation(record))


def _with_preparation(record: DocumentRecord) -> DocumentRecord:
    plan = record.document
    if plan.kind is not Kind.PLAN:
        return record
    return replace(record, preparation=db.session.scalars(_prepared(), {"plan": plan.id}).one_or_none())


def _with_sendings(record: DocumentRecord) -> DocumentRecord:
    """The emails with copies are asked for only where somebody to whom one may go has no copy yet."""
    publication = record.publication
    if publication is None or not record.is_published or not record.may_receive:
        return record
    return replace(record, sendings=sending_facts(publication.id))


def record_on_page(on_page: OnPage, today: date) -> DocumentRecord:
    """The same for the document's own page, which only reads it: in two statements, or one where no approval is
    recorded."""
    document = on_page.milestone
    approvals = _approvals([document])[document.id] if on_page.has.approvals else []
    bodies, national = organisations_on_page(document)
    record = _record(document, on_page.publication, approvals, bodies[document.partnership_id], national, today)
    record = replace(record, waiting=on_page.copies)
    return _with_sendings(_with_preparation(record) if document.state is State.DONE else record)


def get_records(documents: Collection[Milestone], today: date) -> dict[int, DocumentRecord]:
    """What is recorded of each document, by its number, but for its preparation: as many statements for many as for
    one."""
    publications, approvals = _publications(documents), _approvals(documents)
    waiting = waiting_copies([one for one in documents if _may_wait(one, publications.get(one.id))])
    bodies, national = organisations_of(documents)
    records = {
        one.id: _record(one, publications.get(one.id), approvals[one.id], bodies[one.partnership_id], national, today)
        for one in documents
    }
    return {number: replace(record, waiting=waiting.get(number, ())) for number, record in records.items()}


def _may_wait(document: Milestone, publication: Publication | None) -> bool:
    """Whether copies of a document may have been sent before it is published itself."""
    return document.kind is Kind.PLAN and (publication is None or not publication.is_document)


def _record(
    document: Milestone,
    publication: Publication | None,
    approvals: list[Approval],
    bodies: list[PartnershipBody],
    national: list[Organisation],
    today: date,
) -> DocumentRecord:
    day = _day_of(document, publication, today)
    parts = [one for one in bodies if one.holds_on(day)]
    version = publication.id if publication is not None and publication.is_document else None
    approvals = [one for one in approvals if _is_of(one, version)]
    leads = [one.organisation for one in parts if one.role is BodyRole.LEAD]
    receivers = receivers_of(document, parts, leads, national)
    others = dict.fromkeys(one.organisation for one in parts if one.organisation not in receivers)
    if document.kind is not Kind.PLAN:
        others |= dict.fromkeys(one for one in national if one not in receivers)
    led = [one for one in bodies if one.role is BodyRole.LEAD]
    return DocumentRecord(document, publication, approvals, leads, receivers, tuple(others), led)


def _is_of(approval: Approval, version: int | None) -> bool:
    """Whether an approval is of a version, or with None of the first one to come: not of a revision in preparation."""
    return approval.publication_id == version and (version is not None or approval.revision_id is None)


def list_gaps(documents: Collection[Milestone], today: date) -> dict[int, list[Gap]]:
    """What is missing of each document, by its number."""
    return {number: record.gaps for number, record in get_records(documents, today).items()}


def names_in(record: DocumentRecord) -> dict[int, str]:
    """The names of the people who recorded the facts, by their numbers."""
    copies = record.copies
    people = {
        *(one.recorded_by_id for one in record.approvals),
        *(one.agreed_recorded_by_id for one in record.approvals),
        *(one.sent_recorded_by_id for one in copies),
        *(one.received_recorded_by_id for one in copies),
        record.preparation.recorded_by_id if record.preparation else None,
    }
    known = sorted(one for one in people if one is not None)
    return {row.id: row.name for row in rows_of(_people(), people=known)} if known else {}


@built_once
def _people() -> Select[*tuple[Any, ...]]:
    return select(User.id, User.name).where(User.id.in_(numbers_of("people"))).order_by(User.id)


def list_steps_opened_again(document: Milestone) -> Sequence[Milestone]:
    """The steps of its cycle that a revised version of this plan asks for again, in the order of the cycle."""
    if document.kind is not Kind.PLAN or document.cycle is None:
        return []
    keys = keys_opened_again(document.cycle.period)
    rows = db.session.scalars(
        select(Milestone)
        .where(Milestone.cycle_id == document.cycle_id, Milestone.key.in_(keys))
        .options(joinedload(Milestone.cycle), joinedload(Milestone.partnership))
        .order_by(Milestone.id)
    )
    return sorted(rows, key=lambda one: keys.index(one.key))


def _publications(documents: Iterable[Milestone]) -> dict[int, Publication]:
    rows = db.session.scalars(_published(), {"documents": [one.id for one in documents]}).unique()
    return {one.milestone_id: one for one in rows}


@built_once
def _published() -> Select[Publication]:
    return (
        select(Publication)
        .where(Publication.milestone_id.in_(numbers_of("documents")), Publication.is_present)
        .options(
            joinedload(Publication.addresses),
            joinedload(Publication.copies).joinedload(PublicationCopy.receiver),
            joinedload(Publication.kept_copy),
        )
        .order_by(Publication.id)
    )


@built_once
def _prepared() -> Select[Preparation]:
    return select(Preparation).where(Preparation.milestone_id == number_of("plan"))


def _approvals(documents: Iterable[Milestone]) -> Mapping[int, list[Approval]]:
    found: dict[int, list[Approval]] = defaultdict(list)
    for one in db.session.scalars(_approvals_of(), {"documents": [one.id for one in documents]}):
        found[one.milestone_id].append(one)
    return found


@built_once
def _approvals_of() -> Select[Approval]:
    return (
        select(Approval)
        .outerjoin(Publication, Publication.id == Approval.publication_id)
        .where(
            Approval.milestone_id.in_(numbers_of("documents")),
            or_(Approval.publication_id.is_(None), Publication.is_present),
        )
        .options(joinedload(Approval.organisation))
        .order_by(Approval.milestone_id, Approval.id)
    )


def _day_of(document: Milestone, publication: Publication | None, today: date) -> date:
    """The day that decides who leads: that on which the plan was prepared, otherwise that of the version, otherwise the
    guidance date, and never a future day."""
    if document.kind is Kind.PLAN and document.state is State.DONE and document.done_on is not None:
        return min(document.done_on, today)
    if publication is None or publication.is_draft:
        return today
    return min(publication.published_on or publication.first_published_on or document.target_on or today, today)
