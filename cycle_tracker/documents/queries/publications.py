"""What is recorded of documents: their publication, approvals and copies."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import built_once, number_of, numbers_of, rows_of
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.rules.gaps import Gap
from cycle_tracker.documents.rules.revisions import keys_opened_again
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.models.approval import Approval, Preparation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User
from cycle_tracker.reference.files import read_rows

TAKES_COPIES = frozenset({OrganisationKind.SCOTTISH_GOVERNMENT, OrganisationKind.OTHER_SERVICE_PROVIDER})


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
    """What is recorded of one document, with the day on which a plan was prepared and what that is taken from. In seven
    statements, three of them only where it is published."""
    record = get_records([document], today)[document.id]
    if document.kind is not Kind.PLAN:
        return record
    return replace(record, preparation=db.session.scalars(_prepared(), {"plan": document.id}).one_or_none())


def get_records(documents: Collection[Milestone], today: date) -> dict[int, DocumentRecord]:
    """What is recorded of each document, by its number, but for its preparation: as many statements for many as for
    one."""
    publications = _publications(documents)
    approvals = _approvals(documents)
    bodies = _bodies(documents)
    national = _national_receivers()
    found = {}
    for document in documents:
        publication = publications.get(document.id)
        day = _day_of(document, publication, today)
        parts = [one for one in bodies[document.partnership_id] if one.holds_on(day)]
        leads = [one.organisation for one in parts if one.role is BodyRole.LEAD]
        receivers = _receivers(document, [one.organisation for one in parts], leads, national)
        others = dict.fromkeys(one.organisation for one in parts if one.organisation not in receivers)
        if document.kind is not Kind.PLAN:
            others |= dict.fromkeys(one for one in national if one not in receivers)
        found[document.id] = DocumentRecord(
            document,
            publication,
            approvals[document.id],
            leads,
            receivers,
            tuple(others),
            [one for one in bodies[document.partnership_id] if one.role is BodyRole.LEAD],
        )
    return found


def list_gaps(documents: Collection[Milestone], today: date) -> dict[int, list[Gap]]:
    """What is missing of each document, by its number."""
    return {number: record.gaps for number, record in get_records(documents, today).items()}


def names_in(record: DocumentRecord) -> dict[int, str]:
    """The names of the people who recorded the facts, by their numbers."""
    copies = record.publication.copies if record.publication else []
    people = {
        *(one.recorded_by_id for one in record.approvals),
        *(one.agreed_recorded_by_id for one in record.approvals),
        *(one.sent_recorded_by_id for one in copies),
        *(one.received_recorded_by_id for one in copies),
        record.preparation.recorded_by_id if record.preparation else None,
    }
    return {row.id: row.name for row in rows_of(_people(), people=sorted(people - {None}))}


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
        .where(Publication.milestone_id.in_(numbers_of("documents")))
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
        .where(Approval.milestone_id.in_(numbers_of("documents")))
        .options(joinedload(Approval.organisation))
        .order_by(Approval.milestone_id, Approval.id)
    )


def _bodies(documents: Iterable[Milestone]) -> Mapping[int | None, list[PartnershipBody]]:
    """Every part of an organisation in the documents' partnerships, councils before boards, then by name."""
    found: dict[int | None, list[PartnershipBody]] = defaultdict(list)
    partnerships = {one.partnership_id for one in documents} - {None}
    for one in db.session.scalars(_bodies_of(), {"partnerships": list(partnerships)}):
        found[one.partnership_id].append(one)
    return found


@built_once
def _bodies_of() -> Select[PartnershipBody]:
    return (
        select(PartnershipBody)
        .join(PartnershipBody.organisation)
        .where(PartnershipBody.partnership_id.in_(numbers_of("partnerships")))
        .options(contains_eager(PartnershipBody.organisation))
        .order_by(Organisation.kind, Organisation.name, PartnershipBody.id)
    )


def _national_receivers() -> list[Organisation]:
    """The Scottish Government, then the other service providers that serve all of Scotland."""
    rows = db.session.scalars(_national_organisations())
    return sorted(rows, key=lambda one: one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT)


@built_once
def _national_organisations() -> Select[Organisation]:
    return (
        select(Organisation)
        .where(
            or_(
                Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
                Organisation.code.in_(_national_codes()),
            )
        )
        .order_by(Organisation.kind.desc(), Organisation.code, Organisation.id)
    )


@cache
def _national_codes() -> tuple[str, ...]:
    return tuple(row["code"] for row in read_rows("national_bodies"))


def _receivers(
    document: Milestone, bodies: Iterable[Organisation], leads: Collection[Organisation], national: list[Organisation]
) -> list[Organisation]:
    """Of a plan every national receiver and the area's own (its integration joint board), unless it leads itself."""
    if document.kind is not Kind.PLAN:
        return [one for one in national if one.kind is OrganisationKind.SCOTTISH_GOVERNMENT]
    own = [one for one in bodies if one.kind in TAKES_COPIES]
    return [one for one in dict.fromkeys([*national, *own]) if one not in leads]


def _day_of(document: Milestone, publication: Publication | None, today: date) -> date:
    """The day that decides who leads: that on which the plan was prepared, otherwise that of the version, otherwise the
    guidance date, and never a future day."""
    if document.kind is Kind.PLAN and document.state is State.DONE and document.done_on is not None:
        return min(document.done_on, today)
    if publication is None or publication.is_draft:
        return today
    return min(publication.newer_on or publication.published_on or document.target_on or today, today)
