"""The versions of a document as its page lists them: what each is, where, and who recorded it when; and the approvals
and copies of those before the present one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Date, Select, and_, null, select, type_coerce, union_all

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Manner
from cycle_tracker.core.statements import built_once, number_of, rows_of
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.evidence import StoredFile
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, PublicationCopy, Version
from cycle_tracker.models.user import User


@dataclass(frozen=True)
class Recording:
    """Who recorded facts of a version, and when; the number is None and the name empty where the service did."""

    by_id: int | None
    name: str
    at: datetime


@dataclass(frozen=True)
class VersionAddress:
    """Where one form of a version is published, in one language."""

    form: Form
    language: str
    address: str


@dataclass(frozen=True)
class ListedVersion:
    """One version that is known. `recordings` are the record and its corrections, the oldest first."""

    number: int
    version: Version
    published_on: date | None
    interim_until: date | None
    is_present: bool
    kept_copy: str | None
    addresses: list[VersionAddress] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)


def list_versions(document_id: int) -> list[ListedVersion]:
    """The versions of a document, the newest first; none that was undone. In one statement."""
    rows = rows_of(_versions(), document=document_id)
    found: dict[int, ListedVersion] = {}
    for row in rows:
        if row.recorded_to is None and row.number not in found:
            found[row.number] = ListedVersion(
                row.number, row.version, row.published_on, row.interim_until, row.is_present, row.kept_copy
            )
    seen = set()
    for row in rows:
        listed = found.get(row.number)
        if listed is None:
            continue
        if row.id not in seen:
            seen.add(row.id)
            listed.recordings.append(Recording(row.recorded_by_id, row.recorded_by or "", row.recorded_from))
        if row.recorded_to is None and row.address is not None:
            listed.addresses.append(VersionAddress(row.form, row.language, row.address))
    return list(found.values())


@built_once
def _versions() -> Select[*tuple[Any, ...]]:
    """Each row of each version, the newest version first, and of that what was known first; each row once for each of
    its addresses."""
    return (
        select(
            Publication.id,
            Publication.number,
            Publication.version,
            Publication.published_on,
            Publication.interim_until,
            Publication.is_present,
            Publication.recorded_by_id,
            Publication.recorded_from,
            Publication.recorded_to,
            User.name.label("recorded_by"),
            StoredFile.name.label("kept_copy"),
            PublicationAddress.form,
            PublicationAddress.language,
            PublicationAddress.address,
        )
        .select_from(Publication)
        .outerjoin(User, User.id == Publication.recorded_by_id)
        .outerjoin(StoredFile, StoredFile.id == Publication.kept_copy_id)
        .outerjoin(PublicationAddress, PublicationAddress.publication_id == Publication.id)
        .where(Publication.milestone_id == number_of("document"))
        .order_by(
            Publication.number.desc(),
            Publication.recorded_to.is_(None),
            Publication.recorded_from,
            Publication.id,
            PublicationAddress.id,
        )
    )


class EarlierRecord(NamedTuple):
    """What is recorded of an earlier version and one organisation: what that decided on a day (`manner`), or that it
    was sent a copy on it, where `manner` is None. Days may be unknown."""

    number: int
    version: Version
    organisation: str
    manner: Manner | None
    on: date | None
    received_on: date | None


def list_earlier_records(document_id: int) -> list[EarlierRecord]:
    """The approvals and the copies of the versions before the present one, the newest version first; of none that was
    undone. In one statement."""
    found = [EarlierRecord(*row) for row in rows_of(_earlier_records(), document=document_id)]
    return sorted(found, key=lambda one: (-one.number, one.manner is None, one.organisation))


@built_once
def _earlier_records() -> CompoundSelect[*tuple[Any, ...]]:
    is_earlier = and_(
        Publication.milestone_id == number_of("document"), Publication.recorded_to.is_(None), ~Publication.is_present
    )
    version = (Publication.number, Publication.version, Organisation.name)
    approvals = (
        select(*version, Approval.manner, Approval.approved_on, type_coerce(null(), Date))
        .join(Approval, Approval.publication_id == Publication.id)
        .join(Approval.organisation)
    )
    copies = (
        select(*version, null(), PublicationCopy.sent_on, PublicationCopy.received_on)
        .join(PublicationCopy, PublicationCopy.publication_id == Publication.id)
        .join(PublicationCopy.receiver)
    )
    return union_all(*(one.where(is_earlier) for one in (approvals, copies)))


def recorders_of_present(versions: Iterable[ListedVersion]) -> frozenset[int | None]:
    """Everybody who recorded or corrected the present version."""
    return frozenset(one.by_id for version in versions if version.is_present for one in version.recordings)


def find_kept_copy(document: Milestone, number: int) -> StoredFile | None:
    """The copy that is kept of one version of a document, if that version is known and one is."""
    return db.session.scalars(
        select(StoredFile)
        .join(Publication, Publication.kept_copy_id == StoredFile.id)
        .where(Publication.milestone_id == document.id, Publication.number == number, Publication.recorded_to.is_(None))
    ).one_or_none()
