"""A newer version of what is published: the final one after an interim one, or a revised one (2014 Act, section 11)."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.revisions.of_plans import find_revision
from cycle_tracker.documents.rules.revisions import due_again_on, revision_of_key
from cycle_tracker.documents.services.approvals import facts_of_approval
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.publications import (
    PublishedAddress,
    ensure_day_of_publication,
    facts_of_publication,
    set_places,
)
from cycle_tracker.documents.services.revisions.preparing import publish_revision
from cycle_tracker.documents.services.sendings import stop_sendings_of_replaced
from cycle_tracker.documents.services.versions import add_version, approvals_of, ensure_present, move_approvals
from cycle_tracker.documents.services.waiting_copies import give_waiting_copies
from cycle_tracker.milestones.services.by_record import reopen_for
from cycle_tracker.milestones.services.milestones import date_by
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Publication, Version
from cycle_tracker.models.user import User

DATED_AGAIN = "counted from the day on which the revised version was recorded"


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
) -> Publication:
    """Record where and when a newer version was published, and open again the steps that it asks for anew.

    The version before it stays as it is: where it was, its kept copy, to whom copies went, and the approvals made until
    its day. Those of the new one are looked for afresh. A plan stays prepared on the day of its first version, and a
    report published. If a revision was in preparation, this is it: it has the approvals and copies that were recorded
    of it, its steps are done by the facts, and no others are opened again. The plan that follows an interim one is the
    plan itself: the approvals made so far, and the copies of it that were sent, are its own, and its day is the day of
    publication. Raises RuleBroken without a reason, for a draft, and for a day that cannot be.
    """
    ensure_present(publication)
    document, present_day = publication.milestone, publication.published_on or publication.first_published_on
    version = _ensure_newer(publication, published_on, present_day, reason, today)
    prepared = find_revision(document) if version is Version.REVISED else None
    its_own, later = _approvals_by_day(publication, present_day) if prepared is None else _as_they_are(publication)
    before = facts_of_publication(publication)
    before["approvals"] = [facts_of_approval(approval) for approval in its_own]
    stop_sendings_of_replaced(publication, now=now)
    newer = add_version(document, version, published_on, by=by, now=now)
    move_approvals(later, newer)
    if not publication.is_document:
        give_waiting_copies(newer, by=by, now=now)
    if prepared is not None:
        publish_revision(document, newer)
        reopen = ()
    set_places(newer, [PublishedAddress(Form.FULL, "en", address)] if address else [])
    after = facts_of_publication(newer) | {"opened_again": [step.key for step in reopen]}
    audit.record_milestone(
        document, "newer-version-published", by=by, at=now, before=before, after=after, reason=reason.strip()
    )
    if version is Version.REVISED and prepared is None:
        _leave_as_they_are(document, reopen)
    for step in reopen:
        _open_again(step, document, published_on, reason.strip(), by=by, today=today, now=now)
    settle(document, by=by, now=now, reason=reason.strip())
    count_as_changed(document)
    db.session.flush()
    return newer


def _ensure_newer(
    publication: Publication, published_on: date | None, present_day: date | None, reason: str, today: date
) -> Version:
    """What the newer version is. Raises RuleBroken as `record_newer_version` does."""
    version = version_that_follows(publication.version)
    if version is None:
        raise RuleBroken("Only a draft is published. Record the document itself first.")
    if not reason.strip():
        raise RuleBroken("Enter what has changed in this version.", field="reason")
    ensure_day_of_publication(publication.milestone, version, published_on, today, confirmed=True)
    if published_on is not None and present_day is not None and published_on < present_day:
        raise RuleBroken("It cannot be published before the version it replaces.", field="published_on")
    return version


def _open_again(
    step: Milestone,
    document: Milestone,
    published_on: date | None,
    reason: str,
    *,
    by: User,
    today: date,
    now: datetime,
) -> None:
    """Open a step again with the date that goes with the new version. One that hangs on the period, or on a day that is
    not known, gets a suggested date from the day on which the version is recorded: without one nobody is reminded."""
    if step.is_open:
        return
    before = {"target_on": step.target_on, "due_on": step.due_on}
    step.target_on = step.due_on = None
    step.expected_date = False
    if step.follows_id == document.id:
        date_by(step, published_on, now=now)
    if step.due_on is None:
        step.target_on = step.due_on = due_again_on(step.key, today)
        step.date_basis, step.date_citation = Basis.SUGGESTED, DATED_AGAIN
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
    """Steps that a person said were done for the revised version already stay done, although no record shows it. Those
    of an earlier revision are not about this version."""
    steps = select(Milestone).where(Milestone.fact_of_id == document.id, Milestone.state == State.DONE)
    for step in db.session.scalars(steps.order_by(Milestone.id)):
        if revision_of_key(step.key) is None:
            step.details_not_known = step not in reopen


def _as_they_are(publication: Publication) -> tuple[list[Approval], list[Approval]]:
    """All approvals of this version stay with it: those of a revision that was in preparation are its own."""
    return approvals_of(publication.milestone, publication), []


def _approvals_by_day(publication: Publication, day: date | None) -> tuple[list[Approval], list[Approval]]:
    """The approvals of this version, made by its day or on a day that is not known, and those made later, which are of
    the next. Those made while only an interim plan is published are of the plan itself."""
    document = publication.milestone
    if not publication.is_document:
        return [], approvals_of(document, None)
    found = approvals_of(document, publication)
    its_own = [one for one in found if one.approved_on is None or day is None or one.approved_on <= day]
    return its_own, [*(one for one in found if one not in its_own), *approvals_of(document, None)]
