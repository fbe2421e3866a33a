"""The versions of a document in words, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.wording import upper_first
from cycle_tracker.documents.queries.versions import EarlierRecord, ListedVersion, Recording
from cycle_tracker.documents.web.links import Link, address_of
from cycle_tracker.documents.web.register.presenters import address_label
from cycle_tracker.documents.web.versions import version_label
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Version
from cycle_tracker.web.wording import day

ON_THE_WEB = ("https://", "http://")


@dataclass(frozen=True)
class PublishedAddress:
    """One address: what is found there. Only what a browser may open is a link."""

    label: str
    address: str

    @property
    def is_link(self) -> bool:
        """Whether it is an address on the web."""
        return self.address.lower().startswith(ON_THE_WEB)


@dataclass(frozen=True)
class VersionRow:
    """One version in the list: what it is, its day, where it is, the copy kept of it, and who recorded it when."""

    label: str
    published: str
    places: list[PublishedAddress]
    kept_copy: Link | None
    recorded: list[str]


@dataclass(frozen=True)
class EarlierRow:
    """What an organisation decided about an earlier version, or that it was sent a copy of it."""

    version: str
    organisation: str
    words: str


def earlier_rows(document: Milestone, records: Sequence[EarlierRecord]) -> list[EarlierRow]:
    """A row for each approval and each copy of the versions before the present one."""
    return [
        EarlierRow(
            version_label(one.version, document.kind), one.organisation, _approved(one) if one.manner else _sent(one)
        )
        for one in records
    ]


def _approved(one: EarlierRecord) -> str:
    return f"{one.manner.label if one.manner else ''}, {day(one.on)}"


def _sent(one: EarlierRecord) -> str:
    received = f". Received on {day(one.received_on)}" if one.received_on else ""
    return (f"Copy sent on {day(one.on)}" if one.on else "Copy sent, date not known") + received


def version_rows(document: Milestone, versions: Sequence[ListedVersion], *, in_full: bool) -> list[VersionRow]:
    """A row for each version; none where there is only one, which the page shows already. `in_full` says that the
    reader sees who recorded what."""
    if len(versions) < 2:
        return []
    return [
        VersionRow(
            label=_label(one, document),
            published=_published(one),
            places=[PublishedAddress(address_label(place), place.address) for place in one.addresses],
            kept_copy=Link(
                one.kept_copy,
                address_of("kept_copies.download_version", document, number=one.number),
                _of(one, document),
            )
            if one.kept_copy
            else None,
            recorded=[_recorded(recording, index, in_full=in_full) for index, recording in enumerate(one.recordings)],
        )
        for one in versions
    ]


def _label(one: ListedVersion, document: Milestone) -> str:
    return f"{version_label(one.version, document.kind)}{', the present version' if one.is_present else ''}"


def _of(one: ListedVersion, document: Milestone) -> str:
    return f"the {version_label(one.version, document.kind).lower()} version"


def _published(one: ListedVersion) -> str:
    words = upper_first(day(one.published_on))
    if one.version is Version.INTERIM and one.interim_until is not None:
        return f"{words}. It covers the period until {day(one.interim_until)}"
    return words


def _recorded(recording: Recording, index: int, *, in_full: bool) -> str:
    by = f" by {recording.name}" if in_full and recording.name else ""
    when = day(london_day(recording.at))
    return f"Corrected on {when}{by}" if index else f"{when}{by}"
