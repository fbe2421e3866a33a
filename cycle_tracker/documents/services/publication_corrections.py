"""Putting right what is recorded of a publication, and all that hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DoneWith
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.services.publications import (
    ensure_day_of_publication,
    facts_of_publication,
    finish_document,
)
from cycle_tracker.milestones.rules.date_rules import DateRule
from cycle_tracker.milestones.services.files import remove_content
from cycle_tracker.milestones.services.milestones import reopen_milestone
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.evidence import StoredFile
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, Version
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notices import restart_notices

MOST_ADDRESSES = 12


@dataclass(frozen=True)
class PublishedAddress:
    """Where one form of a document is published, in one language."""

    form: Form
    language: str
    address: str


def correct_publication(
    publication: Publication,
    *,
    version: Version,
    published_on: date | None,
    newer_on: date | None = None,
    places: Sequence[PublishedAddress],
    by: User,
    today: date,
    now: datetime,
) -> None:
    """Put right the version, the day and the addresses; what hangs on the day follows it.

    `newer_on` is the day of a revised version, or of the final one after an interim one. Raises RuleBroken for days
    that cannot be, two addresses for one form in one language, and a revised version of what was not revised.
    """
    document = publication.milestone
    ensure_day_of_publication(document, version, published_on, today)
    ensure_day_of_publication(document, version, newer_on, today, field="newer_on")
    if newer_on is not None and published_on is not None and newer_on < published_on:
        raise RuleBroken("The newer version cannot be published before the first one.", field="newer_on")
    if version is Version.REVISED and publication.version is not Version.REVISED:
        raise RuleBroken("Record a revised version on its own page, because it reopens steps of the cycle.")
    before, was_draft, old_day = facts_of_publication(publication), publication.is_draft, publication.published_on
    publication.version, publication.published_on, publication.newer_on = version, published_on, newer_on
    set_places(publication, places)
    audit.record_milestone(
        document, "publication-corrected", by=by, at=now, before=before, after=facts_of_publication(publication)
    )
    if publication.is_draft and not was_draft:
        _take_back_done(document, by=by, now=now)
    elif was_draft and not publication.is_draft:
        finish_document(document, published_on, by=by, now=now)
    elif not publication.is_draft and published_on != old_day:
        _move_what_publishing_finished(document, old_day, published_on, now=now)
    count_as_changed(document)
    db.session.flush()


def set_places(publication: Publication, places: Sequence[PublishedAddress]) -> None:
    """Make these the addresses of a publication, and no others. Raises RuleBroken where two stand for the same."""
    wanted = {(one.form, one.language): one.address for one in places}
    if len(wanted) < len(places):
        raise RuleBroken("Enter only one address for each format and language.", field="places")
    if len(wanted) > MOST_ADDRESSES:
        raise RuleBroken(f"Enter up to {MOST_ADDRESSES} addresses.", field="places")
    known = {(one.form, one.language): one for one in publication.addresses}
    for what, row in known.items():
        if what in wanted:
            row.address = wanted[what]
        else:
            publication.addresses.remove(row)
    for what, address in wanted.items():
        if what not in known:
            form, language = what
            publication.addresses.append(PublicationAddress(form=form, language=language, address=address))


def keep_copy(publication: Publication, file: StoredFile, *, by: User, now: datetime) -> None:
    """Keep an uploaded copy beside the publication; the bytes of one that it replaces go."""
    document, old = publication.milestone, publication.kept_copy
    publication.kept_copy = file
    audit.record_milestone(
        document,
        "copy-kept",
        by=by,
        at=now,
        before={"kept_copy_id": old.id if old else None},
        after={"kept_copy_id": file.id, "name": file.name},
    )
    if old is not None:
        remove_content(old)
    count_as_changed(document)
    db.session.flush()


def remove_kept_copy(publication: Publication, *, by: User, now: datetime) -> None:
    """Let the kept copy go. Raises RuleBroken where there is none."""
    file = publication.kept_copy
    if file is None:
        raise RuleBroken("There is no copy here to remove.")
    publication.kept_copy = None
    audit.record_milestone(
        publication.milestone, "kept-copy-removed", by=by, at=now, before={"kept_copy_id": file.id, "name": file.name}
    )
    remove_content(file)
    count_as_changed(publication.milestone)
    db.session.flush()


def date_by_publication(step: Milestone, day: date | None, *, now: datetime) -> None:
    """Give a step whose rule hangs on a document the date that goes with its day of publication; a date of its own it
    keeps."""
    rule = DateRule.parse(step.date_rule) if step.date_rule else None
    if rule is None or rule.follows is None or step.cycle is None:
        return
    old, new = step.target_on, rule.on(step.cycle.period, {rule.follows: day} if day else {})
    if old == new:
        return
    step.target_on = new
    if step.due_on == old:
        step.due_on = new
        if step.is_open:
            restart_notices(step, resolution=Resolution.NEW_DATE, now=now)


def _take_back_done(document: Milestone, *, by: User, now: datetime) -> None:
    """Only a draft is published, so the document is still to come, and so is what its publication had finished."""
    before = {"state": document.state, "done_on": document.done_on}
    document.state, document.done_on = State.IN_PROGRESS, None
    audit.record_milestone(
        document,
        "reopened",
        by=by,
        at=now,
        before=before,
        after={"state": State.IN_PROGRESS},
        reason="Only a draft is published.",
    )
    restart_notices(document, resolution=Resolution.REOPENED, now=now)
    for step in _followers(document):
        if step.done_with is not None and step.state is State.DONE:
            reopen_milestone(step, "Only a draft is published.", by=by, now=now)
        date_by_publication(step, None, now=now)


def _move_what_publishing_finished(document: Milestone, old: date | None, new: date | None, *, now: datetime) -> None:
    document.done_on = new
    for step in _followers(document):
        if step.done_with is DoneWith.PUBLISHED and step.state is State.DONE and step.done_on == old:
            step.done_on = new
        date_by_publication(step, new, now=now)


def _followers(document: Milestone) -> list[Milestone]:
    return list(db.session.scalars(select(Milestone).where(Milestone.follows_id == document.id).order_by(Milestone.id)))
