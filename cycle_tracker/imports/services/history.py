"""The history of plans and reports: what rows say of documents, against what is recorded, and recording it.

Nobody is mailed: a record of the past is no news. A document that somebody recorded meanwhile is shown with its name.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.periods import Period
from cycle_tracker.core.wording import day
from cycle_tracker.cycles.services.cycles import open_documents
from cycle_tracker.documents.services.copies import correct_copy, record_copies_sent
from cycle_tracker.documents.services.publication_facts import Place, correct_publication
from cycle_tracker.documents.services.publications import record_publication, scottish_government
from cycle_tracker.imports.queries import may_record, milestones_by_key, names_of, publications_of
from cycle_tracker.imports.rules.history_rows import (
    ADDRESS,
    DOCUMENT,
    PARTNERSHIP,
    PUBLISHED,
    RECEIVED,
    SENT,
    HistoryRow,
    When,
    read_history_rows,
)
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow
from cycle_tracker.imports.services.plans import Change, Effect, Plan, Step, in_order, place_rows
from cycle_tracker.milestones.queries.milestones import government_copy
from cycle_tracker.models import Form, Milestone, Partnership, Publication, PublicationCopy, User

ENGLISH = "en"


@dataclass(frozen=True)
class _Row:
    """One row with what is there of its document."""

    row: HistoryRow
    partnership: Partnership
    document: Milestone | None = None
    publication: Publication | None = None

    @property
    def copy(self) -> PublicationCopy | None:
        return government_copy(self.publication) if self.publication else None


def plan_history(rows: Sequence[SheetRow], viewer: Viewer, today: date, *, only: Partnership | None = None) -> Plan:
    """What these rows would change, in a constant number of statements; with `only`, all must be about one partnership.

    Every problem of every row is told.
    """
    read, found = read_history_rows(rows, today)
    problems = list(found)
    places = place_rows(rows, PARTNERSHIP, problems, only=only, allows=partial(may_record, viewer))
    placed = _beside_what_is_there(_each_once(read, places, problems))
    _refuse_what_cannot_be(placed, viewer, problems)
    if problems:
        return Plan(problems=in_order(problems))
    names = names_of({one.publication.recorded_by_id for one in placed if one.publication})
    return Plan(steps=[_step(one, names) for one in placed])


def record_history(plan: Plan, viewer: Viewer, *, by: User, today: date, now: datetime) -> None:
    """Record what a plan without problems says. Each document is audited, with who recorded it and on whose behalf."""
    wanted: list[_Row] = [step.does for step in plan.to_record]
    _enter_documents([one for one in wanted if one.document is None], by=by, today=today, now=now)
    for one in _beside_what_is_there(wanted):
        _record(one, by=by, today=today, now=now)
        document = _there(one.document)
        audit.record_milestone(
            document,
            "history-recorded",
            by=by,
            at=now,
            after={"on_behalf": not viewer.can(Permission.RECORD_PUBLICATION, one.partnership.id)},
            reason=one.row.note,
        )


def _each_once(rows: Sequence[HistoryRow], places: dict[int, Partnership], problems: list[Problem]) -> list[_Row]:
    """The rows whose partnership is known, each document once."""
    first_of: dict[tuple[int, str], int] = {}
    found = []
    for row in rows:
        partnership = places.get(row.number)
        if partnership is None:
            continue
        first = first_of.setdefault((partnership.id, row.document.key), row.number)
        if first == row.number:
            found.append(_Row(row, partnership))
        else:
            problems.append(Problem(row.number, DOCUMENT, f"Row {first} is for the same document."))
    return found


def _beside_what_is_there(rows: Sequence[_Row]) -> list[_Row]:
    """The rows with the documents that they name and what is recorded of them. A draft is no record of a document."""
    documents = milestones_by_key({one.partnership.id for one in rows}, {one.row.document.key for one in rows})
    publications = publications_of([document.id for document in documents.values()])
    found = []
    for one in rows:
        document = documents.get((one.partnership.id, one.row.document.key))
        publication = publications.get(document.id) if document else None
        found.append(
            replace(
                one,
                document=document,
                publication=None if publication is None or publication.is_draft else publication,
            )
        )
    return found


def _refuse_what_cannot_be(rows: Sequence[_Row], viewer: Viewer, problems: list[Problem]) -> None:
    """Add what the rows cannot know of themselves: what stands beside them already."""
    for one in rows:
        row, copy, publication = one.row, one.copy, one.publication
        if one.document is not None and not one.document.is_document:
            problems.append(
                Problem(row.number, DOCUMENT, f"The key {row.document.key} is already used for “{one.document.title}”.")
            )
        if copy is not None and row.received is not None:
            if not row.sent and copy.sent_on and row.received.on and row.received.on < copy.sent_on:
                problems.append(
                    Problem(row.number, RECEIVED, f"It is already recorded as sent on {day(copy.sent_on)}.")
                )
            is_new = copy.received_on is not None and row.received.on != copy.received_on
            if is_new and not viewer.can(Permission.RECORD_RECEIPTS, one.partnership.id):
                problems.append(
                    Problem(
                        row.number,
                        RECEIVED,
                        f"{copy.receiver.name} recorded that it was received on {day(copy.received_on)}. "
                        "Leave this empty.",
                    )
                )
        newer_on = publication.newer_on if publication else None
        if newer_on and row.published and row.published.on and row.published.on > newer_on:
            problems.append(
                Problem(
                    row.number,
                    PUBLISHED,
                    f"A newer version was published on {day(newer_on)}, which is before this date.",
                )
            )


def _step(one: _Row, names: dict[int, str]) -> Step:
    changes = tuple(_changes(one)) if one.row.says_something else ()
    if not one.row.says_something:
        effect = Effect.NOTHING if one.publication is None else Effect.UNCHANGED
    elif one.publication is None:
        effect = Effect.NEW
    else:
        effect = Effect.CHANGED if changes else Effect.UNCHANGED
    return Step(
        number=one.row.number,
        place=one.partnership.name,
        subject=one.row.document.label,
        effect=effect,
        changes=changes,
        note=_recorded_by(one.publication, names) if effect is Effect.CHANGED else "",
        does=one,
    )


def _changes(one: _Row) -> list[Change]:
    row, publication, copy = one.row, one.publication, one.copy
    found = []
    if publication is None or (row.published and row.published.on != publication.published_on):
        old = day(publication.published_on) if publication else ""
        found.append(Change(PUBLISHED, old, day(row.published.on if row.published else None)))
    old_address = full_address(publication)
    if row.address and row.address != old_address:
        found.append(Change(ADDRESS, old_address, row.address))
    if row.sent and (copy is None or row.sent.on != copy.sent_on):
        found.append(Change(SENT, day(copy.sent_on) if copy else "", day(row.sent.on)))
    if row.received and (copy is None or row.received.on != copy.received_on):
        old = day(copy.received_on) if copy and copy.received_on else ""
        found.append(Change(RECEIVED, old, day(row.received.on)))
    return found


def full_address(publication: Publication | None) -> str:
    """Where the whole document is published, in English."""
    addresses = publication.addresses if publication else []
    return next((one.address for one in addresses if one.form is Form.FULL and one.language == ENGLISH), "")


def _recorded_by(publication: Publication | None, names: dict[int, str]) -> str:
    if publication is None:
        return ""
    who = names.get(publication.recorded_by_id or 0, "")
    return f"Recorded {f'by {who} ' if who else ''}on {day(london_day(publication.recorded_at))}"


def _enter_documents(rows: Sequence[_Row], *, by: User, today: date, now: datetime) -> None:
    """Make the milestones that are not there, a cycle at a time."""
    keys: dict[tuple[int, Period], list[str]] = defaultdict(list)
    partnerships = {one.partnership.id: one.partnership for one in rows}
    for one in rows:
        keys[one.partnership.id, one.row.document.period].append(one.row.document.key)
    for (partnership_id, period), wanted in keys.items():
        open_documents(partnerships[partnership_id], period, wanted, entered_on=today, by=by, now=now)


def _record(one: _Row, *, by: User, today: date, now: datetime) -> None:
    row = one.row
    publication = one.publication
    if publication is None:
        publication = record_publication(
            _there(one.document),
            address=row.address,
            published_on=row.published.on if row.published else None,
            tell_government=False,
            by=by,
            today=today,
            now=now,
        )
    elif {PUBLISHED, ADDRESS} & {change.what for change in _changes(one)}:
        correct_publication(
            publication,
            version=publication.version,
            published_on=row.published.on if row.published else publication.published_on,
            newer_on=publication.newer_on,
            places=_places(publication, row.address),
            by=by,
            today=today,
            now=now,
        )
    if row.sent or row.received:
        _record_copy(publication, one.copy, row.sent, row.received, by=by, today=today, now=now)


def _places(publication: Publication, address: str) -> list[Place]:
    """The addresses that are there, with this one for the whole document in English."""
    places = {(one.form, one.language): one.address for one in publication.addresses}
    if address:
        places[Form.FULL, ENGLISH] = address
    return [Place(form, language, where) for (form, language), where in places.items()]


def _record_copy(
    publication: Publication,
    copy: PublicationCopy | None,
    sent: When | None,
    received: When | None,
    *,
    by: User,
    today: date,
    now: datetime,
) -> None:
    if copy is None:
        sent_on = sent.on if sent else None
        record_copies_sent(publication, [scottish_government()], sent_on=sent_on, by=by, today=today, now=now)
        copy = government_copy(publication)
    if copy is None:
        raise ValueError("a copy that was recorded is not there")
    sent_on = sent.on if sent else copy.sent_on
    received_on = received.on if received else copy.received_on
    if (sent_on, received_on) != (copy.sent_on, copy.received_on):
        correct_copy(publication, copy, sent_on=sent_on, received_on=received_on, by=by, today=today, now=now)


def _there(document: Milestone | None) -> Milestone:
    if document is None:
        raise ValueError("a document that was entered is not there")
    return document
