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
from cycle_tracker.core.wording import listed
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.user import User
from cycle_tracker.people.rules import goes_to_stand_in
from cycle_tracker.reminders.queries.audiences import addressee_of, contact_of, user_of
from cycle_tracker.reminders.queries.digest_days import digest_days_of
from cycle_tracker.reminders.queries.forecast_notices import NoticeToCome
from cycle_tracker.reminders.queries.line_facts import contacts_who_said_done
from cycle_tracker.reminders.rules.forecasts import MailAhead, mails_ahead
from cycle_tracker.reminders.rules.steps import is_early

PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class MailToCome:
    """One email that will be written. `stands_in_for` names those who are away and whose part of it the reader gets.
    `user_id` is who gets it, where that is a person."""

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


@dataclass(frozen=True)
class _People:
    """Some addressees, and everyone who may get what is theirs on one of the days ahead."""

    addressees: Mapping[str, _Addressee]
    viewers: Mapping[int, Viewer]
    deputies: Mapping[date, Mapping[int, int]]

    def who_gets(self, line: NoticeToCome, day: date) -> str:
        """Who gets a notice on a day: the person themselves, or their deputy, where that one may see it."""
        number = user_of(line.addressee)
        there = stand_in(number, self.deputies[day]) if number is not None else None
        deputy = self.addressees.get(addressee_of(there)) if there is not None and there != number else None
        if deputy is None or deputy.user_id is None:
            return line.addressee
        is_for_deputy = goes_to_stand_in(
            self.viewers[deputy.user_id],
            line.audience,
            line.about.partnership_id,
            is_document=line.about.kind in DOCUMENTS,
        )
        return addressee_of(deputy.user_id) if is_for_deputy else line.addressee

    def circle_of(self, line: NoticeToCome, day: date) -> str:
        """Whose mails are written together with those of a notice's addressee on a day."""
        number = user_of(line.addressee)
        return line.addressee if number is None else addressee_of(stand_in(number, self.deputies[day]))

    def preference_of(self, reader: str) -> Preference:
        """When a reader takes their mail."""
        return self.addressees[reader].preference

    def wants(self, line: NoticeToCome) -> bool:
        """False for a reminder before the day, where these are switched off, and for whoever has no account any more:
        no one gets what waits for them."""
        person = self.addressees.get(line.addressee)
        return person is not None and (person.reminds_before or not is_early(line.step))


def mails_to_come(lines: Iterable[NoticeToCome], ahead: Sequence[date], today: date) -> Iterator[MailToCome]:
    """The emails of every reader, a batch of addressees at a time: those together of whom one gets the other's."""
    by_addressee: dict[str, list[NoticeToCome]] = defaultdict(list)
    for line in lines:
        by_addressee[line.addressee].append(line)
    deputies = _deputies(ahead)
    for keys in _batches(by_addressee, deputies):
        addressees, viewers = _addressees(keys, deputies, today)
        people = _People(addressees, viewers, deputies)
        had = {
            key: [day for day in (one.last_on, today if one.has_todays else None) if day is not None]
            for key, one in digest_days_of(addressees.keys(), today).items()
        }
        done = contacts_who_said_done([number for key in keys if (number := contact_of(key)) is not None])
        theirs = [
            line
            for key in keys
            for line in by_addressee[key]
            if people.wants(line) and (contact_of(key), line.milestone_id) not in done
        ]
        for mail in mails_ahead(theirs, ahead, people, had):
            yield _to_come(mail, addressees)


def _batches(keys: Collection[str], deputies: Mapping[date, Mapping[int, int]]) -> Iterator[list[str]]:
    """The addressees, some hundred at a time. Those who are away, and those who may get what is theirs, are together in
    the first batch, however many they are."""
    covering = {addressee_of(one) for by_person in deputies.values() for pair in by_person.items() for one in pair}
    together = sorted(key for key in keys if key in covering)
    if together:
        yield together
    alone = sorted(key for key in keys if key not in covering)
    for start in range(0, len(alone), PEOPLE_AT_ONCE):
        yield alone[start : start + PEOPLE_AT_ONCE]


def _to_come(mail: MailAhead[NoticeToCome], addressees: Mapping[str, _Addressee]) -> MailToCome:
    reader = addressees[mail.reader]
    away = {addressees[line.addressee].name for line in mail.lines if line.addressee != mail.reader}
    return MailToCome(
        mail.day, reader.email, reader.name, mail.reader, reader.user_id, mail.lines, listed(sorted(away))
    )


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
