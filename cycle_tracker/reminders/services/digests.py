"""Gathering: one mail for each addressee from the notices that wait for them, rendered and stored in one transaction.

An addressee gets one digest a London day, however often the job runs. What is wanted at once (the date of a document,
a decision) goes at the next run all the same; everything else that comes after the day's digest waits for the next.
In the standard rhythm what can wait comes on the person's list day, or with an email that goes before it.
Nothing is added to a message once it is written.

A mail that cannot be written is stored as one that failed, with the reason, and keeps back no other. What it was to say
is not lost: its notices wait again from the next day on.

Whoever is away has a deputy. It is now that the deputy is looked up, and gets what they may see; the rest goes to the
person. Whom a mail is for and who gets it are both written down.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import uuid4

from sqlalchemy import bindparam, update

from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.each_by_itself import all_or_each, describe
from cycle_tracker.mail.services.outgoing import enqueue_all
from cycle_tracker.models.base import table_of
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.deadlines import policies_now
from cycle_tracker.reminders.queries.digest_days import NO_DIGESTS, DigestDays, digest_days_of
from cycle_tracker.reminders.queries.late_lines import NOTHING_LATE, Whose, late_lists
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
from cycle_tracker.reminders.services.words.digests import Reader, render_digest

BATCH = 50
SWITCHED_OFF = "reminders before the day are switched off"
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


@dataclass(frozen=True)
class _Digest:
    """One email, not yet rendered nor stored: what it shows, to whom, of whose work, and all the notices in it."""

    message: Message
    reader: Reader
    people: Collection[int]
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

    def for_people(user_ids: Sequence[int]) -> None:
        _gather(waiting_notices(user_ids), people_as_addressees(user_ids, today), prompt, today, now, gathered)

    def for_contacts(contact_ids: Sequence[int]) -> None:
        contacts = contacts_as_addressees(contact_ids)
        _gather(notices_waiting_for_contacts(contact_ids), contacts, prompt, today, now, gathered)

    def give_up(number: int, error: Exception, whose: type[User | Contact]) -> None:
        store_unwritten(whose, number, describe(error), today, now)
        db.session.commit()
        gathered.failed += 1

    last = 0
    while user_ids := people_with_waiting_notices(after=last, limit=batch_size, queued_on=queued_on):
        last = user_ids[-1]
        all_or_each(user_ids, for_people, partial(give_up, whose=User))
    last = 0
    while contact_ids := contacts_with_waiting_notices(after=last, limit=batch_size, queued_on=queued_on):
        last = contact_ids[-1]
        all_or_each(contact_ids, for_contacts, partial(give_up, whose=Contact))
    gathered.folded = merge_unsent_digests(now)
    return gathered


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
    had = digest_days_of([one.key for one in addressees.values()], today)
    digests: list[_Digest] = []
    unwanted: list[int] = []
    for number, lines in waiting.items():
        addressee = addressees[number]
        wanted = [line for line in lines if addressee.wants(line)]
        unwanted += [line.notice_id for line in lines if not addressee.wants(line)]
        chosen, is_digest = _chosen(addressee, wanted, had.get(addressee.key, NO_DIGESTS), prompt, today)
        digests += _compose(addressee, wanted, chosen, today, digest_on=today if is_digest else None)
    _withdraw(unwanted, now)
    _store(digests, today, now)
    db.session.commit()
    db.session.expunge_all()
    gathered.messages += len(digests)
    gathered.notices += sum(len(digest.notice_ids) for digest in digests)


def _chosen(
    addressee: Addressee, lines: list[NoticeLine], had: DigestDays, prompt: IsPrompt, today: date
) -> tuple[list[NoticeLine], bool]:
    """What of this goes out now, and whether with it goes the digest of the day."""
    preference = addressee.preference
    digest = (
        []
        if had.has_todays
        else digest_of_today(lines, preference, today, is_prompt=prompt, last_digest_on=had.last_on)
    )
    in_digest = {line.notice_id for line in digest}
    return [line for line in lines if line.notice_id in in_digest or goes_at_once(line, preference, prompt)], bool(
        digest
    )


def _compose(
    addressee: Addressee,
    lines: list[NoticeLine],
    chosen: list[NoticeLine],
    today: date,
    *,
    digest_on: date | None,
) -> Iterator[_Digest]:
    """The mail that an addressee gets now, with all that waits about each milestone in it: two where a deputy gets
    some of it, none where there is nothing. The first of them is the digest of the day, if that goes."""
    shown = {line.milestone_id for line in chosen}
    for reader, theirs in _by_reader(addressee, chosen):
        message = Message(
            identity=uuid4().hex,
            kind=MessageKind.DIGEST,
            recipient=reader.email,
            addressee=addressee.key,
            user_id=reader.user_id,
            contact_id=reader.contact_id,
            digest_on=digest_on,
            rendered_on=today,
        )
        digest_on = None
        notified = {line.milestone_id for line in theirs} & shown
        notice_ids = [line.notice_id for line in lines if line.milestone_id in notified]
        yield _Digest(message, reader, {line.user_id for line in theirs if line.user_id}, theirs, notice_ids)


def _by_reader(addressee: Addressee, lines: list[NoticeLine]) -> Iterator[tuple[Reader, list[NoticeLine]]]:
    """What the deputy gets, and what is left for the addressee."""
    if addressee.stand_in is not None:
        for_stand_in = [line for line in lines if addressee.has_for_stand_in(line)]
        if for_stand_in:
            yield addressee.stand_in, for_stand_in
        lines = [line for line in lines if not addressee.has_for_stand_in(line)]
    if lines:
        yield addressee.reader, lines


def _withdraw(notice_ids: Collection[int], now: datetime) -> None:
    """End the notices that their addressee does not want."""
    if notice_ids:
        db.session.execute(
            update(Notice)
            .where(Notice.id.in_(notice_ids), Notice.ended_at.is_(None))
            .values(ended_at=now, ending=Ending.WITHDRAWN, ended_why=SWITCHED_OFF)
            .execution_options(synchronize_session=False)
        )


def _store(digests: list[_Digest], today: date, now: datetime) -> None:
    """Render the mails, add them to the outbox, and bind their notices to them, in a few statements for all."""
    late = late_lists(
        {
            number: Whose(digest.reader.user_id, digest.people)
            for number, digest in enumerate(digests)
            if digest.reader.user_id is not None
        },
        [notice_id for digest in digests for notice_id in digest.notice_ids],
        today,
    )
    lists = [late.get(number, NOTHING_LATE) for number in range(len(digests))]
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
