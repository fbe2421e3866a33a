"""The copies of a document in words: to whom each was sent, and when it was received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.wording import upper_first
from cycle_tracker.documents.queries.copies import SendingFacts
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.web.links import Link, address_of, recorded_by
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class CopyRow:
    """The copy to one receiver. `address` is where its facts are changed."""

    receiver: str
    sent: str
    received: str
    address: str = ""


@dataclass(frozen=True)
class WaitingPart:
    """The copies of a plan that is not published itself: what is known in a sentence, a row for each receiver, and
    where copies are recorded."""

    words: str
    rows: list[CopyRow]
    links: list[Link]
    gaps: list[str]


def copy_rows(record: DocumentRecord, names: Mapping[int, str], *, records: bool, in_full: bool) -> list[CopyRow]:
    """A row for each receiver except the Scottish Government, which is shown with the publication."""
    others = [one for one in record.receiving_bodies if one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT]
    return _copy_rows(record, others, names, records=records, in_full=in_full)


def waiting_part(
    record: DocumentRecord, names: Mapping[int, str], *, records: bool, in_full: bool
) -> WaitingPart | None:
    """The copies of a plan that is not published itself, once it is prepared or one is recorded. Before that there is
    only where to record them; None for who may not."""
    if record.document.kind is not Kind.PLAN or record.is_published:
        return None
    links = [Link("Record copies sent", address_of("copies.record", record.document))]
    links = links if records and record.may_receive else []
    if record.document.state is not State.DONE and not record.copies:
        return (
            WaitingPart("If copies of the plan are already sent, record them here.", [], links, []) if links else None
        )
    sent = sum(record.copy_to(one.id) is not None for one in record.receivers)
    is_interim = record.publication is not None and not record.publication.is_draft
    plan = "plan for the full period" if is_interim else "plan"
    words = f"The {plan} is not recorded as published. Copies recorded as sent: {sent} of {len(record.receivers)}."
    rows = _copy_rows(record, record.receiving_bodies, names, records=records, in_full=in_full)
    return WaitingPart(words, rows, links, gaps_about(record.gaps, About.COPIES))


def coming_copy_rows(record: DocumentRecord, names: Mapping[int, str], *, records: bool) -> list[CopyRow]:
    """A row for each receiver of a revision in preparation, for the people of the partnership."""
    endpoint = "copies.correct_coming" if records else ""
    return [_copy_row(record, one, names, endpoint=endpoint, in_full=True) for one in record.receiving_bodies]


def _copy_rows(
    record: DocumentRecord, receivers: Sequence[Organisation], names: Mapping[int, str], *, records: bool, in_full: bool
) -> list[CopyRow]:
    endpoint = "copies.correct" if records else ""
    return [_copy_row(record, receiver, names, endpoint=endpoint, in_full=in_full) for receiver in receivers]


def sending_words(sending: SendingFacts | None) -> str:
    """What is known of a copy that nobody was sent yet."""
    if sending is None:
        return "Not recorded yet"
    if sending.refused_at is not None:
        return f"Not sent. The email was refused: {sending.answer}"
    return "Being sent by email. We will record it as sent when their mail server accepts it"


def _copy_row(
    record: DocumentRecord, receiver: Organisation, names: Mapping[int, str], *, endpoint: str, in_full: bool
) -> CopyRow:
    copy = record.copy_to(receiver.id)
    if copy is None:
        return CopyRow(receiver.name, sending_words(record.sendings.get(receiver.id)), "")
    sent_by = recorded_by(copy.sent_recorded_by_id, names) if in_full else ""
    received_by = recorded_by(copy.received_recorded_by_id, names) if in_full and copy.received_on else ""
    return CopyRow(
        receiver=receiver.name,
        sent=upper_first(day(copy.sent_on)) + sent_by,
        received=day(copy.received_on) + received_by if copy.received_on else "Not recorded yet",
        address=address_of(endpoint, record.document, receiver_id=receiver.id) if endpoint else "",
    )
