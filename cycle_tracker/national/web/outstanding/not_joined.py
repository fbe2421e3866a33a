"""Partnerships that have not joined, in words: one row for each, with the documents that it stands for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from cycle_tracker.core import addresses
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.documents.queries.documents import Document
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import count


@dataclass(frozen=True)
class NotJoined:
    """One partnership with its plans and reports that are past their date and of which nothing is recorded: title and
    address of each, the oldest first; the page on which they are recorded on its behalf, and that on which
    the partnership is asked about them."""

    name: str
    address: str
    number: str
    documents: Sequence[tuple[str, str]]
    record: str
    ask: str


def stands_in_row(document: Document) -> bool:
    """True for a document that the row of its partnership stands for."""
    return document.state is DocumentState.NO_RECORD and not document.joined


def not_joined(documents: Iterable[Document]) -> list[NotJoined]:
    """The rows, by name."""
    found = sorted(
        (one for one in documents if stands_in_row(one)),
        key=lambda one: (one.partnership_name, one.partnership_slug, one.target_on, one.key),
    )
    return [_row(slug, list(of_one)) for slug, of_one in groupby(found, key=lambda one: one.partnership_slug)]


def _row(slug: str, documents: Sequence[Document]) -> NotJoined:
    return NotJoined(
        name=documents[0].partnership_name,
        address=addresses.partnership(slug),
        number=count(len(documents), "plan or report", "plans and reports"),
        documents=[(one.title, addresses.milestone(slug, one.key)) for one in documents],
        record=url_for("history.show", slug=slug),
        ask=url_for("partnership_contact.letter", slug=slug),
    )
