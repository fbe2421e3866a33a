"""A newer version of what is published: the final one after an interim one, or a revised one (2014 Act, section 11)."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DoneWith
from cycle_tracker.documents.services.approvals import facts_of_approval
from cycle_tracker.documents.services.publication_corrections import PublishedAddress, date_by_publication, set_places
from cycle_tracker.documents.services.publications import ensure_day_of_publication, facts_of_publication
from cycle_tracker.documents.services.sendings import stop_sendings
from cycle_tracker.milestones.services.milestones import complete_followers, reopen_milestone
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
    and the approvals made until its day are its own, so they are looked for afresh. The document stays done on the day
    of its first version. Raises RuleBroken without a reason, for a draft, and for a day that cannot be.
    """
    document, version = publication.milestone, version_that_follows(publication.version)
    if version is None:
        raise RuleBroken("Only a draft is published. Record the document itself first.")
    if not reason.strip():
        raise RuleBroken("Enter what has changed in this version.", field="reason")
    ensure_day_of_publication(document, version, published_on, today)
    present_day = publication.newer_on or publication.published_on
    if published_on is not None and present_day is not None and published_on < present_day:
        raise RuleBroken("It cannot be published before the version it replaces.", field="published_on")
    approvals = _approvals_until(document, present_day)
    before = {
        **facts_of_publication(publication),
        "approvals": [facts_of_approval(approval) for approval in approvals],
    }
    for approval in approvals:
        db.session.delete(approval)
    publication.copies.clear()
    stop_sendings(publication, now=now)
    publication.kept_copy = None
    publication.version, publication.newer_on = version, published_on
    set_places(publication, [PublishedAddress(Form.FULL, "en", address)] if address else [])
    publication.recorded_by_id, publication.recorded_at = by.id, now
    after = facts_of_publication(publication) | {"opened_again": [step.key for step in reopen]}
    audit.record_milestone(
        document, "newer-version-published", by=by, at=now, before=before, after=after, reason=reason.strip()
    )
    for step in reopen:
        _open_again(step, document, published_on, reason.strip(), by=by, now=now)
    complete_followers(document, DoneWith.PUBLISHED, published_on, by=by, now=now)
    count_as_changed(document)
    db.session.flush()


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
        date_by_publication(step, published_on, now=now)
    audit.record_milestone(
        step,
        "date-set-anew",
        by=by,
        at=now,
        before=before,
        after={"target_on": step.target_on, "due_on": step.due_on},
        reason=reason,
    )
    reopen_milestone(step, reason, by=by, now=now)


def _approvals_until(document: Milestone, day: date | None) -> list[Approval]:
    """The approvals of the present version: made by its day, or on a day that is not known."""
    found = db.session.scalars(select(Approval).where(Approval.milestone_id == document.id).order_by(Approval.id))
    return [one for one in found if one.approved_on is None or day is None or one.approved_on <= day]
