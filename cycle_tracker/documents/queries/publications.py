"""What is recorded of documents: their publication, approvals and copies."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.detached import columns_of, detached, parts_of
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.statements import built_once, numbers_of, rows_of
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.rules.gaps import Gap
from cycle_tracker.documents.rules.revisions import keys_opened_again
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.models.approval import Approval
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
    """What is recorded of one document, in three statements."""
    return get_records([document], today)[document.id]


def record_on_page(on_page: OnPage, today: date) -> DocumentRecord:
    """The same for the document's own page, which only reads it: in two statements, or one where no approval is
    recorded."""
    document = on_page.milestone
    approvals = _approvals([document])[document.id] if on_page.has.approvals else []
    rows = rows_of(_columns_with_bodies(), partnerships=[document.partnership_id])
    pairs = [parts_of(row, Organisation, PartnershipBody) for row in rows]
    organisations = {one[0]: detached(Organisation, one) for one, _ in pairs}
    bodies, national = _by_partnership(
        (organisations[one[0]], detached(PartnershipBody, body, organisation=organisations[one[0]]) if body else None)
        for one, body in pairs
    )
    return _record(document, on_page.publication, approvals, bodies[document.partnership_id], national, today)


def get_records(documents: Collection[Milestone], today: date) -> dict[int, DocumentRecord]:
    """What is recorded of each document, by its number: as many statements for many as for one."""
    publications, approvals = _publications(documents), _approvals(documents)
    bodies, national = _organisations(documents)
    return {
        one.id: _record(one, publications.get(one.id), approvals[one.id], bodies[one.partnership_id], national, today)
        for one in documents
    }


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
    leads = [one.organisation for one in parts if one.role is BodyRole.LEAD]
    receivers = _receivers(document, [one.organisation for one in parts], leads, national)
    others = dict.fromkeys(one.organisation for one in parts if one.organisation not in receivers)
    if document.kind is not Kind.PLAN:
        others |= dict.fromkeys(one for one in national if one not in receivers)
    return DocumentRecord(document, publication, approvals, leads, receivers, tuple(others))


def list_gaps(documents: Collection[Milestone], today: date) -> dict[int, list[Gap]]:
    """What is missing of each document, by its number."""
    return {number: record.gaps for number, record in get_records(documents, today).items()}


def names_in(record: DocumentRecord) -> dict[int, str]:
    """The names of the people who recorded the facts, by their numbers."""
    copies = record.publication.copies if record.publication else []
    people = {
        *(one.recorded_by_id for one in record.approvals),
        *(one.sent_recorded_by_id for one in copies),
        *(one.received_recorded_by_id for one in copies),
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
        .where(Publication.milestone_id.in_(numbers_of("documents")))
        .options(
            joinedload(Publication.addresses),
            joinedload(Publication.copies).joinedload(PublicationCopy.receiver),
            joinedload(Publication.kept_copy),
        )
        .order_by(Publication.id)
    )


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


Bodies = Mapping[int | None, list[PartnershipBody]]


def _organisations(documents: Iterable[Milestone]) -> tuple[Bodies, list[Organisation]]:
    partnerships = {one.partnership_id for one in documents} - {None}
    rows = db.session.execute(_with_bodies(), {"partnerships": list(partnerships)})
    return _by_partnership((organisation, body) for organisation, body in rows)


def _by_partnership(
    pairs: Iterable[tuple[Organisation, PartnershipBody | None]],
) -> tuple[Bodies, list[Organisation]]:
    """Every part of an organisation in each partnership, councils before boards, then by name; and the national
    receivers: the Scottish Government, then the other service providers that serve all of Scotland."""
    bodies: dict[int | None, list[PartnershipBody]] = defaultdict(list)
    national: dict[str, Organisation] = {}
    for organisation, body in pairs:
        if body is not None:
            bodies[body.partnership_id].append(body)
        if organisation.kind is OrganisationKind.SCOTTISH_GOVERNMENT or organisation.code in _national_codes():
            national[organisation.code] = organisation
    by_code = [national[code] for code in sorted(national)]
    return bodies, sorted(by_code, key=lambda one: one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT)


@built_once
def _columns_with_bodies() -> Select[*tuple[Any, ...]]:
    return _with_bodies().with_only_columns(*columns_of(Organisation, PartnershipBody))


@built_once
def _with_bodies() -> Select[*tuple[Any, ...]]:
    is_body = and_(
        PartnershipBody.organisation_id == Organisation.id,
        PartnershipBody.partnership_id.in_(numbers_of("partnerships")),
    )
    is_national = or_(
        Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT, Organisation.code.in_(sorted(_national_codes()))
    )
    return (
        select(Organisation, PartnershipBody)
        .outerjoin(PartnershipBody, is_body)
        .where(or_(is_national, PartnershipBody.id.is_not(None)))
        .options(contains_eager(PartnershipBody.organisation))
        .order_by(Organisation.kind, Organisation.name, PartnershipBody.id)
    )


@cache
def _national_codes() -> frozenset[str]:
    return frozenset(row["code"] for row in read_rows("national_bodies"))


def _receivers(
    document: Milestone, bodies: Iterable[Organisation], leads: Collection[Organisation], national: list[Organisation]
) -> list[Organisation]:
    """Of a plan every national receiver and the area's own (its integration joint board), unless it leads itself."""
    if document.kind is not Kind.PLAN:
        return [one for one in national if one.kind is OrganisationKind.SCOTTISH_GOVERNMENT]
    own = [one for one in bodies if one.kind in TAKES_COPIES]
    return [one for one in dict.fromkeys([*national, *own]) if one not in leads]


def _day_of(document: Milestone, publication: Publication | None, today: date) -> date:
    """The day that decides who leads: that of the version, otherwise the guidance date, and never a future day."""
    if publication is None or publication.is_draft:
        return today
    return min(publication.newer_on or publication.published_on or document.target_on or today, today)
