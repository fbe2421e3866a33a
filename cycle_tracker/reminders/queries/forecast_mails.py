"""The emails of the days ahead: the notices of each addressee, and the deputy who gets them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.preferences import OF_CONTACTS, Preference
from cycle_tracker.core.stand_ins import stand_in
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.user import User
from cycle_tracker.people.rules import goes_to_stand_in
from cycle_tracker.reminders.queries.audiences import addressee_of, contact_of, user_of
from cycle_tracker.reminders.queries.digest_days import NO_DIGESTS, digest_days_of
from cycle_tracker.reminders.queries.forecast_notices import NoticeToCome
from cycle_tracker.reminders.rules.forecasts import mails_ahead

PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class MailToCome:
    """One email that will be written. `stands_in_for` names who is away, where a deputy gets it. `user_id` is who gets
    it, where that is a person."""

    day: date
    recipient: str
    name: str
    addressee: str
    user_id: int | None
    notices: Sequence[NoticeToCome]
    stands_in_for: str = ""


@dataclass(frozen=True)
class _Addressee:
    """Who notices are for: their email address, their preference, and what they may see."""

    name: str
    email: str
    user_id: int | None
    preference: Preference
    reminds_before: bool = True


def mails_to_come(lines: Iterable[NoticeToCome], ahead: Sequence[date], today: date) -> Iterator[MailToCome]:
    """The emails of every addressee, a batch of them at a time."""
    by_addressee: dict[str, list[NoticeToCome]] = defaultdict(list)
    for line in lines:
        by_addressee[line.addressee].append(line)
    keys = sorted(by_addressee)
    deputies = _deputies(ahead)
    for start in range(0, len(keys), PEOPLE_AT_ONCE):
        some = keys[start : start + PEOPLE_AT_ONCE]
        had = digest_days_of(some, today)
        addressees, viewers = _addressees(some, deputies, today)
        for key in some:
            if (person := addressees.get(key)) is None:
                continue  # their account was closed: no one gets what waits for them
            theirs = had.get(key, NO_DIGESTS)
            for mail in mails_ahead(
                by_addressee[key],
                person.preference,
                ahead,
                reminds_before=person.reminds_before,
                had_digest_on=[today] if theirs.has_todays else [],
                last_digest_on=theirs.last_on,
            ):
                yield from _by_reader(key, person, mail.day, mail.lines, deputies[mail.day], addressees, viewers)


def _by_reader(
    key: str,
    person: _Addressee,
    day: date,
    lines: Sequence[NoticeToCome],
    deputies: Mapping[int, int],
    addressees: Mapping[str, _Addressee],
    viewers: Mapping[int, Viewer],
) -> Iterator[MailToCome]:
    """What the deputy of somebody who is away will get, and what is left for the person."""
    number = stand_in(person.user_id, deputies) if person.user_id is not None else None
    deputy = addressees.get(addressee_of(number)) if number is not None and number != person.user_id else None
    theirs: list[NoticeToCome] = []
    if deputy is not None and deputy.user_id is not None:
        may = viewers[deputy.user_id]
        theirs = [
            line
            for line in lines
            if goes_to_stand_in(may, line.audience, line.about.partnership_id, is_document=line.about.kind in DOCUMENTS)
        ]
        if theirs:
            yield MailToCome(day, deputy.email, deputy.name, key, deputy.user_id, theirs, stands_in_for=person.name)
    taken = {id(line) for line in theirs}
    left = [line for line in lines if id(line) not in taken]
    if left:
        yield MailToCome(day, person.email, person.name, key, person.user_id, left)


def _addressees(
    keys: Collection[str], deputies: Mapping[date, Mapping[int, int]], today: date
) -> tuple[dict[str, _Addressee], dict[int, Viewer]]:
    """These addressees and everyone who may cover for one of them, and what the people among them may see."""
    user_ids = {number for key in keys if (number := user_of(key)) is not None}
    user_ids |= {deputy for by_person in deputies.values() for deputy in by_person.values()}
    viewers = viewers_of(user_ids, today)
    found = {
        addressee_of(user.id): _Addressee(user.name, user.email, user.id, user.preference, user.reminds_before)
        for user in db.session.scalars(select(User).where(User.id.in_(viewers)))
    }
    contact_ids = [number for key in keys if (number := contact_of(key)) is not None]
    for one in db.session.scalars(select(Contact).where(Contact.id.in_(contact_ids), Contact.active)):
        found[f"contact:{one.id}"] = _Addressee(one.name, one.email, None, OF_CONTACTS, one.reminds_before)
    return found, viewers


def _deputies(ahead: Sequence[date]) -> dict[date, dict[int, int]]:
    """The deputy of everyone who will be away, by day; where two were set, the later counts. One statement."""
    rows = db.session.execute(
        select(Delegation.user_id, Delegation.deputy_id, Delegation.from_on, Delegation.to_on)
        .join(User, User.id == Delegation.deputy_id)
        .where(
            Delegation.from_on <= ahead[-1], Delegation.to_on >= ahead[0], Delegation.ended_at.is_(None), User.active
        )
        .order_by(Delegation.id)
    ).all()
    return {day: {row.user_id: row.deputy_id for row in rows if row.from_on <= day <= row.to_on} for day in ahead}
