"""Recording the history of an import whose plan has no problems. Nobody is emailed, for a record of the past
is no news, but the planning leads for whom an official recorded it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.audit.services import audit
from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.services.cycles import open_documents
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent
from cycle_tracker.documents.services.on_behalf.acts import note_act
from cycle_tracker.documents.services.publication_corrections import correct_publication
from cycle_tracker.documents.services.publications import (
    PublishedAddress,
    record_publication,
    scottish_government,
)
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.imports.rules.history_rows import (
    ADDRESS,
    PUBLISHED,
    When,
)
from cycle_tracker.imports.services.history import ENGLISH, ImportedDocument, beside_what_is_there, changes_of
from cycle_tracker.imports.services.plans import Plan
from cycle_tracker.milestones.queries.milestones import government_copy
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Publication, PublicationCopy
from cycle_tracker.models.user import User


def record_history(plan: Plan, viewer: Viewer, *, by: User, today: date, now: datetime) -> None:
    """Record what a plan without problems says. Each document is audited, with who recorded it and on whose behalf."""
    wanted: list[ImportedDocument] = [step.does for step in plan.to_record]
    _enter_documents([one for one in wanted if one.document is None], by=by, today=today, now=now)
    for one in beside_what_is_there(wanted):
        _record(one, by=by, today=today, now=now)
        document = _there(one.document)
        on_behalf = not viewer.can(Permission.RECORD_PUBLICATION, one.partnership.id)
        if on_behalf:
            note_act(document, OnBehalf.HISTORY, by=by, now=now)
        audit.record_milestone(
            document,
            "history-recorded",
            by=by,
            at=now,
            after={"on_behalf": on_behalf},
            reason=one.row.note,
        )


def _enter_documents(rows: Sequence[ImportedDocument], *, by: User, today: date, now: datetime) -> None:
    """Make the milestones that are not there, a cycle at a time."""
    keys: dict[tuple[int, Period], list[str]] = defaultdict(list)
    partnerships = {one.partnership.id: one.partnership for one in rows}
    for one in rows:
        keys[one.partnership.id, one.row.document.period].append(one.row.document.key)
    for (partnership_id, period), wanted in keys.items():
        open_documents(partnerships[partnership_id], period, wanted, entered_on=today, by=by, now=now)


def _record(one: ImportedDocument, *, by: User, today: date, now: datetime) -> None:
    row = one.row
    publication = one.publication
    if publication is None and row.says_published:
        publication = record_publication(
            _there(one.document),
            address=row.address,
            published_on=row.published.on if row.published else None,
            send_to_ministers=False,
            by=by,
            today=today,
            now=now,
            confirmed=True,
        )
    elif publication is not None and {PUBLISHED, ADDRESS} & {change.what for change in changes_of(one)}:
        correct_publication(
            publication,
            version=publication.version,
            published_on=row.published.on if row.published else publication.first_published_on,
            newer_on=publication.newer_on,
            places=_places(publication, row.address),
            by=by,
            today=today,
            now=now,
            confirmed=True,
            interim_until=publication.interim_until,
        )
    if row.sent or row.received:
        _record_copy(_there(one.document), publication, one.copy, row.sent, row.received, by=by, today=today, now=now)


def _places(publication: Publication, address: str) -> list[PublishedAddress]:
    """The addresses that are there, with this one for the whole document in English."""
    places = {(one.form, one.language): one.address for one in publication.addresses}
    if address:
        places[Form.FULL, ENGLISH] = address
    return [PublishedAddress(form, language, where) for (form, language), where in places.items()]


def _record_copy(
    document: Milestone,
    publication: Publication | None,
    copy: PublicationCopy | None,
    sent: When | None,
    received: When | None,
    *,
    by: User,
    today: date,
    now: datetime,
) -> None:
    """The copy of what is published, or of a plan of which a row does not say that it is."""
    copy = copy or _new_copy(document, publication, sent.on if sent else None, by=by, today=today, now=now)
    sent_on = sent.on if sent else copy.sent_on
    received_on = received.on if received else copy.received_on
    if (sent_on, received_on) != (copy.sent_on, copy.received_on):
        correct_copy(
            document,
            copy,
            sent_on=sent_on,
            received_on=received_on,
            by=by,
            today=today,
            now=now,
            confirmed=True,
        )


def _new_copy(
    document: Milestone, publication: Publication | None, sent_on: date | None, *, by: User, today: date, now: datetime
) -> PublicationCopy:
    to = [scottish_government()]
    if publication is None:
        return record_waiting_copies(document, to, sent_on=sent_on, by=by, today=today, now=now, confirmed=True)[0]
    record_copies_sent(publication, to, sent_on=sent_on, by=by, today=today, now=now, confirmed=True)
    copy = government_copy(publication)
    if copy is None:
        raise ValueError("a copy that was recorded is not there")
    return copy


def _there(document: Milestone | None) -> Milestone:
    if document is None:
        raise ValueError("a document that was entered is not there")
    return document
