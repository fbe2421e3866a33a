"""What the record of a document says of its facts."""

from datetime import date

from cycle_tracker.core.kinds import Fact, Kind, PreparedFrom
from cycle_tracker.documents.queries.document_records import DocumentRecord, outcome_of
from cycle_tracker.documents.rules.agreement import Agreement, agreement_of
from cycle_tracker.documents.rules.facts import FactState, Sent, agreed_state, published_state, sent_state
from cycle_tracker.documents.rules.prepared import LONGEST_BEFORE_PERIOD, Lead, Prepared, prepared
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.publication import Publication, Version


def prepared_of(record: DocumentRecord, today: date) -> Prepared | None:
    """Whether a plan is prepared, and from when.

    The approvals of a revised plan are its own: they leave the day on which the plan was prepared first as it was.
    """
    kept, document, publication = record.preparation, record.document, _document_itself(record)
    is_revised = publication is not None and publication.version is Version.REVISED
    if kept is not None and is_revised and kept.prepared_from is PreparedFrom.APPROVALS:
        return Prepared(kept.prepared_on, PreparedFrom.APPROVALS)
    by_hand = kept.prepared_on if kept is not None and kept.prepared_from is PreparedFrom.BY_HAND else None
    return prepared(
        _leads(record),
        {} if is_revised else _agreements(record),
        published=Agreement(publication.first_published_on) if publication is not None else None,
        by_hand=by_hand,
        earliest=_earliest(document.target_on, today),
        today=today,
    )


def fact_states(record: DocumentRecord, today: date) -> dict[Fact, FactState]:
    """How much of each fact of a document is recorded. A copy of an interim plan is no copy of the plan, and a plan may
    be sent before it is published."""
    publication = _document_itself(record)
    copies = {one.receiver_id: Sent(one.sent_on) for one in record.copies}
    ministers = [one.id for one in record.receivers if one.kind is OrganisationKind.SCOTTISH_GOVERNMENT]
    providers = [one.id for one in record.receivers if one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT]
    return {
        Fact.AGREED: agreed_state(_agreements(record), [one.id for one in record.lead_bodies], _agreed(record, today)),
        Fact.MINISTERS_SENT: sent_state(copies, ministers),
        Fact.PROVIDERS_SENT: sent_state(copies, providers),
        Fact.COPIES_SENT: sent_state(copies, [*ministers, *providers]),
        Fact.PUBLISHED: published_state(_published(record, publication)),
    }


def _agreed(record: DocumentRecord, today: date) -> Prepared | None:
    """As `prepared_of`, but by the approvals of the version that is there."""
    publication = _document_itself(record)
    if publication is None or publication.version is not Version.REVISED:
        return prepared_of(record, today)
    return prepared(
        _leads(record), _agreements(record), earliest=_earliest(record.document.target_on, today), today=today
    )


def _published(record: DocumentRecord, publication: Publication | None) -> Agreement | None:
    """A revised plan is published on a day of its own; a report counts by the day of its first version."""
    if publication is None:
        return None
    is_newer = record.document.kind is Kind.PLAN and publication.version is Version.REVISED
    return Agreement(publication.published_on if is_newer else publication.first_published_on)


def _document_itself(record: DocumentRecord) -> Publication | None:
    publication = record.publication
    return publication if publication is not None and publication.is_document else None


def _leads(record: DocumentRecord) -> list[Lead]:
    return [Lead(one.organisation_id, one.from_on, one.to_on) for one in record.leads]


def _agreements(record: DocumentRecord) -> dict[int, Agreement]:
    found = {one.organisation_id: agreement_of(outcome_of(one)) for one in record.approvals}
    return {body: agreement for body, agreement in found.items() if agreement is not None}


def _earliest(target_on: date | None, today: date) -> date:
    return min(target_on or today, today) - LONGEST_BEFORE_PERIOD
