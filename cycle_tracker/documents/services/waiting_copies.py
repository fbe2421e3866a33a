"""Copies of a plan that was sent before it was published: two acts, in either order (2014 Act, section 10(7)).

Such a copy waits without a version until the plan itself is published, as an approval does, and waits again if the
record of publication is undone. Nobody is asked to send again what was sent.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, PreparedFrom
from cycle_tracker.documents.queries.copies import waiting_copies_of
from cycle_tracker.documents.queries.revisions.of_plans import copies_that_wait
from cycle_tracker.documents.rules.publications import Unlikely, why_copy_unlikely
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.sendings import stop_sendings
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Preparation, Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User


def record_waiting_copies(
    plan: Milestone,
    receivers: Collection[Organisation],
    *,
    sent_on: date | None,
    by: User,
    today: date,
    now: datetime,
    confirmed: bool = False,
    revision: Revision | None = None,
) -> list[PublicationCopy]:
    """Record that a copy of a plan which is not published itself, or of a `revision` in preparation, was sent to each
    of these, on a day that may be unknown. Nobody is emailed: it was sent.

    The plan need not be recorded as prepared. Raises RuleBroken for what is no plan, where nobody is named, for a day
    that cannot be, and for a receiver that was sent one; ChangedMeanwhile for a plan that is published by now; and
    Unlikely for a day before the plan was prepared, unless a person confirmed it.
    """
    if plan.kind is not Kind.PLAN:
        raise RuleBroken("Record the report as published first. Only a plan is sent before it is published.")
    present = present_version(plan)
    if revision is None and present is not None and present.is_document:
        raise ChangedMeanwhile("The plan is recorded as published by now. Check the page, then try again.")
    if not receivers:
        raise RuleBroken("Choose who was sent a copy.", field="receivers")
    if sent_on is not None:
        ensure_past_day(sent_on, today, field="sent_on")
    waiting = waiting_copies_of(plan) if revision is None else copies_that_wait(revision)
    there = {copy.receiver_id for copy in waiting}
    for receiver in receivers:
        if receiver.id in there:
            raise RuleBroken(f"A copy to {receiver.name} is already recorded.", field="receivers")
    ensure_likely_day(plan, sent_on, confirmed=confirmed)
    recorded = [_record(plan, receiver, sent_on, revision, by=by, now=now) for receiver in receivers]
    settle(plan, by=by, now=now)
    count_as_changed(plan)
    db.session.flush()
    return recorded


def _record(
    plan: Milestone,
    receiver: Organisation,
    sent_on: date | None,
    revision: Revision | None,
    *,
    by: User,
    now: datetime,
) -> PublicationCopy:
    copy = PublicationCopy(
        milestone_id=plan.id,
        revision_id=revision.id if revision is not None else None,
        receiver=receiver,
        waited=True,
        sent_on=sent_on,
        sent_recorded_by_id=by.id,
    )
    db.session.add(copy)
    db.session.flush()
    to_government = receiver.kind is OrganisationKind.SCOTTISH_GOVERNMENT and revision is None
    action, after = ("told-government", {"sent_on": sent_on}) if to_government else ("copy-sent", facts_of_copy(copy))
    audit.record_milestone(plan, action, by=by, at=now, after=after)
    return copy


def give_waiting_copies(publication: Publication, *, by: User | None, now: datetime) -> None:
    """Make the copies that wait those of the version in which the plan itself is published. Where that has one to the
    same receiver, the one that was sent first stays, and the audit has the other. An email with a copy that is on its
    way to somebody who was sent one is stopped."""
    there = {copy.receiver_id: copy for copy in publication.copies}
    for copy in waiting_copies_of(publication.milestone):
        stop_sendings(publication, now=now, receiver_id=copy.receiver_id)
        other = there.get(copy.receiver_id)
        if other is None:
            publication.copies.append(copy)
            continue
        kept, dropped = sorted((other, copy), key=lambda one: one.sent_on or one.received_on or date.max)
        _keep_one(kept, dropped, publication.milestone, by=by, now=now)
        if dropped is copy:
            db.session.delete(copy)
        else:
            publication.copies.remove(other)
            db.session.flush()
            publication.copies.append(copy)
    db.session.flush()


def _keep_one(
    kept: PublicationCopy, dropped: PublicationCopy, plan: Milestone, *, by: User | None, now: datetime
) -> None:
    """Of two copies to one receiver keep one, with the receipt of either: what was received is not asked for again. One
    of them waited for the plan, so what is kept waits again."""
    audit.record_milestone(
        plan, "copy-taken-back", by=by, at=now, before=facts_of_copy(dropped), reason="Another copy is recorded."
    )
    if kept.received_on is None:
        kept.received_on, kept.received_recorded_by_id = dropped.received_on, dropped.received_recorded_by_id
    kept.waited = True


def let_copies_wait(publication: Publication) -> None:
    """Let those that had waited for this version wait again: it is undone, or is not the plan itself."""
    waited = [copy for copy in publication.copies if copy.waited]
    for copy in waited:
        copy.publication_id = None
    db.session.flush()
    if waited:
        db.session.expire(publication, ["copies"])


def ensure_likely_day(document: Milestone, sent_on: date | None, *, confirmed: bool) -> None:
    """Raises Unlikely for a copy that was sent before its plan was prepared, unless a person confirmed the day. The day
    of a plan that counts as prepared only because it was published says nothing of that."""
    kept = db.session.get(Preparation, document.id) if not confirmed and sent_on is not None else None
    if kept is None or kept.prepared_from is PreparedFrom.PUBLICATION:
        return
    unlikely = why_copy_unlikely(kept.prepared_on, sent_on)
    if unlikely:
        raise Unlikely(unlikely, field="confirmed")


def facts_of_copy(copy: PublicationCopy) -> dict[str, Any]:
    """A copy as the audit keeps it."""
    return {
        "receiver": copy.receiver.name,
        "receiver_id": copy.receiver_id or copy.receiver.id,
        "sent_on": copy.sent_on.isoformat() if copy.sent_on else None,
        "received_on": copy.received_on.isoformat() if copy.received_on else None,
    }
