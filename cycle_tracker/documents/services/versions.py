"""The versions of a document as rows: which is present, which was first, and what was known of each before."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, select

from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.rules.versions import KnownVersion, Reach, first_of_document, is_in_order, present_of
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.models.user import User


def present_version(document: Milestone) -> Publication | None:
    """The version for which a document stands, also if that is a draft; None where nothing is recorded."""
    present = select(Publication).where(Publication.milestone_id == document.id, Publication.is_present)
    return db.session.scalars(present).one_or_none()


def known_versions(document: Milestone) -> Sequence[Publication]:
    """The versions that are known, the oldest first: none that was undone, each with the facts as they are known."""
    known = select(Publication).where(Publication.milestone_id == document.id, Publication.recorded_to.is_(None))
    return db.session.scalars(known.order_by(Publication.number)).all()


def ensure_present(publication: Publication) -> None:
    """Raises ChangedMeanwhile for a version that is not the present one, or is no longer: what was undone is never
    undone again, and nothing follows a version that was replaced. Waits for whoever is changing the document."""
    lock(publication.milestone)
    db.session.refresh(publication, ["is_present"])
    if not publication.is_present:
        raise ChangedMeanwhile("This is no longer the present version. Check the page, then try again.")


def version_before(publication: Publication) -> Publication | None:
    """The version that is present once this one is undone; None if nothing is published then."""
    others = {one.number: one for one in known_versions(publication.milestone) if one.id != publication.id}
    found = present_of(as_known(one) for one in others.values())
    return others[found.number] if found is not None else None


def add_version(
    document: Milestone,
    version: Version,
    published_on: date | None,
    *,
    interim_until: date | None = None,
    by: User | None,
    now: datetime,
) -> Publication:
    """Add a version to those of a document. It is present unless one that has come further is there. Flushes."""
    numbers = select(func.max(Publication.number)).where(Publication.milestone_id == document.id)
    added = Publication(
        milestone=document,
        number=(db.session.scalar(numbers) or 0) + 1,
        version=version,
        published_on=published_on,
        interim_until=interim_until if version is Version.INTERIM else None,
        is_present=False,
        recorded_by_id=by.id if by else None,
        recorded_from=now,
    )
    db.session.add(added)
    arrange_versions(document)
    return added


def arrange_versions(document: Milestone) -> Publication | None:
    """Work out again which version of a document is present, and of each whether it is a newer one and when the first
    was published; the present one. Whoever adds, corrects or undoes a version calls it. Flushes."""
    db.session.flush()
    rows = {row.number: row for row in known_versions(document)}
    known = [as_known(row) for row in rows.values()]
    found = present_of(known)
    for one in known:
        first, row = first_of_document(known, one), rows[one.number]
        row.is_newer = first is not None and first.number < one.number
        row.first_on = first.published_on if first is not None and row.is_newer else None
        if found is None or one.number != found.number:
            row.is_present = False
    db.session.flush()  # the one that was present makes way first: two never are
    if found is None:
        return None
    present = rows[found.number]
    present.is_present = True
    db.session.flush()
    return present


def as_known(row: Publication) -> KnownVersion:
    """A version as the rules know it."""
    return KnownVersion(row.number, reach_of(row.version, is_document=row.is_document), row.published_on)


def reach_of(version: Version, *, is_document: bool) -> Reach:
    """How far a version has come; `is_document` says that it is the document itself."""
    if version is Version.DRAFT:
        return Reach.DRAFT
    return Reach.DOCUMENT if is_document else Reach.INTERIM_PLAN


def field_out_of_order(
    publication: Publication,
    published_on: date | None,
    newer_on: date | None,
    known: Sequence[Publication],
) -> str:
    """Which of two new days of a present version changes the order in which the versions were published: `newer_on`,
    its own if it is a newer one, or `published_on`, that of the first version; empty if neither does. A day that stays
    as it is changes nothing."""
    fields = {publication: ("published_on", published_on)}
    if publication.is_newer:
        first = next(one for one in known if one.is_document)
        fields = {first: ("published_on", published_on), publication: ("newer_on", newer_on)}
    days = {row.number: day for row, (_, day) in fields.items()}
    then = [as_known(one)._replace(published_on=days.get(one.number, one.published_on)) for one in known]
    for row, (field, day) in fields.items():
        if day != row.published_on and not is_in_order(then, row.number):
            return field
    return ""


def keep_facts_before(row: Publication, *, by: User, now: datetime) -> None:
    """Keep the facts of a version as they were known up to now, in a row of their own; from now on the row says what
    is known instead, and who recorded that. Its addresses, copies, approvals and kept copy stay with it."""
    db.session.add(
        Publication(
            milestone_id=row.milestone_id,
            number=row.number,
            version=row.version,
            published_on=row.published_on,
            interim_until=row.interim_until,
            is_present=False,
            is_newer=row.is_newer,
            first_on=row.first_on,
            recorded_by_id=row.recorded_by_id,
            recorded_from=row.recorded_from,
            recorded_to=now,
        )
    )
    row.recorded_by_id, row.recorded_from = by.id, now


def approvals_of(document: Milestone, publication: Publication | None) -> list[Approval]:
    """The approvals of a version; of None those of the document itself, while that is not published."""
    version = publication.id if publication is not None else None
    to_come = and_(Approval.publication_id.is_(None), Approval.revision_id.is_(None))
    belongs = to_come if version is None else Approval.publication_id == version
    found = select(Approval).where(Approval.milestone_id == document.id, belongs)
    return list(db.session.scalars(found.order_by(Approval.id)))


def move_approvals(approvals: Sequence[Approval], to: Publication | None) -> None:
    """Give approvals to a version, or with None to one that is still to come. Where a body has one there, its other one
    stays where it is."""
    for approval in approvals:
        to_come = and_(Approval.publication_id.is_(None), Approval.revision_id.is_(None))
        there = to_come if to is None else Approval.publication_id == to.id
        of_body = select(Approval.id).where(
            Approval.milestone_id == approval.milestone_id, Approval.organisation_id == approval.organisation_id, there
        )
        if db.session.scalars(of_body).first() is None:
            approval.publication_id = to.id if to is not None else None
            approval.revision_id = None  # it is of another version than its revision became
            db.session.flush()
