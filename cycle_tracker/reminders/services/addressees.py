"""Those for whom notices wait: how they are named, when they take their emails, and who gets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.audit.queries.deputies import deputies_on
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.preferences import OF_CONTACTS, Preference
from cycle_tracker.core.stand_ins import stand_in
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.user import User
from cycle_tracker.people.rules import goes_to_stand_in
from cycle_tracker.reminders.queries.audiences import addressee_of, addressee_of_contact
from cycle_tracker.reminders.queries.waiting import (
    NoticeLine,
)
from cycle_tracker.reminders.rules.steps import BEFORE
from cycle_tracker.reminders.services.words.digests import Reader


@dataclass(frozen=True)
class Addressee:
    """Whom notices are for: how they are named, when they take their mail, and who gets it. `stand_in` is the deputy of
    somebody who is away, for what the deputy may see."""

    key: str
    reader: Reader
    preference: Preference
    reminds_before: bool
    stand_in: Reader | None = None
    stand_in_may: Viewer | None = None

    def wants(self, line: NoticeLine) -> bool:
        """False for a reminder before the day, where these are switched off."""
        return self.reminds_before or not line.step.startswith(BEFORE)

    def has_for_stand_in(self, line: NoticeLine) -> bool:
        """True for what goes to the deputy."""
        return self.stand_in_may is not None and goes_to_stand_in(
            self.stand_in_may, line.audience, line.partnership_id, is_document=line.kind in DOCUMENTS
        )


def people_as_addressees(user_ids: Sequence[int], today: date) -> dict[int, Addressee]:
    """These people as addressees, each with whoever stands in for them today."""
    deputies = deputies_on(today)
    stand_ins = {user_id: stand_in(user_id, deputies) for user_id in user_ids if user_id in deputies}
    away = {user_id: deputy for user_id, deputy in stand_ins.items() if deputy != user_id}
    viewers = viewers_of(set(away.values()), today)
    people = {
        user.id: user for user in db.session.scalars(select(User).where(User.id.in_({*user_ids, *away.values()})))
    }
    return {user_id: _addressee(people[user_id], people.get(away.get(user_id, 0)), viewers) for user_id in user_ids}


def _addressee(person: User, deputy: User | None, viewers: dict[int, Viewer]) -> Addressee:
    return Addressee(
        key=addressee_of(person.id),
        reader=Reader(person.name, person.email, user_id=person.id),
        preference=person.preference,
        reminds_before=person.reminds_before,
        stand_in=Reader(deputy.name, deputy.email, user_id=deputy.id, stands_in_for=person.name) if deputy else None,
        stand_in_may=viewers.get(deputy.id) if deputy else None,
    )


def contacts_as_addressees(contact_ids: Sequence[int]) -> dict[int, Addressee]:
    """These contacts as addressees. A contact has no deputy."""
    rows = db.session.scalars(select(Contact).where(Contact.id.in_(contact_ids)))
    return {
        one.id: Addressee(
            key=addressee_of_contact(one.id),
            reader=Reader(one.name, one.email, contact_id=one.id),
            preference=OF_CONTACTS,
            reminds_before=one.reminds_before,
        )
        for one in rows
    }
