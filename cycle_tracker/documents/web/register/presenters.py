"""The register in words."""

from collections.abc import Iterable
from datetime import date

from cycle_tracker.documents.queries.register import PublishedAddress, PublishedDocument
from cycle_tracker.documents.rules.languages import USUAL, language_name
from cycle_tracker.models.publication import Form, PublicationAddress
from cycle_tracker.web.sheets import Cell, Sheet

FORMS = {
    Form.FULL: "Full document",
    Form.SUMMARY: "Summary",
    Form.CHILD: "For children and young people",
    Form.EASY_READ: "Easy read",
    Form.BSL: "British Sign Language",
}
COLUMNS = ("Partnership", "Document", "Plan period", "Published on", "Where")


def address_label(address: PublishedAddress | PublicationAddress) -> str:
    """What is found at an address: `Full document`, `Summary (Gaelic)`."""
    if address.language == USUAL:
        return FORMS[address.form]
    return f"{FORMS[address.form]} ({language_name(address.language)})"


def sheet(publications: Iterable[PublishedDocument], today: date) -> Sheet:
    """The register as a file has it: a row for each document, its addresses in one cell."""
    return Sheet(f"plans-and-reports-{today.isoformat()}", COLUMNS, [_cells(one) for one in publications])


def _cells(publication: PublishedDocument) -> list[Cell]:
    return [
        publication.partnership,
        publication.title,
        publication.period.label if publication.period else "",
        publication.published_on,
        "\n".join(f"{address_label(one)}: {one.address}" for one in publication.addresses),
    ]
