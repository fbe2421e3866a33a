"""The register in words."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.beside_plan.listed import BesidePlan
from cycle_tracker.documents.queries.register import EarlierVersion, PublishedAddress, PublishedDocument
from cycle_tracker.documents.queries.versions import VersionAddress
from cycle_tracker.documents.rules.languages import USUAL, language_name
from cycle_tracker.documents.web.beside_plan.words import BesideWords, beside_words
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
COLUMNS = ("Partnership", "Document", "Plan period", "Published on", "Where", "Notices and directions")


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
            _published(one.published_on, one.newer_on),
            [_link(address) for address in one.addresses],
            [_earlier(version, one.kind) for version in one.earlier],
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


def _published(published_on: date | None, newer_on: date | None) -> str:
    words = day(published_on) if published_on else "Date not known"
    return f"{words}. Newer version {day(newer_on)}" if newer_on else words


def _earlier(version: EarlierVersion, kind: Kind) -> EarlierRow:
    on = day(version.published_on) if version.published_on else "date not known"
    words = f"{version_label(version.version, kind)}, {on}"
    return EarlierRow(words, [_link(address) for address in version.addresses])


def _link(address: PublishedAddress) -> tuple[str, str]:
    if address.address.startswith(WEB):
        return address_label(address), address.address
    return address.address, ""


def version_label(version: Version, kind: Kind) -> str:
    """The version in words. The Act knows no interim plan: what goes by that name is a plan for part of the period."""
    return "One-year or interim plan" if version is Version.INTERIM and kind is Kind.PLAN else version.label


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
        "\n".join(f"{address_label(one)}: {one.address}" for one in publication.addresses),
        "\n".join(f"{one.words}: {one.address}" if one.address else one.words for one in beside),
    ]
