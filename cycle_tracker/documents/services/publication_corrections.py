"""Putting right what is recorded of a publication, and all that hangs on it."""

from collections.abc import Sequence
from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, OnBehalf
from cycle_tracker.documents.services.facts import CHANGED, settle
from cycle_tracker.documents.services.on_behalf.acts import forget_undone_acts
from cycle_tracker.documents.services.publications import (
    PublishedAddress,
    ensure_day_of_publication,
    ensure_known_or_confirmed,
    facts_of_publication,
    set_places,
)
from cycle_tracker.documents.services.revisions.preparing import prepare_again
from cycle_tracker.documents.services.sendings import stop_sendings
from cycle_tracker.documents.services.versions import (
    approvals_of,
    arrange_versions,
    as_known,
    ensure_present,
    field_out_of_order,
    keep_facts_before,
    known_versions,
    move_approvals,
    reach_of,
)
from cycle_tracker.documents.services.waiting_copies import give_waiting_copies, let_copies_wait
from cycle_tracker.milestones.services.files import remove_content
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.evidence import StoredFile
from cycle_tracker.models.publication import Publication, Version, is_document_itself
from cycle_tracker.models.user import User

OUT_OF_ORDER = "This date must be between the dates of the versions before and after it."


def correct_publication(
    publication: Publication,
    *,
    version: Version,
    published_on: date | None,
    newer_on: date | None = None,
    interim_until: date | None = None,
    places: Sequence[PublishedAddress],
    by: User,
    today: date,
    now: datetime,
    confirmed: bool = False,
) -> None:
    """Put right the version, the day and the addresses; what hangs on the day follows it. What was known of the facts
    before stays in a row of its own.

    `published_on` is the day of the first version of the document itself, `newer_on` that of this version if it is a
    newer one. Raises RuleBroken for days that cannot be or that change the order of the versions, two addresses for one
    form in one language, a revised version of what was not revised, and a version that comes less far than one before
    it; and Unlikely for a day that is not likely, and where no day and no address is left, unless it was so before or a
    person confirmed it.
    """
    ensure_present(publication)
    document = publication.milestone
    until = interim_until if version is Version.INTERIM else None
    ensure_known_or_confirmed(published_on, places, confirmed=confirmed or _was_as_little(publication, version))
    confirmed = confirmed or (published_on, until) == (publication.first_published_on, publication.interim_until)
    ensure_day_of_publication(document, version, published_on, today, interim_until=until, confirmed=confirmed)
    ensure_day_of_publication(document, version, newer_on, today, field="newer_on", confirmed=True)
    if newer_on is not None and published_on is not None and newer_on < published_on:
        raise RuleBroken("The newer version cannot be published before the first one.", field="newer_on")
    known = known_versions(document)
    _ensure_comes_as_far(publication, version, known)
    _ensure_in_order(publication, version, published_on, newer_on, known)
    before, was_document = facts_of_publication(publication), publication.is_document
    if publication.is_newer:
        first = next(one for one in known if one.is_document)
        _correct(first, first.version, published_on, first.interim_until, by=by, now=now)
    _correct(publication, version, newer_on if publication.is_newer else published_on, until, by=by, now=now)
    arrange_versions(document)
    _move_with(publication, was_document=was_document, by=by, now=now)
    set_places(publication, places)
    if publication.is_draft:
        stop_sendings(publication, now=now)  # a draft is sent to nobody
    audit.record_milestone(
        document, "publication-corrected", by=by, at=now, before=before, after=facts_of_publication(publication)
    )
    settle(document, by=by, now=now, reason=_why_opened_again(publication))
    count_as_changed(document)
    db.session.flush()


def _was_as_little(publication: Publication, version: Version) -> bool:
    """Whether it was known to be this version before, with neither day nor address."""
    return publication.version is version and publication.first_published_on is None and not publication.addresses


def _ensure_comes_as_far(publication: Publication, version: Version, known: Sequence[Publication]) -> None:
    """Raises RuleBroken for a revised version of what was not revised, and where an earlier version came further: that
    one would be the present one again."""
    if version is Version.REVISED and publication.version is not Version.REVISED:
        raise RuleBroken("Record a revised version on its own page, because it reopens steps of the cycle.")
    document = publication.milestone
    reach = reach_of(version, is_document=is_document_itself(version, document.kind))
    if any(one.number < publication.number and as_known(one).reach > reach for one in known):
        raise RuleBroken(
            f"An earlier {'plan' if document.kind is Kind.PLAN else 'report'} is recorded as published, so this cannot "
            "be a draft or cover part of the period. Undo this record instead.",
            field="which",
        )


def _ensure_in_order(
    publication: Publication,
    version: Version,
    published_on: date | None,
    newer_on: date | None,
    known: Sequence[Publication],
) -> None:
    """A draft is published before what it is a draft of, and stands in no order with it."""
    field = field_out_of_order(publication, published_on, newer_on, known)
    if field and version is not Version.DRAFT:
        raise RuleBroken(OUT_OF_ORDER, field=field)


def _correct(
    row: Publication,
    version: Version,
    published_on: date | None,
    interim_until: date | None,
    *,
    by: User,
    now: datetime,
) -> None:
    """Make these the facts of a version; those before are kept, if they were others."""
    until = interim_until if version is Version.INTERIM else None
    if (row.version, row.published_on, row.interim_until) != (version, published_on, until):
        keep_facts_before(row, by=by, now=now)
        row.version, row.published_on, row.interim_until = version, published_on, until


def _move_with(publication: Publication, *, was_document: bool, by: User, now: datetime) -> None:
    """Approvals are of the document itself: they wait for it if this turns out to be a draft or an interim plan. So do
    the copies that were sent before it was published; those sent after are copies of what was published."""
    document = publication.milestone
    if publication.is_document and not was_document:
        move_approvals(approvals_of(document, None), publication)
        give_waiting_copies(publication, by=by, now=now)
    elif was_document and not publication.is_document:
        move_approvals(approvals_of(document, publication), None)
        let_copies_wait(publication)


def undo_publication(publication: Publication, reason: str, *, by: User, now: datetime) -> None:
    """Undo the record that the present version is published, with its addresses and copies; what it had completed is
    open again, and the version before it, if there is one, is present again. Its approvals wait for another version,
    and so do the copies that were sent before it was published. A revision that was published in it is in preparation
    again, and they are its own.

    The row stays, as known up to now, and the audit has the facts with the reason. The bytes of a kept copy go. Raises
    RuleBroken without a reason, and while another revision of the plan is in preparation.
    """
    if not reason.strip():
        raise RuleBroken("Enter the reason for undoing this.", field="reason")
    ensure_present(publication)
    document, file = publication.milestone, publication.kept_copy
    audit.record_milestone(
        document,
        "publication-undone",
        by=by,
        at=now,
        before=facts_of_publication(publication),
        reason=reason.strip(),
    )
    stop_sendings(publication, now=now)
    forget_undone_acts(
        document,
        {OnBehalf.PUBLISHED, OnBehalf.HISTORY},
        by_id=publication.recorded_by_id,
        at=publication.recorded_from,
    )
    if not prepare_again(publication):
        move_approvals(approvals_of(document, publication), None)
    let_copies_wait(publication)
    publication.is_present, publication.recorded_to = False, now
    arrange_versions(document)
    if file is not None:
        remove_content(file)
    settle(document, by=by, now=now, reason=reason.strip())
    count_as_changed(document)
    db.session.flush()


def _why_opened_again(publication: Publication) -> str:
    if publication.is_draft:
        return "Only a draft is published."
    return CHANGED if publication.is_document else "Only an interim plan is published."


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
