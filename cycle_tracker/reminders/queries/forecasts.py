"""What would be mailed to whom in the days ahead: the rules walked over every milestone that will be told of.

Milestones are read in batches, in the order of their bookmarks, so that memory follows what will be told, and not
what there is.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, true, tuple_

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind
from cycle_tracker.core.preferences import Preference
from cycle_tracker.core.stand_ins import stand_in
from cycle_tracker.jobs.queries import QUEUE_NOTICES, has_finished_on
from cycle_tracker.models import Contact, Delegation, Message, Milestone, Notice, Partnership, User
from cycle_tracker.people.rules import goes_to_stand_in
from cycle_tracker.reminders.queries.audiences import addressee_of, contact_of, user_of
from cycle_tracker.reminders.queries.deadlines import Policies
from cycle_tracker.reminders.queries.deciding import DECIDING, facts_for_batch
from cycle_tracker.reminders.rules.forecasts import mails_ahead, notices_ahead, working_days
from cycle_tracker.reminders.rules.policies import FURTHEST_BEFORE

BATCH = 500
PEOPLE_AT_ONCE = 500
FURTHEST = FURTHEST_BEFORE + DAY * 60
"""So far behind its date a reminder may lie, with the closure days before it."""


@dataclass(frozen=True)
class About:
    """The milestone that a notice tells of."""

    id: int
    key: str
    title: str
    kind: Kind
    partnership_id: int | None
    partnership: str
    slug: str


@dataclass(frozen=True)
class NoticeToCome:
    """One notice that waits, or will be written on the day `queued_on`."""

    about: About
    addressee: str
    step: str
    audience: Audience
    due_on: date
    at_once: bool
    queued_on: date

    @property
    def milestone_id(self) -> int:
        """The milestone's number: what a mail gathers by."""
        return self.about.id


@dataclass(frozen=True)
class MailToCome:
    """One mail that will be written. `stands_in_for` names who is away, where a deputy gets it. `user_id` is who gets
    it, where that is a person."""

    day: date
    recipient: str
    name: str
    addressee: str
    user_id: int | None
    notices: Sequence[NoticeToCome]
    stands_in_for: str = ""


@dataclass(frozen=True)
class Forecast:
    """The mails of some days, in the order of day and recipient, and what will reach nobody."""

    first: date
    last: date
    mails: Sequence[MailToCome]
    unreachable: Sequence[NoticeToCome]

    @property
    def people(self) -> int:
        """How many different people get one."""
        return len({mail.recipient for mail in self.mails})


@dataclass(frozen=True)
class _Addressee:
    """Whom notices are for: their mail, their preference, and what they may see."""

    name: str
    email: str
    user_id: int | None
    preference: Preference = field(default_factory=Preference)
    reminds_before: bool = True


def forecast(
    today: date,
    days: int,
    *,
    which: ColumnElement[bool] | None = None,
    policies: Policies | None = None,
    let_go: Callable[[], None] = lambda: None,
) -> Forecast:
    """What will be mailed on `days` days from today on, today included, of the milestones that `which` names.

    Where today's notices are decided already, the first to come are tomorrow's. With `policies` it is as if these held
    from now on, and the rules were asked anew of every one of these milestones. `let_go` is called between batches: a
    command ends its transaction there, which on SQLite would keep every writer waiting.
    """
    last = today + DAY * (days - 1)
    ahead = working_days(today + DAY if has_finished_on(QUEUE_NOTICES, today) else today, last)
    lines = _waiting(which)
    lines += _to_come(ahead, today, which, policies, let_go) if ahead else []
    reached = [line for line in lines if user_of(line.addressee) or contact_of(line.addressee)]
    mails = _mails(reached, ahead, today) if ahead else []
    return Forecast(
        first=today,
        last=last,
        mails=sorted(mails, key=lambda mail: (mail.day, mail.recipient, mail.addressee)),
        unreachable=sorted(
            (line for line in lines if not (user_of(line.addressee) or contact_of(line.addressee))),
            key=lambda line: (line.queued_on, line.due_on, line.about.id, line.step),
        ),
    )


def _to_come(
    ahead: Sequence[date],
    today: date,
    which: ColumnElement[bool] | None,
    policies: Policies | None,
    let_go: Callable[[], None],
) -> list[NoticeToCome]:
    found: list[NoticeToCome] = []
    anew = policies is not None
    for rows in _batches(ahead[-1], which, anew=anew):
        known = facts_for_batch(rows, today, policies)
        for row in rows:
            about: About | None = None
            asked_on = ahead[0] if anew else row.next_notice_on
            for one in notices_ahead(
                known.deadline(row), known.policy(row), known.told_of(row), ahead, asked_on=asked_on
            ):
                about = about or _about(row)
                notice = one.notice
                found.append(
                    NoticeToCome(
                        about, notice.addressee, notice.step, notice.audience, row.due_on, notice.at_once, one.day
                    )
                )
        let_go()
    return found


def _batches(last: date, which: ColumnElement[bool] | None, *, anew: bool) -> Iterator[Sequence[Row[Any]]]:
    """The milestones of which anything may be told up to the last day, batch by batch: those whose bookmark comes up,
    or where the rules are asked anew all that are near enough."""
    order = Milestone.due_on if anew else Milestone.next_notice_on
    statement = (
        select(*DECIDING, *_ABOUT)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(true() if which is None else which)
        .order_by(order, Milestone.id)
        .limit(BATCH)
    )
    if anew:
        statement = statement.where(IS_OPEN, Milestone.due_on <= last + FURTHEST)
    else:
        statement = statement.where(Milestone.next_notice_on <= last)
    after: tuple[date, int] | None = None
    while rows := db.session.execute(_after(statement, order, after)).all():
        yield rows
        after = (getattr(rows[-1], order.key), rows[-1].id)


def _after(statement: Select[*tuple[Any, ...]], order: Any, after: tuple[date, int] | None) -> Select[*tuple[Any, ...]]:
    return statement if after is None else statement.where(tuple_(order, Milestone.id) > after)


_ABOUT = (Milestone.key, Milestone.title, Partnership.name.label("partnership"), Partnership.slug)


def _about(row: Any) -> About:
    return About(
        row.id, row.key, row.title, row.kind, row.partnership_id, row.partnership or "Scotland", row.slug or ""
    )


def _waiting(which: ColumnElement[bool] | None) -> list[NoticeToCome]:
    """The notices that wait for a mail now; one statement."""
    rows = db.session.execute(
        select(
            Milestone.id,
            Milestone.kind,
            Milestone.partnership_id,
            *_ABOUT,
            Notice.addressee,
            Notice.step,
            Notice.audience,
            Notice.due_on.label("told_due_on"),
            Notice.at_once,
            Notice.queued_on,
        )
        .join(Notice, Notice.milestone_id == Milestone.id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(
            Notice.message_id.is_(None),
            Notice.ended_at.is_(None),
            Notice.unreachable.is_(False),
            true() if which is None else which,
        )
        .order_by(Notice.id)
    )
    return [
        NoticeToCome(_about(row), row.addressee, row.step, row.audience, row.told_due_on, row.at_once, row.queued_on)
        for row in rows
    ]


def _mails(lines: Iterable[NoticeToCome], ahead: Sequence[date], today: date) -> Iterator[MailToCome]:
    """The mails of every addressee, a batch of them at a time."""
    by_addressee: dict[str, list[NoticeToCome]] = defaultdict(list)
    for line in lines:
        by_addressee[line.addressee].append(line)
    keys = sorted(by_addressee)
    deputies = _deputies(ahead)
    for start in range(0, len(keys), PEOPLE_AT_ONCE):
        some = keys[start : start + PEOPLE_AT_ONCE]
        had = set(
            db.session.scalars(select(Message.addressee).where(Message.addressee.in_(some), Message.digest_on == today))
        )
        addressees, viewers = _addressees(some, deputies, today)
        for key in some:
            if (person := addressees.get(key)) is None:
                continue  # their account was closed: what waits for them is for nobody
            for mail in mails_ahead(
                by_addressee[key],
                person.preference,
                ahead,
                reminds_before=person.reminds_before,
                had_digest_on=[today] if key in had else [],
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
    """These addressees and everybody who may stand in for one of them, and what the people among them may see."""
    user_ids = {number for key in keys if (number := user_of(key)) is not None}
    user_ids |= {deputy for by_person in deputies.values() for deputy in by_person.values()}
    viewers = viewers_of(user_ids, today)
    found = {
        addressee_of(user.id): _Addressee(user.name, user.email, user.id, user.preference, user.reminds_before)
        for user in db.session.scalars(select(User).where(User.id.in_(viewers)))
    }
    contact_ids = [number for key in keys if (number := contact_of(key)) is not None]
    for one in db.session.scalars(select(Contact).where(Contact.id.in_(contact_ids), Contact.active)):
        found[f"contact:{one.id}"] = _Addressee(one.name, one.email, None, reminds_before=one.reminds_before)
    return found, viewers


def _deputies(ahead: Sequence[date]) -> dict[date, dict[int, int]]:
    """The deputy of everybody who will be away, by day; where two were set, the later counts. One statement."""
    rows = db.session.execute(
        select(Delegation.user_id, Delegation.deputy_id, Delegation.from_on, Delegation.to_on)
        .join(User, User.id == Delegation.deputy_id)
        .where(
            Delegation.from_on <= ahead[-1], Delegation.to_on >= ahead[0], Delegation.ended_at.is_(None), User.active
        )
        .order_by(Delegation.id)
    ).all()
    return {day: {row.user_id: row.deputy_id for row in rows if row.from_on <= day <= row.to_on} for day in ahead}
