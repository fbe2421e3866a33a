"""The register in words."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from cycle_tracker.documents.queries.beside_plan.listed import BesidePlan
from cycle_tracker.documents.queries.register import EarlierVersion, PublishedAddress, PublishedDocument
from cycle_tracker.documents.queries.versions import VersionAddress
from cycle_tracker.documents.rules.languages import USUAL, language_name
from cycle_tracker.documents.web.beside_plan.words import BesideWords, beside_words
from cycle_tracker.documents.web.versions import version_label, version_words
from cycle_tracker.models.publication import Form, PublicationAddress, Version
from cycle_tracker.web.sheets import Cell, Sheet
from cycle_tracker.web.wording import day

FORMS = {
    Form.FULL: "Full document",
    Form.SUMMARY: "Summary",
    Form.CHILD: "For children and young people",
    Form.EASY_READ: "Easy read",
    Form.BSL: "British Sign Language",
}
COLUMNS = ("Partnership", "Document", "Plan period", "Published on", "Version", "Where", "Notices and directions")


WEB = ("https://", "http://")


class PublishedRow(NamedTuple):
    """One document of the register, with the versions before it. Each address has its words and its link, which is
    empty where it is no web address."""

    partnership: str
    title: str
    published: str
    addresses: Sequence[tuple[str, str]]
    earlier: Sequence["EarlierRow"] = ()
    beside: Sequence[BesideWords] = ()


class UnpublishedRow(NamedTuple):
    """A notice or a direction about a plan that is not published."""

    partnership: str
    title: str
    beside: BesideWords


class EarlierRow(NamedTuple):
    """A version that was published before the present one: what it is and its day, and its addresses."""

    words: str
    addresses: Sequence[tuple[str, str]]


def rows(publications: Iterable[PublishedDocument], beside: Iterable[BesidePlan] = ()) -> list[PublishedRow]:
    """Documents as the page lists them, each with what is recorded beside it."""
    words = _by_document(beside)
    return [
        PublishedRow(
            one.partnership,
            one.title,
            _published(one),
            [_link(address) for address in one.addresses],
            [_earlier(one, place) for place, _ in enumerate(one.earlier)],
            words.get(one.milestone_id, ()),
        )
        for one in publications
    ]


def unpublished_rows(beside: Iterable[BesidePlan]) -> list[UnpublishedRow]:
    """What is recorded beside plans that are not published."""
    return [UnpublishedRow(one.partnership, one.title, beside_words(one)) for one in beside if not one.is_published]


def _by_document(beside: Iterable[BesidePlan]) -> dict[int, list[BesideWords]]:
    found: dict[int, list[BesideWords]] = {}
    for one in beside:
        found.setdefault(one.milestone_id, []).append(beside_words(one))
    return found


def _published(one: PublishedDocument) -> str:
    """The day of the document, and the name of the version that is published, if that is another than the first."""
    words = day(one.published_on) if one.published_on else "Date not known"
    name = _version(one)
    return f"{words}. {name}" if name else words


def _version(one: PublishedDocument) -> str:
    return version_words(
        one.version, one.kind, interim_until=one.interim_until, newer_on=one.newer_on, revised=_revised(one.earlier) + 1
    )


def _earlier(document: PublishedDocument, place: int) -> EarlierRow:
    version = document.earlier[place]
    on = day(version.published_on) if version.published_on else "date not known"
    name = version_label(version.version, document.kind)
    if version.version is Version.REVISED:  # the newest stands first
        name = f"Revised version {_revised(document.earlier[place:])}"
    until = f", until {day(version.interim_until)}" if version.interim_until is not None else ""
    return EarlierRow(f"{name}, {on}{until}", [_link(address) for address in version.addresses])


def _revised(versions: Sequence[EarlierVersion]) -> int:
    return sum(one.version is Version.REVISED for one in versions)


def _link(address: PublishedAddress) -> tuple[str, str]:
    if address.address.startswith(WEB):
        return address_label(address), address.address
    return address.address, ""


def address_label(address: PublishedAddress | PublicationAddress | VersionAddress) -> str:
    """What is found at an address: `Full document`, `Summary (Gaelic)`."""
    if address.language == USUAL:
        return FORMS[address.form]
    return f"{FORMS[address.form]} ({language_name(address.language)})"


def sheet(publications: Iterable[PublishedDocument], beside: Iterable[BesidePlan], today: date) -> Sheet:
    """The register as a file has it: a row for each document, its addresses in one cell, and in one what is recorded
    beside it."""
    words = _by_document(beside)
    cells = [_cells(one, words.get(one.milestone_id, ())) for one in publications]
    return Sheet(f"plans-and-reports-{today.isoformat()}", COLUMNS, cells)


def _cells(publication: PublishedDocument, beside: Sequence[BesideWords]) -> list[Cell]:
    return [
        publication.partnership,
        publication.title,
        publication.period.label if publication.period else "",
        publication.published_on,
        _version(publication),
        "\n".join(f"{address_label(one)}: {one.address}" for one in publication.addresses),
        "\n".join(f"{one.words}: {one.address}" if one.address else one.words for one in beside),
    ]
