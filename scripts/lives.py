"""`python -m scripts.lives`: a partnership in which nobody acts, from day to day, and how many emails each person gets.

The jobs are those of the service, one morning after another: deciding and gathering. What is written counts as sent.
Prints one JSON line for each person: their emails in the worst month, a mean month and in all; and exits with 1 where
somebody gets more in a month than they should (`MOST_IN_A_MONTH`).
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select, update

from cycle_tracker.core.calendar import DAY, SCOTLAND
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.periods import Period
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.group import MembershipRole
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.services.users import add_user, grant_role
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.notices import start_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices

SEVEN = time(7)
PLACE = "moray"
LEAD, FIRST, SECOND, CHAIR, MEMBER, CLERK = "lead", "contributor 1", "contributor 2", "chair", "member", "clerk"
ROLES = {
    LEAD: (Role.LEAD, None),
    FIRST: (Role.CONTRIBUTOR, None),
    SECOND: (Role.CONTRIBUTOR, None),
    CHAIR: (Role.GOVERNANCE, MembershipRole.CHAIR),
    MEMBER: (Role.GOVERNANCE, MembershipRole.MEMBER),
    CLERK: (Role.CLERK, MembershipRole.CLERK),
}
# Emails in the worst month of a life in which nobody acts. The aim for the lead is 6: one month comes to 7, in which a
# step and a report fall due within two days beside four weekly emails of what is late.
MOST_IN_A_MONTH = {LEAD: 7, CHAIR: 2}
# The period that runs when a life begins, and the next one, which is opened with it.
PERIODS = ("2026-29", "2029-32")


@dataclass(frozen=True)
class Share:
    """What one person got: emails in the month with the most, in a mean month, and in all."""

    person: str
    worst: int
    worst_month: str
    mean: float
    mails: int

    @property
    def is_too_much(self) -> bool:
        """True where they should get fewer."""
        return self.worst > MOST_IN_A_MONTH.get(self.person, sys.maxsize)


def begin(first: date, rhythm: Rhythm = Rhythm.STANDARD) -> Mapping[int, str]:
    """Fill the database: the partnership, which joins on the first day, its cycles, and its people, who own the steps
    in turn; their names by their numbers."""
    now = datetime.combine(first, SEVEN, tzinfo=LONDON)
    load_reference(now)
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == PLACE)).one()
    moray.notify_from = first
    people = {name: _person(name, moray, rhythm, now) for name in ROLES}
    for period in PERIODS:
        open_cycle(moray, Period.named(period), entered_on=first, by=None, now=now)
    owners = [people[LEAD], people[FIRST], people[SECOND]]
    for number, one in enumerate(
        db.session.scalars(select(Milestone).where(Milestone.partnership_id == moray.id).order_by(Milestone.id))
    ):
        one.owner = people[LEAD] if one.is_document else owners[number % len(owners)]
        start_notices(one)
    db.session.commit()
    return {person.id: name for name, person in people.items()}


def _person(name: str, place: Partnership, rhythm: Rhythm, now: datetime) -> User:
    role, in_group = ROLES[name]
    person = add_user(f"{name.replace(' ', '.')}@example.test", name=name.capitalize(), by=None, now=now)
    person.rhythm = rhythm
    grant_role(person, role, place, place=in_group, by=None, now=now)
    return person


def live(first: date, last: date) -> Iterator[tuple[int, date]]:
    """Every working day from the first to the last; who got an email on which day."""
    for number in range((last - first).days + 1):
        day = first + DAY * number
        if not SCOTLAND.is_working_day(day):
            continue
        now = datetime.combine(day, SEVEN, tzinfo=LONDON)
        queue_due_notices(day, now)
        gather_waiting_notices(day, now)
        sent = update(Message).where(Message.state == MessageState.QUEUED)
        got = db.session.scalars(
            sent.values(state=MessageState.SENT, ended_at=now)
            .returning(Message.user_id)
            .execution_options(synchronize_session=False)
        ).all()
        db.session.commit()
        yield from ((person, day) for person in got if person is not None)


def shares(names: Mapping[int, str], mails: Iterator[tuple[int, date]], months: int) -> list[Share]:
    """What each person got, those with the worst month first."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in names.values()}
    for person, day in mails:
        counts[names[person]][f"{day:%Y-%m}"] += 1
    found = []
    for name, by_month in counts.items():
        month, worst = max(by_month.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
        found.append(Share(name, worst, month, round(by_month.total() / months, 2), by_month.total()))
    return sorted(found, key=lambda share: (-share.worst, share.person))


def main() -> int:
    """Live it, in a database of its own, and print the shares."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--first", type=date.fromisoformat, default=date(2026, 12, 1))
    asked.add_argument("--last", type=date.fromisoformat, default=date(2029, 7, 31))
    asked.add_argument("--rhythm", type=Rhythm, choices=list(Rhythm), default=Rhythm.STANDARD)
    chosen = asked.parse_args()
    from cycle_tracker.web_app import create_app  # not at the top: whoever counts a life in a test has an app

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'life.sqlite3'}"
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": "a key of a life that nobody signs in to"})
        with app.app_context():
            upgrade()
            months = (chosen.last.year - chosen.first.year) * 12 + chosen.last.month - chosen.first.month + 1
            found = shares(begin(chosen.first, chosen.rhythm), live(chosen.first, chosen.last), months)
            db.session.remove()
            db.engine.dispose()
    for share in found:
        print(json.dumps({**vars(share), "at_most": MOST_IN_A_MONTH.get(share.person)}))
    return int(any(share.is_too_much for share in found))


if __name__ == "__main__":
    raise SystemExit(main())
