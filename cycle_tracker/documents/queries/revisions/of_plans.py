"""Revisions of plans: the one that is in preparation, its steps, and what is recorded of the version to come."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Select, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.documents.queries.beside_plan.plans import get_plan
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.receivers import organisations_of, receivers_of
from cycle_tracker.documents.rules.revisions import step_keys
from cycle_tracker.models.approval import Approval, Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import BodyRole
from cycle_tracker.models.publication import Publication, PublicationCopy


def list_revisions(plan: Milestone) -> Sequence[Revision]:
    """The revisions of a plan, the oldest first: published, abandoned, or in preparation. In one statement."""
    return db.session.scalars(_revisions(), {"plan": plan.id}).all()


def find_revision(plan: Milestone) -> Revision | None:
    """The revision of a plan that is in preparation, if one is."""
    return next((one for one in list_revisions(plan) if one.in_preparation), None)


def revision_of(publication: Publication) -> Revision | None:
    """The revision that was published in this version; None if it was published without a preparation."""
    return db.session.scalars(select(Revision).where(Revision.publication_id == publication.id)).one_or_none()


def get_plan_in_preparation(
    viewer: Viewer, slug: str, key: str, *, to: Permission | None = None
) -> tuple[Milestone, Revision]:
    """A plan and its revision that is in preparation, where the person has the permission `to`.

    Raises NoResultFound where there is no such plan for them, or no revision, and NotAllowed where they lack it.
    """
    plan = get_plan(viewer, slug, key, to=to)
    found = find_revision(plan)
    if found is None:
        raise NoResultFound
    return plan, found


def target_in_preparation() -> ScalarSelect[Any]:
    """The target date of the revision of a document that is in preparation, for a list; None for any other."""
    return (
        select(Revision.target_on)
        .where(Revision.milestone_id == Milestone.id, Revision.publication_id.is_(None), Revision.undone_at.is_(None))
        .correlate(Milestone)
        .scalar_subquery()
    )


def steps_of(plan: Milestone, revision: Revision) -> list[Milestone]:
    """The steps of a revision, in their order."""
    keys = step_keys(plan.cycle.period, revision.number) if plan.cycle is not None else []
    rows = db.session.scalars(_steps(), {"partnership": plan.partnership_id, "plan": plan.id}).all()
    return sorted((one for one in rows if one.key in keys), key=lambda one: keys.index(one.key))


def get_coming_record(plan: Milestone, revision: Revision, today: date) -> DocumentRecord:
    """What is recorded of the version to come: the approvals and copies of this revision, with the bodies that lead and
    take part today. In three statements."""
    bodies, national = organisations_of([plan])
    of_partnership = bodies[plan.partnership_id]
    parts = [one for one in of_partnership if one.holds_on(today)]
    leads = [one.organisation for one in parts if one.role is BodyRole.LEAD]
    receivers = receivers_of(plan, parts, leads, national)
    return DocumentRecord(
        plan,
        approvals=waiting_approvals(revision),
        lead_bodies=leads,
        receivers=receivers,
        others=tuple(dict.fromkeys(one.organisation for one in parts if one.organisation not in receivers)),
        leads=[one for one in of_partnership if one.role is BodyRole.LEAD],
        waiting=copies_that_wait(revision),
    )


def waiting_approvals(revision: Revision) -> Sequence[Approval]:
    """The approvals of a revision that is not published."""
    return db.session.scalars(_approvals(), {"revision": revision.id}).all()


def copies_that_wait(revision: Revision) -> Sequence[PublicationCopy]:
    """The copies of a revision that were sent while it is not published."""
    return db.session.scalars(_copies(), {"revision": revision.id}).all()


@built_once
def _revisions() -> Select[Revision]:
    return select(Revision).where(Revision.milestone_id == number_of("plan")).order_by(Revision.number)


@built_once
def _steps() -> Select[Milestone]:
    # Few milestones of a cycle are keyed as a revision's steps are, and the partnership's keys have an index.
    cycle = select(Milestone.cycle_id).where(Milestone.id == number_of("plan")).scalar_subquery()
    return (
        select(Milestone)
        .where(
            Milestone.partnership_id == number_of("partnership"),
            Milestone.cycle_id == cycle,
            Milestone.key.like("%.revision-%"),
        )
        .order_by(Milestone.id)
    )


@built_once
def _approvals() -> Select[Approval]:
    return (
        select(Approval)
        .where(Approval.revision_id == number_of("revision"), Approval.publication_id.is_(None))
        .options(joinedload(Approval.organisation))
        .order_by(Approval.id)
    )


@built_once
def _copies() -> Select[PublicationCopy]:
    return (
        select(PublicationCopy)
        .where(PublicationCopy.revision_id == number_of("revision"), PublicationCopy.publication_id.is_(None))
        .options(joinedload(PublicationCopy.receiver))
        .order_by(PublicationCopy.id)
    )
