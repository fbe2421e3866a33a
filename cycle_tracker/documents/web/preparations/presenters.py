"""When a plan was prepared, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from cycle_tracker.core.kinds import Kind, PreparedFrom
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.web.links import Link, address_of, recorded_by
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class PreparedPart:
    """When a plan was prepared and what that is taken from; where the day is recorded by hand, and undone."""

    words: str
    links: list[Link]


def prepared_part(
    record: DocumentRecord, names: Mapping[int, str], *, records: bool, in_full: bool
) -> PreparedPart | None:
    if record.document.kind is not Kind.PLAN:
        return None
    found, links = record.preparation, []
    if records:
        links.append(Link("Record when the plan was prepared", address_of("preparations.record", record.document)))
    if found is None:
        return PreparedPart("Not prepared yet. A plan is prepared once every lead body has agreed to it.", links)
    words = f"Prepared on {day(found.prepared_on)}" if found.prepared_on else "Prepared, date not known"
    if found.prepared_from is PreparedFrom.PUBLICATION:
        return PreparedPart(f"{words} (taken from publication)", links)
    if found.prepared_from is PreparedFrom.APPROVALS:
        return PreparedPart(f"{words} (the last approval)", links)
    if records:
        links.append(Link("Undo this date", address_of("preparations.take_back", record.document)))
    return PreparedPart(words + (recorded_by(found.recorded_by_id, names) if in_full else ""), links)
