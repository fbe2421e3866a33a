"""Gathering: one mail for each reader from the notices that wait for them, rendered and stored in one transaction.

A reader gets one digest a London day, however often the job runs. What is wanted at once (the date of a document,
a decision) goes at the next run all the same; everything else that comes after the day's digest waits for the next.
In the standard rhythm what can wait comes on the person's list day, or with an email that goes before it.
Nothing is added to a message once it is written.

A mail that cannot be written is stored as one that failed, with the reason, and keeps back no other. What it was to say
is not lost: its notices wait again from the next day on.

Whoever is away has a deputy. It is now that the deputy is looked up, and gets what they may see, in one mail with their
own; the rest goes to the person. Whom each notice in a mail is for and who gets it are both written down.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from uuid import uuid4

from sqlalchemy import bindparam, update

from cycle_tracker.audit.queries.deputies import deputies_on
from cycle_tracker.core.extensions import db
from cycle_tracker.core.stand_ins import covered_by
from cycle_tracker.jobs.services.each_by_itself import all_or_each, describe
from cycle_tracker.mail.services.outgoing import enqueue_all
from cycle_tracker.models.base import table_of
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.deadlines import policies_now
from cycle_tracker.reminders.queries.digest_days import NO_DIGESTS, DigestDays, digest_days_of
from cycle_tracker.reminders.queries.late_lines import NOTHING_LATE, late_lists
from cycle_tracker.reminders.queries.waiting import (
    NoticeLine,
    contacts_with_waiting_notices,
    notices_waiting_for_contacts,
    people_with_waiting_notices,
    waiting_notices,
)
from cycle_tracker.reminders.rules.digests import digest_of_today, goes_at_once, is_prompt
from cycle_tracker.reminders.rules.policies import policy_under
from cycle_tracker.reminders.services.addressees import Addressee, contacts_as_addressees, people_as_addressees
from cycle_tracker.reminders.services.folding import merge_unsent_digests
from cycle_tracker.reminders.services.late_lines import keep_late_lines
from cycle_tracker.reminders.services.unwritten import let_wait_again, store_unwritten
from cycle_tracker.reminders.services.words.digests import render_digest
from cycle_tracker.reminders.services.words.parts import Reader

BATCH = 50
notices = table_of(Notice)
IsPrompt = Callable[[NoticeLine], bool]
_bind = update(notices).where(notices.c.id == bindparam("notice")).values(message_id=bindparam("message"))


@dataclass
class Gathered:
    """What a run of gathering did, in numbers."""

    messages: int = 0
    notices: int = 0
    failed: int = 0
    folded: int = 0


@dataclass
class _Pile:
    """All that waits for one reader: their own, and that of those whom they cover, who are named by their numbers."""

    reader: Addressee
    lines: list[NoticeLine] = field(default_factory=list)
    covers: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Digest:
    """One email, not yet rendered nor stored: what it shows, to whom, and all the notices in it."""

    message: Message
    reader: Reader
    lines: list[NoticeLine]
    notice_ids: list[int]


def gather_waiting_notices(
    today: date, now: datetime, *, of_today_alone: bool = False, batch_size: int = BATCH
) -> Gathered:
    """Write the mails that today calls for. Commits each batch of people. With `of_today_alone`, on a bank holiday that
    some work on, only to those who were notified of something today."""
    gathered, queued_on = Gathered(), today if of_today_alone else None
    let_wait_again(today)
    prompt = _prompt_now()
    db.session.commit()

    covered = covered_by(deputies_on(today))

    def for_people(user_ids: Sequence[int]) -> None:
        _gather(waiting_notices(user_ids), people_as_addressees(user_ids, today), prompt, today, now, gathered)

    def for_readers(readers: Sequence[int]) -> None:
        for_people([one for reader in readers for one in (reader, *covered.get(reader, ()))])

    def for_contacts(contact_ids: Sequence[int]) -> None:
        contacts = contacts_as_addressees(contact_ids)
        _gather(notices_waiting_for_contacts(contact_ids), contacts, prompt, today, now, gathered)

    def give_up(number: int, error: Exception, whose: type[User | Contact]) -> None:
        store_unwritten(whose, number, describe(error), today, now)
        db.session.commit()
        gathered.failed += 1

    def give_up_reader(reader: int, error: Exception) -> None:
        """Of a reader who covers others what cannot be written is found among them, each by themselves."""
        if reader not in covered:
            give_up(reader, error, User)
        for one in (reader, *covered[reader]) if reader in covered else ():
            all_or_each([one], for_people, partial(give_up, whose=User))

    for readers in _readers(covered, batch_size, queued_on):
        all_or_each(readers, for_readers, give_up_reader)
    last = 0
    while contact_ids := contacts_with_waiting_notices(after=last, limit=batch_size, queued_on=queued_on):
        last = contact_ids[-1]
        all_or_each(contact_ids, for_contacts, partial(give_up, whose=Contact))
    gathered.folded = merge_unsent_digests(now)
    return gathered


def _readers(covered: Mapping[int, list[int]], batch_size: int, queued_on: date | None) -> Iterator[list[int]]:
    """Those who may get a mail, in batches: everybody for whom a notice waits, or whoever gets theirs; each once."""
    who_gets = {person: reader for reader, people in covered.items() for person in people}
    met: set[int] = set()
    last = 0
    while user_ids := people_with_waiting_notices(after=last, limit=batch_size, queued_on=queued_on):
        last = user_ids[-1]
        readers = dict.fromkeys(who_gets.get(user_id, user_id) for user_id in user_ids)
        yield [reader for reader in readers if reader not in met]
        met |= readers.keys() & covered.keys()


def _prompt_now() -> IsPrompt:
    """Whether a notice waits for no list day, by the policies of this moment."""
    changes = policies_now().changes
    return lambda line: is_prompt(line, policy_under(changes, line.kind, line.duty_basis, line.partnership_id))


def _gather(
    waiting: dict[int, list[NoticeLine]],
    addressees: dict[int, Addressee],
    prompt: IsPrompt,
    today: date,
    now: datetime,
    gathered: Gathered,
) -> None:
    """Write the mails of one batch, and commit."""
    piles: dict[str, _Pile] = {}
    unwanted: dict[str, list[int]] = {}
    for number, lines in waiting.items():
        for line in lines:
            if why := addressees[number].why_not(line):
                unwanted.setdefault(why, []).append(line.notice_id)
                continue
            reader = addressees[number].who_gets(line)
            pile = piles.setdefault(reader.key, _Pile(reader))
            pile.lines.append(line)
            if reader.key != addressees[number].key:
                pile.covers[number] = addressees[number].reader.name
    had = digest_days_of(piles.keys(), today)
    digests = [
        digest
        for pile in piles.values()
        if (digest := _compose(pile, had.get(pile.reader.key, NO_DIGESTS), prompt, today)) is not None
    ]
    for why, notice_ids in unwanted.items():
        _withdraw(notice_ids, why, now)
    _store(digests, today, now)
    db.session.commit()
    db.session.expunge_all()
    gathered.messages += len(digests)
    gathered.notices += sum(len(digest.notice_ids) for digest in digests)


def _compose(pile: _Pile, had: DigestDays, prompt: IsPrompt, today: date) -> _Digest | None:
    """The mail that a reader gets now, with all that waits about each milestone in it; None if they get none."""
    preference, reader = pile.reader.preference, pile.reader.reader
    digest = (
        []
        if had.has_todays
        else digest_of_today(pile.lines, preference, today, is_prompt=prompt, last_digest_on=had.last_on)
    )
    in_digest = {line.notice_id for line in digest}
    chosen = [line for line in pile.lines if line.notice_id in in_digest or goes_at_once(line, preference, prompt)]
    if not chosen:
        return None
    message = Message(
        identity=uuid4().hex,
        kind=MessageKind.DIGEST,
        recipient=reader.email,
        addressee=pile.reader.key,
        user_id=reader.user_id,
        contact_id=reader.contact_id,
        digest_on=today if digest else None,
        rendered_on=today,
    )
    shown, people = {line.milestone_id for line in chosen}, {line.user_id for line in chosen}
    covers = {number: name for number, name in pile.covers.items() if number in people}
    notice_ids = [line.notice_id for line in pile.lines if line.milestone_id in shown]
    return _Digest(message, replace(reader, covers=covers), chosen, notice_ids)


def _withdraw(notice_ids: Collection[int], why: str, now: datetime) -> None:
    """End the notices that their addressee does not want, or need not answer."""
    db.session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids), Notice.ended_at.is_(None))
        .values(ended_at=now, ending=Ending.WITHDRAWN, ended_why=why)
        .execution_options(synchronize_session=False)
    )


def _store(digests: list[_Digest], today: date, now: datetime) -> None:
    """Render the mails, add them to the outbox, and bind their notices to them, in a few statements for all."""
    late = late_lists(
        {
            reader_id: {reader_id, *digest.reader.covers}
            for digest in digests
            if (reader_id := digest.reader.user_id) is not None
        },
        [notice_id for digest in digests for notice_id in digest.notice_ids],
        today,
    )
    lists = [late.get(digest.reader.user_id or 0, NOTHING_LATE) for digest in digests]
    rendered = [
        render_digest(one.message, one.lines, one.reader, today=today, now=now, late=late)
        for one, late in zip(digests, lists, strict=True)
    ]
    enqueue_all([(one.message, content) for one, content in zip(digests, rendered, strict=True)], now=now)
    keep_late_lines((one.message.id, late) for one, late in zip(digests, lists, strict=True))
    bound = [
        {"notice": notice_id, "message": digest.message.id} for digest in digests for notice_id in digest.notice_ids
    ]
    if bound:
        db.session.connection().execute(_bind, bound)
