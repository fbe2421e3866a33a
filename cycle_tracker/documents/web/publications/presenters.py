"""What is published of a document, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.wording import upper_first
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.undoing import may_undo
from cycle_tracker.documents.queries.versions import EarlierRecord, ListedVersion, recorders_of_present
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.services.newer_versions import version_that_follows
from cycle_tracker.documents.web.approvals.presenters import ApprovalRow, approval_rows
from cycle_tracker.documents.web.links import Link, address_of, recorded_by
from cycle_tracker.documents.web.preparations.presenters import PreparedPart, prepared_part
from cycle_tracker.documents.web.publications.copy_rows import (
    CopyRow,
    WaitingPart,
    copy_rows,
    sending_words,
    waiting_part,
)
from cycle_tracker.documents.web.publications.versions import (
    EarlierRow,
    PublishedAddress,
    VersionRow,
    earlier_rows,
    version_rows,
)
from cycle_tracker.documents.web.register.presenters import address_label
from cycle_tracker.documents.web.versions import version_label
from cycle_tracker.milestones.queries.milestones import government_copy, holds
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class Row:
    """A name and its value, and where it is changed."""

    key: str
    value: str
    actions: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class PublishedPart:
    """What is known of a published document, or of its draft."""

    heading: str
    rows: list[Row]
    places: list[PublishedAddress]
    copies: list[CopyRow]
    kept_copy: Link | None
    links: list[Link]
    gaps: list[str]
    copy_links: list[Link] = field(default_factory=list)
    is_on_its_way: bool = False
    """Whether an email with it is on its way to the Scottish Government."""


@dataclass(frozen=True)
class NotRequired:
    """Why a document is not required. `take_back` is where an official says otherwise."""

    reason: str
    take_back: str


@dataclass(frozen=True)
class DocumentFactsPart:
    """The part of a milestone's page about its document."""

    published: PublishedPart | None
    versions: list[VersionRow]
    earlier: list[EarlierRow]
    record_address: str
    waiting: WaitingPart | None
    prepared: PreparedPart | None
    approvals: list[ApprovalRow]
    approval_gaps: list[str]
    in_full: bool
    not_required: NotRequired | None
    mark_address: str


def document_part(
    record: DocumentRecord,
    viewer: Viewer,
    names: Mapping[int, str],
    versions: Sequence[ListedVersion] = (),
    earlier: Sequence[EarlierRecord] = (),
    *,
    own: int | None,
    in_full: bool,
) -> DocumentFactsPart:
    """What the person sees of a document's facts, and where they may change them; `versions` where there are others
    than the present one, or it was corrected; `earlier` what is recorded of those before it."""
    document, gaps = record.document, record.gaps
    records = holds(viewer, Permission.RECORD_PUBLICATION, document)
    marks = holds(viewer, Permission.MARK_NOT_REQUIRED, document)
    required = document.state is not State.NOT_REQUIRED
    published = None
    if record.publication is not None:
        published = _published(
            record,
            record.publication,
            names,
            gaps_about(gaps, About.PUBLICATION),
            records=records,
            undoes=may_undo(viewer, document, {record.publication.recorded_by_id, *recorders_of_present(versions)}),
            in_full=in_full,
        )
    return DocumentFactsPart(
        published=published,
        versions=version_rows(document, versions, in_full=in_full),
        earlier=earlier_rows(document, earlier),
        record_address=address_of("publications.facts", document) if records and published is None else "",
        waiting=waiting_part(record, names, records=records, in_full=in_full) if required else None,
        prepared=prepared_part(record, names, records=records, in_full=in_full) if required else None,
        approvals=approval_rows(record, viewer, names, own=own, in_full=in_full) if required else [],
        approval_gaps=gaps_about(gaps, About.APPROVALS) if in_full else [],
        in_full=in_full,
        not_required=None
        if required
        else NotRequired(document.reason, address_of("not_required.take_back", document) if marks else ""),
        mark_address=address_of("not_required.mark", document) if marks and document.is_open else "",
    )


def _published(
    record: DocumentRecord,
    publication: Publication,
    names: Mapping[int, str],
    gaps: list[str],
    *,
    records: bool,
    undoes: bool,
    in_full: bool,
) -> PublishedPart:
    document, following = record.document, version_that_follows(publication.version)
    links = []
    if undoes:
        links.append(Link("Recorded by mistake? Undo it", address_of("publications.undo", document)))
    if records:
        links.append(Link("Change publication details", address_of("publications.facts", document)))
        links.append(Link("Keep a copy here", address_of("kept_copies.keep", document)))
        if following is not None:
            links.append(
                Link(f"Record a {following.label.lower()} version", address_of("publications.newer", document))
            )
    copies, copy_links = [], []
    if publication.is_document:
        copies = copy_rows(record, names, records=records, in_full=in_full)
        if records and record.may_receive:
            copy_links.append(Link("Record copies sent", address_of("copies.record", document)))
    return PublishedPart(
        heading="Draft published" if publication.is_draft else "Publication",
        rows=_rows(record, publication, names, records=records, in_full=in_full),
        places=[PublishedAddress(address_label(one), one.address) for one in publication.addresses],
        copies=copies,
        kept_copy=Link(publication.kept_copy.name, address_of("kept_copies.download", document))
        if publication.kept_copy
        else None,
        links=links,
        gaps=[*gaps, *(gaps_about(record.gaps, About.COPIES) if publication.is_document else [])],
        copy_links=copy_links,
        is_on_its_way=any(
            one.kind is OrganisationKind.SCOTTISH_GOVERNMENT and record.is_being_sent_to(one)
            for one in record.receivers
        ),
    )


def _rows(
    record: DocumentRecord, publication: Publication, names: Mapping[int, str], *, records: bool, in_full: bool
) -> list[Row]:
    rows = [
        Row("Version", version_label(publication.version, record.document.kind)),
        Row("Published on", upper_first(day(publication.published_on))),
    ]
    if publication.version is Version.INTERIM and publication.interim_until is not None:
        rows.append(Row("Covers the period until", day(publication.interim_until)))
    if not publication.is_document:
        return rows
    if publication.is_newer:
        rows[1:] = [
            Row("This version published on", upper_first(day(publication.published_on))),
            Row("First version published on", upper_first(day(publication.first_published_on))),
        ]
    copy = government_copy(publication)
    if copy is None:
        sending = next((record.sendings[one.id] for one in record.receivers if _is_being_sent(record, one)), None)
        if sending is None and record.document.kind is not Kind.PLAN:
            return rows
        return [*rows, Row("Sent to the Scottish Government on", sending_words(sending))]
    change = []
    if records:
        address = address_of("copies.correct", record.document, receiver_id=copy.receiver_id)
        change.append(Link("Change", address, "the copy to the Scottish Government"))
    received = day(copy.received_on) if copy.received_on else "Not recorded yet"
    sent_by = recorded_by(copy.sent_recorded_by_id, names) if in_full else ""
    received_by = recorded_by(copy.received_recorded_by_id, names) if in_full and copy.received_on else ""
    return [
        *rows,
        Row("Sent to the Scottish Government on", upper_first(day(copy.sent_on)) + sent_by, change),
        Row("Received by the Scottish Government on", received + received_by),
    ]


def _is_being_sent(record: DocumentRecord, receiver: Organisation) -> bool:
    return receiver.kind is OrganisationKind.SCOTTISH_GOVERNMENT and receiver.id in record.sendings
