"""What follows from the facts of a document: whether a plan is prepared, and which milestones are done, and when.

Whoever changes a fact calls `settle` after it. Nobody else sets a document to done, or a step that a fact completes.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import exists, or_, select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind
from cycle_tracker.core.lifecycle import State, is_allowed
from cycle_tracker.documents.queries.explanations import newest_explanations
from cycle_tracker.documents.queries.facts import fact_states, prepared_of
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.queries.revisions.of_plans import get_coming_record, list_revisions, revision_of
from cycle_tracker.documents.rules.facts import FactState
from cycle_tracker.documents.rules.prepared import Prepared
from cycle_tracker.documents.rules.revisions import revision_of_key
from cycle_tracker.milestones.services.by_record import reopen_for
from cycle_tracker.milestones.services.milestones import complete, date_by
from cycle_tracker.models.approval import Approval, Preparation
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, PublicationCopy, Version
from cycle_tracker.models.user import User
from cycle_tracker.organisations.services.parts import FOLLOWERS
from cycle_tracker.reminders.services.notices import restart_notices

DAY = timedelta(days=1)
CHANGED = "The record that completed this was changed."


def settle(document: Milestone, *, by: User | None, now: datetime, reason: str = CHANGED) -> None:
    """Bring a document, and every milestone that hangs on it, into line with its facts.

    A plan is done on the day on which it was prepared, a report on that of its publication. A step is done on the day
    on which its fact was whole, is opened again where it is whole no longer, with `reason`, and moves with its day.
    """
    db.session.flush()
    today = london_day(now)
    record = get_record(document, today)
    publication = record.publication if record.publication is not None and record.publication.is_document else None
    if document.kind is Kind.PLAN:
        found = prepared_of(record, today)
        _keep_preparation(document, record.preparation, found)
        done, done_on, action = found is not None, found.on if found else None, "prepared"
    else:
        done, done_on = publication is not None, publication.first_published_on if publication else None
        action = "report-published"
    _settle_document(document, done_on, action, done=done, by=by, now=now, reason=reason)
    if document.kind is Kind.PLAN:  # who led on the day, and to whom copies are owed, follows it
        record = get_record(document, today)
    _date_by_interim(document, record.publication, now=now)
    is_revised = publication is not None and publication.version is Version.REVISED
    prepared_anew = is_revised and publication is not None and revision_of(publication) is not None
    for step in _dated_by(document) if not prepared_anew else ():
        if not is_revised:
            date_by(step, document.done_on if done else None, now=now)
        elif step.is_open:  # what was done for the version before it keeps the date of that
            date_by(step, publication.published_on if publication else None, now=now)
    states = fact_states(record, today)
    of_revisions = _states_of_revisions(document, publication, states, today)
    for step in _completed_by(document):
        number = revision_of_key(step.key)
        known = states if number is None else of_revisions.get(number)
        if step.fact is None or known is None:
            continue
        if number is None and prepared_anew and step.state is State.DONE:
            continue  # it was done for a version before; the revision has a step of its own
        _settle_step(step, known[step.fact], by=by, now=now, reason=reason)
    db.session.flush()


def _states_of_revisions(
    document: Milestone, publication: Publication | None, states: dict[Fact, FactState], today: date
) -> dict[int, dict[Fact, FactState]]:
    """The facts of the revision that is in preparation, and of the one that the present version is, by number. The
    steps of any other stay as they are."""
    if document.kind is not Kind.PLAN:
        return {}
    found = {}
    for revision in list_revisions(document):
        if revision.in_preparation:
            found[revision.number] = fact_states(get_coming_record(document, revision, today), today)
        elif publication is not None and revision.publication_id == publication.id:
            found[revision.number] = states
    return found


def settle_documents(document_ids: Collection[int | None], *, by: User | None, now: datetime) -> None:
    """Settle those of these documents of which anything is recorded: steps that were added later are done with them."""
    recorded = or_(
        exists().where(Publication.milestone_id == Milestone.id, Publication.is_present),
        exists().where(Approval.milestone_id == Milestone.id),
        exists().where(PublicationCopy.milestone_id == Milestone.id),
    )
    known = or_(recorded, exists().where(Preparation.milestone_id == Milestone.id))
    wanted = select(Milestone).where(Milestone.id.in_(document_ids), known).order_by(Milestone.id)
    for document in db.session.scalars(wanted).all():
        settle(document, by=by, now=now)


def settle_plans_of(partnership_id: int, *, by: User | None, now: datetime) -> None:
    """Settle the plans of a partnership after who leads it, or takes part in it, was changed."""
    plans = select(Milestone.id).where(Milestone.partnership_id == partnership_id, Milestone.kind == Kind.PLAN)
    settle_documents(db.session.scalars(plans.order_by(Milestone.id)).all(), by=by, now=now)


def _follow_parts(partnership_id: int, by: User | None, now: datetime) -> None:
    settle_plans_of(partnership_id, by=by, now=now)


FOLLOWERS.append(_follow_parts)


def _keep_preparation(document: Milestone, kept: Preparation | None, found: Prepared | None) -> None:
    if found is None:
        if kept is not None:
            db.session.delete(kept)
    elif kept is None:
        db.session.add(Preparation(milestone_id=document.id, prepared_on=found.on, prepared_from=found.taken_from))
    elif (kept.prepared_on, kept.prepared_from) != (found.on, found.taken_from):
        kept.prepared_on, kept.prepared_from = found.on, found.taken_from
    db.session.flush()


def _settle_document(
    document: Milestone, on: date | None, action: str, *, done: bool, by: User | None, now: datetime, reason: str
) -> None:
    if not done:
        if document.state is State.DONE:
            reopen_for(document, reason, by=by, now=now)
    elif document.state is not State.DONE:
        complete(document, on, action, by=by, now=now)
    elif document.done_on != on:
        _move(document, on, by=by, now=now)


def _settle_step(step: Milestone, found: FactState, *, by: User | None, now: datetime, reason: str) -> None:
    if (step.fact_count, step.fact_total) != (found.count, found.total):
        step.fact_count, step.fact_total = found.count, found.total
    if not found.whole:
        if step.state is State.DONE and not step.details_not_known:
            reopen_for(step, reason, by=by, now=now)
        return
    if step.state is not State.DONE and is_allowed(step.state, State.DONE):
        complete(step, found.on, "finished", by=by, now=now)
    elif step.state is State.DONE:
        step.details_not_known, step.reason = False, ""
        if step.done_on != found.on:
            _move(step, found.on, by=by, now=now)


def _move(milestone: Milestone, on: date | None, *, by: User | None, now: datetime) -> None:
    audit.record_milestone(
        milestone, "done-day-moved", by=by, at=now, before={"done_on": milestone.done_on}, after={"done_on": on}
    )
    milestone.done_on = on


def _date_by_interim(document: Milestone, publication: Publication | None, *, now: datetime) -> None:
    """Until the last day that an interim plan covers, nobody is reminded of the plan: it is due the day after. Its
    guidance date stays. Once the interim plan is gone, it is due again when it was."""
    if document.kind is not Kind.PLAN or not document.is_open:
        return
    if document.expected_date or _interim_until(publication) is not None:
        date_plan(document, publication, now=now)


def date_plan(plan: Milestone, publication: Publication | None, *, now: datetime) -> None:
    """Work out again when a plan is due: on the day from which it is measured, or on a later one that was explained, or
    the day after its interim plan. If it is open and the day is another, its notices start afresh."""
    first = plan.measured_on
    if first is None:
        return
    explained = newest_explanations([plan.id]).get(plan.id)
    until = _interim_until(publication)
    later = (explained.new_due_on if explained else None, until + DAY if until is not None else None)
    due_on = max([first, *(one for one in later if one is not None)])
    after_interim = due_on not in (first, later[0])
    dated = (due_on, due_on != first, after_interim)
    if dated == (plan.due_on, plan.expected_date, plan.after_interim):
        return
    plan.due_on, plan.expected_date, plan.after_interim = dated
    if plan.is_open:
        restart_notices(plan, resolution=Resolution.NEW_DATE, now=now)


def _interim_until(publication: Publication | None) -> date | None:
    is_interim = publication is not None and publication.version is Version.INTERIM
    return publication.interim_until if publication is not None and is_interim else None


def _dated_by(document: Milestone) -> list[Milestone]:
    return list(db.session.scalars(select(Milestone).where(Milestone.follows_id == document.id).order_by(Milestone.id)))


def _completed_by(document: Milestone) -> list[Milestone]:
    return list(db.session.scalars(select(Milestone).where(Milestone.fact_of_id == document.id).order_by(Milestone.id)))
