"""Those for whom notices wait: how they are named, when they take their emails, and who gets them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from cycle_tracker.reminders.queries.line_facts import contacts_who_said_done
from cycle_tracker.reminders.queries.waiting import (
    NoticeLine,
)
from cycle_tracker.reminders.rules.steps import is_early
from cycle_tracker.reminders.services.words.parts import Reader

SWITCHED_OFF = "reminders before the day are switched off"
WAITS = "it depends on a milestone that is not finished"
SAID_DONE = "the contact answered that it is done"


@dataclass(frozen=True)
class Addressee:
    """Whom notices are for: how they are named, when they take their mail, and who gets it. `stand_in` gets in their
    place what the stand-in may see, where they are away. `said_done` are the milestones of which a contact answered
    that they are done."""

    key: str
    reader: Reader
    preference: Preference
    reminds_before: bool
    said_done: frozenset[int] = frozenset()
    stand_in: "Addressee | None" = None
    stand_in_may: Viewer | None = None

    def why_not(self, line: NoticeLine) -> str:
        """Why they do not get a notice: a reminder before the day, where these are switched off, that something is late
        which waits for another by now, and what a contact answered to be done. Empty where they get it."""
        if not self.reminds_before and is_early(line.step):
            return SWITCHED_OFF
        if line.waits:
            return WAITS
        return SAID_DONE if line.milestone_id in self.said_done else ""

    def who_gets(self, line: NoticeLine) -> "Addressee":
        """Who gets it: they themselves, or their stand-in."""
        if self.stand_in is None or self.stand_in_may is None:
            return self
        is_for_stand_in = goes_to_stand_in(
            self.stand_in_may, line.audience, line.partnership_id, is_document=line.kind in DOCUMENTS
        )
        return self.stand_in if is_for_stand_in else self


def people_as_addressees(user_ids: Sequence[int], today: date) -> dict[int, Addressee]:
    """These people as addressees, each with whoever stands in for them today."""
    deputies = deputies_on(today)
    stand_ins = {user_id: stand_in(user_id, deputies) for user_id in user_ids if user_id in deputies}
    away = {user_id: deputy for user_id, deputy in stand_ins.items() if deputy != user_id}
    viewers = viewers_of(set(away.values()), today)
    people = {
        user.id: user for user in db.session.scalars(select(User).where(User.id.in_({*user_ids, *away.values()})))
    }
    there = {user_id: _addressee(person) for user_id, person in people.items()}
    return {
        user_id: replace(there[user_id], stand_in=there[away[user_id]], stand_in_may=viewers.get(away[user_id]))
        if user_id in away
        else there[user_id]
        for user_id in user_ids
    }


def _addressee(person: User) -> Addressee:
    return Addressee(
        key=addressee_of(person.id),
        reader=Reader(person.name, person.email, user_id=person.id),
        preference=person.preference,
        reminds_before=person.reminds_before,
    )


def contacts_as_addressees(contact_ids: Sequence[int]) -> dict[int, Addressee]:
    """These contacts as addressees. A contact has no deputy."""
    rows = db.session.scalars(select(Contact).where(Contact.id.in_(contact_ids)))
    done = contacts_who_said_done(contact_ids)
    return {
        one.id: Addressee(
            key=addressee_of_contact(one.id),
            reader=Reader(one.name, one.email, contact_id=one.id),
            preference=OF_CONTACTS,
            reminds_before=one.reminds_before,
            said_done=frozenset(milestone for contact, milestone in done if contact == one.id),
        )
        for one in rows
    }
