"""Recording that a document is published, and sending it to the Scottish Government. A fact is never blocked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.rules.publications import NOTHING_KNOWN, Unlikely, why_interim_unlikely, why_unlikely
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.sendings import send_copy, stop_sendings
from cycle_tracker.documents.services.versions import add_version, approvals_of, move_approvals, present_version
from cycle_tracker.documents.services.waiting_copies import give_waiting_copies
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, PublicationCopy, Version
from cycle_tracker.models.user import User

MOST_ADDRESSES = 12


@dataclass(frozen=True)
class PublishedAddress:
    """Where one form of a document is published, in one language."""

    form: Form
    language: str
    address: str


def record_publication(
    document: Milestone,
    *,
    address: str = "",
    published_on: date | None,
    send_to_ministers: bool,
    by: User | None,
    today: date,
    now: datetime,
    version: Version = Version.FINAL,
    interim_until: date | None = None,
    places: Sequence[PublishedAddress] = (),
    confirmed: bool = False,
) -> Publication:
    """Record when a document was published and where: at `address` in full and in English, and at `places`. With
    `send_to_ministers`, send it to Scottish Government, unless a copy to it is on record already.

    A draft, published for a consultation, finishes nothing, and what is published after it takes its place; it stays
    among the versions. The approvals and copies so far are those of the document itself. Raises RuleBroken for what is
    no document, is recorded already, or carries a day that cannot be; and Unlikely for a day that is not likely, and
    where neither a day nor an address is given, unless a person confirmed it.
    """
    earlier = _draft_before(document)
    ensure_day_of_publication(document, version, published_on, today, interim_until=interim_until, confirmed=confirmed)
    places = _with_full(address, places)
    ensure_known_or_confirmed(published_on, places, confirmed=confirmed)
    if earlier is not None:
        _put_away_draft(earlier, by=by, now=now)
    publication = add_version(document, version, published_on, interim_until=interim_until, by=by, now=now)
    set_places(publication, places)
    if publication.is_document:
        move_approvals(approvals_of(document, None), publication)
        give_waiting_copies(publication, by=by, now=now)
    _record_event(publication, by=by, now=now)
    settle(document, by=by, now=now)
    if send_to_ministers and not (publication.is_draft or _is_with_government(publication)):
        send_to_scottish_government(publication, by=by, today=today, now=now)
    count_as_changed(document)
    db.session.flush()
    return publication


def _draft_before(document: Milestone) -> Publication | None:
    """The draft of it that is published, if one is. Raises RuleBroken for what cannot be recorded as published."""
    if not document.is_document:
        raise RuleBroken("Only a plan or an annual report can be recorded as published.")
    earlier = present_version(document)
    if earlier is not None and not earlier.is_draft:
        raise RuleBroken("This is already recorded as published.", field="address")
    return earlier


def ensure_day_of_publication(
    document: Milestone,
    version: Version,
    published_on: date | None,
    today: date,
    *,
    field: str = "published_on",
    interim_until: date | None = None,
    confirmed: bool = False,
) -> None:
    """Raises RuleBroken, beside the field, for a day on which the document cannot have been published, and Unlikely for
    one that is not likely, which a person may confirm. `interim_until` counts for an interim version."""
    if published_on is None:
        return
    ensure_past_day(published_on, today, field=field)
    if confirmed or version is Version.DRAFT:
        return
    unlikely = why_unlikely(document.reports_on, published_on)
    if version is Version.INTERIM:
        unlikely = unlikely or why_interim_unlikely(published_on, interim_until)
    if unlikely:
        raise Unlikely(unlikely, field="confirmed")


def ensure_known_or_confirmed(
    published_on: date | None, places: Collection[PublishedAddress], *, confirmed: bool
) -> None:
    """Raises Unlikely where neither when nor where it was published is given, unless a person confirmed that neither is
    known: a form sent with nothing in it would say that it was published."""
    if published_on is None and not places and not confirmed:
        raise Unlikely(NOTHING_KNOWN, field="confirmed")


def _with_full(address: str, places: Sequence[PublishedAddress]) -> Sequence[PublishedAddress]:
    return [PublishedAddress(Form.FULL, "en", address), *places] if address else places


def set_places(publication: Publication, places: Sequence[PublishedAddress]) -> None:
    """Make these the addresses of a publication, and no others. Raises RuleBroken where two stand for the same."""
    wanted = {(one.form, one.language): one.address for one in places}
    if len(wanted) < len(places):
        raise RuleBroken("Enter only one address for each format and language.", field="places")
    if len(wanted) > MOST_ADDRESSES:
        raise RuleBroken(f"Enter up to {MOST_ADDRESSES} addresses.", field="places")
    known = {(one.form, one.language): one for one in publication.addresses}
    for what, row in known.items():
        if what in wanted:
            row.address = wanted[what]
        else:
            publication.addresses.remove(row)
    for what, address in wanted.items():
        if what not in known:
            form, language = what
            publication.addresses.append(PublicationAddress(form=form, language=language, address=address))


def _record_event(publication: Publication, *, by: User | None, now: datetime) -> None:
    action = {Version.DRAFT: "draft-published", Version.INTERIM: "interim-published"}.get(publication.version)
    if action is None or (action == "interim-published" and publication.is_document):
        action = "published"
    after = facts_of_publication(publication) | {"done_on": _iso(publication.published_on)}
    audit.record_milestone(publication.milestone, action, by=by, at=now, after=after)


def facts_of_publication(publication: Publication) -> dict[str, Any]:
    """A publication as the audit keeps it: `published_on` is the day of the first version."""
    return {
        "version": publication.version.value,
        "published_on": _iso(publication.first_published_on),
        "newer_on": _iso(publication.newer_on),
        "interim_until": _iso(publication.interim_until),
        "addresses": [
            {"form": (one.form or Form.FULL).value, "language": one.language or "en", "address": one.address}
            for one in publication.addresses
        ],
        "copies": [
            {
                "receiver": copy.receiver.name,
                "receiver_id": copy.receiver_id,
                "sent_on": _iso(copy.sent_on),
                "received_on": _iso(copy.received_on),
            }
            for copy in publication.copies
        ],
        "kept_copy_id": publication.kept_copy_id,
    }


def send_to_scottish_government(publication: Publication, *, by: User | None, today: date, now: datetime) -> None:
    """Email a copy to the mailbox of Scottish Government, which is recorded as sent once it is accepted; where there is
    no mailbox, record that whoever asks for this sent it today. Raises RuleBroken where it is sent or on its way."""
    government = scottish_government()
    if government.mailbox and by is not None:
        send_copy(publication, government, by=by, now=now)
    else:
        record_copy_to_government(publication, sent_on=today, by=by, now=now)


def record_copy_to_government(
    publication: Publication, *, sent_on: date | None, by: User | None, now: datetime
) -> PublicationCopy:
    """Record the day on which somebody sent the document to Scottish Government. Nothing is emailed: it was sent.

    Raises RuleBroken where that is recorded already, and for a draft.
    """
    if publication.is_draft:
        raise RuleBroken("Only a draft is published. Record the document itself first.")
    government = scottish_government()
    if _is_with_government(publication):
        raise RuleBroken("This is already recorded as sent to the Scottish Government.")
    stop_sendings(publication, now=now, receiver_id=government.id)
    copy = PublicationCopy(receiver=government, sent_on=sent_on, sent_recorded_by_id=by.id if by else None)
    publication.copies.append(copy)
    db.session.flush()
    document = publication.milestone
    audit.record_milestone(document, "told-government", by=by, at=now, after={"sent_on": sent_on})
    settle(document, by=by, now=now)
    return copy


def _is_with_government(publication: Publication) -> bool:
    government = scottish_government()
    return any(copy.receiver_id == government.id for copy in publication.copies)


def scottish_government() -> Organisation:
    """The one organisation that oversees; part of the reference data."""
    return db.session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT)
    ).one()


def _put_away_draft(draft: Publication, *, by: User | None, now: datetime) -> None:
    """The document itself takes the place of its draft, which stays among the versions."""
    audit.record_milestone(
        draft.milestone, "draft-replaced", by=by, at=now, before=facts_of_publication(draft), after={}
    )
    stop_sendings(draft, now=now)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
