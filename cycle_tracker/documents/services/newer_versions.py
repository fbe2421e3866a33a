"""A newer version of what is published: the final one after an interim one, or a revised one (2014 Act, section 11)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.services.approvals import facts_of_approval
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.publication_corrections import PublishedAddress, set_places
from cycle_tracker.documents.services.publications import ensure_day_of_publication, facts_of_publication
from cycle_tracker.documents.services.sendings import stop_sendings
from cycle_tracker.milestones.services.by_record import reopen_for
from cycle_tracker.milestones.services.milestones import date_by
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Publication, Version
from cycle_tracker.models.user import User


def version_that_follows(version: Version) -> Version | None:
    """What a newer version of this one is. A draft has none: the document itself takes its place.

    >>> version_that_follows(Version.INTERIM)
    <Version.FINAL: 'final'>
    """
    return {Version.INTERIM: Version.FINAL, Version.FINAL: Version.REVISED, Version.REVISED: Version.REVISED}.get(
        version
    )


def record_newer_version(
    publication: Publication,
    *,
    address: str,
    published_on: date | None,
    reason: str,
    reopen: Collection[Milestone],
    by: User,
    today: date,
    now: datetime,
) -> None:
    """Record where and when a newer version was published, and open again the steps that it asks for anew.

    The facts of the version before it stay in the audit: where it was, to whom copies went, who approved it. Its copies
    and the approvals made until its day are its own, so they are looked for afresh. A plan stays prepared on the day of
    its first version, and a report published. The plan that follows an interim one is the plan itself: it keeps the
    approvals, and its day is the day of publication. Raises RuleBroken without a reason, for a draft, and for a day
    that cannot be.
    """
    document, version = publication.milestone, version_that_follows(publication.version)
    if version is None:
        raise RuleBroken("Only a draft is published. Record the document itself first.")
    if not reason.strip():
        raise RuleBroken("Enter what has changed in this version.", field="reason")
    ensure_day_of_publication(document, version, published_on, today, confirmed=True)
    present_day = publication.newer_on or publication.published_on
    if published_on is not None and present_day is not None and published_on < present_day:
        raise RuleBroken("It cannot be published before the version it replaces.", field="published_on")
    before = _make_way(publication, present_day)
    _take_its_place(publication, version, published_on)
    stop_sendings(publication, now=now)
    set_places(publication, [PublishedAddress(Form.FULL, "en", address)] if address else [])
    publication.recorded_by_id, publication.recorded_at = by.id, now
    after = facts_of_publication(publication) | {"opened_again": [step.key for step in reopen]}
    audit.record_milestone(
        document, "newer-version-published", by=by, at=now, before=before, after=after, reason=reason.strip()
    )
    if version is Version.REVISED:
        _leave_as_they_are(document, reopen)
    for step in reopen:
        _open_again(step, document, published_on, reason.strip(), by=by, now=now)
    settle(document, by=by, now=now, reason=reason.strip())
    count_as_changed(document)
    db.session.flush()


def _make_way(publication: Publication, present_day: date | None) -> dict[str, Any]:
    """Clear what belongs to the version before; it, as the audit keeps it. The plan after an interim one keeps the
    approvals, which are its own."""
    approvals = [] if _is_interim_plan(publication) else _approvals_until(publication.milestone, present_day)
    before = facts_of_publication(publication)
    before["approvals"] = [facts_of_approval(approval) for approval in approvals]
    for approval in approvals:
        db.session.delete(approval)
    publication.copies.clear()
    publication.kept_copy = None
    return before


def _take_its_place(publication: Publication, version: Version, published_on: date | None) -> None:
    """The plan that follows an interim one is first published on its own day; any other version is a newer one."""
    if _is_interim_plan(publication):
        publication.interim_on, publication.interim_until = publication.published_on, None
        publication.published_on, publication.newer_on = published_on, None
    else:
        publication.newer_on = published_on
    publication.version = version


def _is_interim_plan(publication: Publication) -> bool:
    return publication.version is Version.INTERIM and not publication.is_document


def _open_again(
    step: Milestone, document: Milestone, published_on: date | None, reason: str, *, by: User, now: datetime
) -> None:
    """Open a step again with the date that goes with the new version; one that hangs on the period has none until the
    lead gives it a local date."""
    if step.is_open:
        return
    before = {"target_on": step.target_on, "due_on": step.due_on}
    step.target_on = step.due_on = None
    step.expected_date = False
    if step.follows_id == document.id:
        date_by(step, published_on, now=now)
    audit.record_milestone(
        step,
        "date-set-anew",
        by=by,
        at=now,
        before=before,
        after={"target_on": step.target_on, "due_on": step.due_on},
        reason=reason,
    )
    reopen_for(step, reason, by=by, now=now)
    step.details_not_known = False


def _leave_as_they_are(document: Milestone, reopen: Collection[Milestone]) -> None:
    """Steps that a person said were done for the revised version already stay done, although no record shows it."""
    steps = select(Milestone).where(Milestone.fact_of_id == document.id, Milestone.state == State.DONE)
    for step in db.session.scalars(steps.order_by(Milestone.id)):
        step.details_not_known = step not in reopen


def _approvals_until(document: Milestone, day: date | None) -> list[Approval]:
    """The approvals of the present version: made by its day, or on a day that is not known."""
    found = db.session.scalars(select(Approval).where(Approval.milestone_id == document.id).order_by(Approval.id))
    return [one for one in found if one.approved_on is None or day is None or one.approved_on <= day]
