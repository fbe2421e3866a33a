"""Merging a duplicate into the organisation that it is: all that was the duplicate's is the other's from then on.

Nothing that people recorded is lost. Where both have a record of the same thing, the merge is refused until one of the
two records is removed. Of an earlier version of a document that cannot be done: there the record of the one that is
kept stays, and the other is in the audit.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.approval import Approval, Disagreement, Revision
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import NAMED_BY_LAW, SET_BY_LAW, OldCode, Organisation
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.publication import IS_PUBLISHED, Publication, PublicationCopy, Sending, Version
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.organisations.services.parts import follow

INTO = "into"
# What points to an organisation and nothing more: it points to the other one afterwards.
POINTERS = (
    Contact.organisation_id,
    User.organisation_id,
    RoleGrant.organisation_id,
    Invitation.organisation_id,
    Milestone.lead_organisation_id,
    Approval.organisation_id,
    Disagreement.organisation_id,
    PublicationCopy.receiver_id,
    Sending.receiver_id,
    OldCode.organisation_id,
    Organisation.merged_into_id,
)


def merge_organisations(duplicate: Organisation, kept: Organisation, *, by: User, now: datetime) -> None:
    """Give all that is the duplicate's to the organisation that is kept, and take the duplicate out of use. Its code
    still finds the other one. Those that plans must be sent to take no mailbox from a duplicate, which anybody may have
    added: an administrator enters theirs.

    Raises RuleBroken where one of the two cannot be merged, and where both have a record of the same thing.
    """
    for one in sorted({duplicate, kept}, key=lambda one: one.id):
        lock(one)
        db.session.refresh(one)  # whoever had it locked before may have merged it
    _ensure_mergeable(duplicate, kept)
    _ensure_not_both(duplicate, kept)
    moved = _move_parts(duplicate, kept)
    _drop_double_grants(duplicate, kept)
    _drop_double_records(duplicate, kept)
    for column in POINTERS:
        db.session.execute(
            update(column.class_)
            .where(column == duplicate.id)
            .values({column.key: kept.id})
            .execution_options(synchronize_session=False)
        )
    db.session.expire_all()
    if kept.kind not in NAMED_BY_LAW:
        kept.mailbox = kept.mailbox or duplicate.mailbox
    duplicate.merged_into_id, duplicate.in_use, duplicate.edited = kept.id, False, True
    audit.record(
        "organisation",
        duplicate.id,
        "merged",
        by=by,
        at=now,
        partnership_id=duplicate.added_by_id,
        after={"into": kept.id, "parts": len(moved)},
    )
    db.session.flush()
    follow(moved, by=by, now=now)


def _ensure_mergeable(duplicate: Organisation, kept: Organisation) -> None:
    if duplicate.id == kept.id:
        raise RuleBroken("Choose another organisation to merge this one into.", field=INTO)
    if duplicate.merged_into_id is not None:
        raise RuleBroken(f"{duplicate.name} was merged already.")
    if duplicate.kind in SET_BY_LAW:
        raise RuleBroken(f"The law names {duplicate.name}, so it cannot be merged into another organisation.")
    if not kept.in_use or kept.is_waiting:
        raise RuleBroken("Choose an organisation that is accepted and in use.", field=INTO)


def _ensure_not_both(duplicate: Organisation, kept: Organisation) -> None:
    """Raises RuleBroken for a decision on the present version of a document, or a copy of it, of both."""
    for of, what in (
        (Approval.organisation_id, "a decision on the same plan or report"),
        (PublicationCopy.receiver_id, "a copy of the same plan or report"),
        (Sending.receiver_id, "an email with a copy of the same plan or report"),
    ):
        both = _of_both(of, duplicate, kept)
        if db.session.scalar(select(func.count()).select_from(of.class_).where(both, _can_be_removed(of.class_))):
            raise RuleBroken(f"Both organisations have {what} recorded. Remove one of the two first.", field=INTO)


def _drop_double_records(duplicate: Organisation, kept: Organisation) -> None:
    """What both have of a version that is present no longer is kept once: no page can remove it."""
    for of in (Approval.organisation_id, PublicationCopy.receiver_id, Sending.receiver_id):
        ids = db.session.scalars(select(of.class_.id).where(_of_both(of, duplicate, kept))).all()
        unwanted = delete(of.class_).where(of.class_.id.in_(ids))
        db.session.execute(unwanted.execution_options(synchronize_session=False))


def _of_both(of: Any, duplicate: Organisation, kept: Organisation) -> ColumnElement[bool]:
    """Whether a row is the duplicate's, and the other organisation has one of the same version."""
    other = aliased(of.class_)
    same = other.publication_id.is_not_distinct_from(of.class_.publication_id)
    if of.class_ is not Sending:
        of_one = or_(other.publication_id.is_not(None), other.revision_id.is_not_distinct_from(of.class_.revision_id))
        same = and_(same, other.milestone_id == of.class_.milestone_id, of_one)
    return and_(of == duplicate.id, exists().where(getattr(other, of.key) == kept.id, same))


def _can_be_removed(model: Any) -> ColumnElement[bool]:
    """Whether a page shows a record: one of a present version, one of a version to come while the document itself is
    not published, or one of a revision in preparation. What else waits for a newer version is shown on no page."""
    present = exists().where(Publication.id == model.publication_id, Publication.is_present)
    if model is Sending:
        return present
    is_plan = exists().where(Milestone.id == Publication.milestone_id, Milestone.kind == Kind.PLAN)
    itself = or_(Publication.version != Version.INTERIM, ~is_plan.correlate(Publication))
    published = exists().where(Publication.milestone_id == model.milestone_id, IS_PUBLISHED, itself)
    waits = and_(model.publication_id.is_(None), model.revision_id.is_(None), ~published)
    in_preparation = exists().where(
        Revision.id == model.revision_id,
        model.publication_id.is_(None),
        Revision.publication_id.is_(None),
        Revision.undone_at.is_(None),
    )
    return or_(waits, in_preparation, present)


def _drop_double_grants(duplicate: Organisation, kept: Organisation) -> None:
    """A role that the person has for the other organisation already is theirs once."""
    same = aliased(RoleGrant)
    double = select(RoleGrant.id).where(
        RoleGrant.organisation_id == duplicate.id,
        exists().where(
            and_(same.organisation_id == kept.id, same.user_id == RoleGrant.user_id, same.role == RoleGrant.role)
        ),
    )
    ids = db.session.scalars(double).all()
    db.session.execute(delete(RoleGrant).where(RoleGrant.id.in_(ids)).execution_options(synchronize_session=False))


def _move_parts(duplicate: Organisation, kept: Organisation) -> list[int]:
    """Give each part to the other organisation; the partnership of each. Where that has the same role on some of the
    days, one part covers the days of both. Raises RuleBroken where it has another role."""
    parts = db.session.scalars(
        select(PartnershipBody)
        .where(PartnershipBody.organisation_id.in_([duplicate.id, kept.id]))
        .order_by(PartnershipBody.partnership_id, PartnershipBody.from_on, PartnershipBody.id)
    ).all()
    moved = [one for one in parts if one.organisation_id == duplicate.id]
    for one in moved:
        there = [
            other
            for other in parts
            if other.organisation_id == kept.id and other.partnership_id == one.partnership_id and _overlap(one, other)
        ]
        _ensure_same_role(one, there)
        for other in there:
            one.from_on, one.to_on = min(one.from_on, other.from_on), _later(one.to_on, other.to_on)
            one.commenced = one.commenced or other.commenced
            db.session.delete(other)
        db.session.flush()
        parts = [other for other in parts if other not in there]
        one.organisation_id = kept.id
        db.session.flush()
    return [one.partnership_id for one in moved]


def _ensure_same_role(part: PartnershipBody, there: list[PartnershipBody]) -> None:
    if any(other.role is not part.role for other in there):
        place = db.session.get_one(Partnership, part.partnership_id).name
        raise RuleBroken(
            f"The two organisations have different roles in {place} at the same time. Change one of the two first.",
            field=INTO,
        )


def _overlap(one: PartnershipBody, other: PartnershipBody) -> bool:
    return (one.to_on is None or other.from_on <= one.to_on) and (other.to_on is None or one.from_on <= other.to_on)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
