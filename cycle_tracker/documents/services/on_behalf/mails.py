"""The emails about what officials recorded for a partnership: to its leads, to who recorded it, to who disputed it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import uuid4

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.core.addresses import milestone as milestone_path
from cycle_tracker.core.addresses import partnership as partnership_path
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import day
from cycle_tracker.documents.queries.on_behalf.acts import acts_to_notify, gets_an_email
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.planning_leads import list_leads_to_notify

LISTED_AT_MOST = 50


def notify_of_acts(now: datetime) -> int:
    """Write to the planning leads of each partnership, in one email, what officials recorded for it and nobody was
    notified of. Where there is no lead yet it waits for one. A lead who is an official too is not written to about what
    they recorded. Returns the number of emails.

    In one transaction, which the caller commits: of two runs at once the second finds nothing left.
    """
    written = 0
    for partnership, leads in _partnerships_with_leads(now):
        acts = _take(partnership, now)
        for lead in leads:
            of_others = [one for one in acts if one.recorded_by_id != lead.id]
            if of_others:
                _queue_acts(partnership, of_others, lead, now=now)
                written += 1
    return written


def _partnerships_with_leads(now: datetime) -> Sequence[tuple[Partnership, Sequence[User]]]:
    waiting = select(Milestone.partnership_id).where(Milestone.id.in_(acts_to_notify()))
    found = db.session.scalars(select(Partnership).where(Partnership.id.in_(waiting)).order_by(Partnership.id)).all()
    with_leads = [(one, list_leads_to_notify(one, london_day(now))) for one in found]
    return [(one, leads) for one, leads in with_leads if leads]


def _take(partnership: Partnership, now: datetime) -> Sequence[ActOnBehalf]:
    """What nobody was notified of, by document; from now on its leads count as notified."""
    of_partnership = select(Milestone.id).where(Milestone.partnership_id == partnership.id)
    taken = db.session.scalars(
        update(ActOnBehalf)
        .where(ActOnBehalf.notified_at.is_(None), ActOnBehalf.milestone_id.in_(of_partnership))
        .values(notified_at=now)
        .returning(ActOnBehalf.id)
        .execution_options(synchronize_session=False)
    ).all()
    return db.session.scalars(
        select(ActOnBehalf)
        .join(ActOnBehalf.milestone)
        .options(contains_eager(ActOnBehalf.milestone), joinedload(ActOnBehalf.recorded_by))
        .where(ActOnBehalf.id.in_(taken))
        .order_by(ActOnBehalf.milestone_id.desc(), ActOnBehalf.id)
    ).all()


def _queue_acts(partnership: Partnership, acts: Sequence[ActOnBehalf], lead: User, *, now: datetime) -> None:
    documents = [(document, list(of_one)) for document, of_one in groupby(acts, key=lambda one: one.milestone)]
    only = documents[0][0] if len(documents) == 1 else None
    path = milestone_path(partnership.slug, only.key) if only is not None else partnership_path(partnership.slug)
    enqueue(
        _message(lead, only, now=now),
        template="documents/mail/on_behalf",
        now=now,
        partnership=partnership.name,
        about=only.title if only is not None else f"{len(documents)} plans and reports",
        lines=[f"{document.title}: {_words(of_one)}" for document, of_one in documents[:LISTED_AT_MOST]],
        more=max(0, len(documents) - LISTED_AT_MOST),
        link=current_app.config["SERVICE_URL"] + path,
    )


def _words(acts: Sequence[ActOnBehalf]) -> str:
    parts = [
        f"{one.what.label}, recorded by {one.recorded_by.name} on {day(london_day(one.recorded_at))}" for one in acts
    ]
    return "; ".join(parts)


def queue_disputed(document: Milestone, act: ActOnBehalf, *, now: datetime) -> None:
    """Tell the official who recorded it what a lead says is not right. Who has left, or may no longer see the document,
    is not written to: the dispute is on every official's home page."""
    if act.disputed_by is not None and gets_an_email(document, act.recorded_by, london_day(now)):
        _queue_words(
            document, act, act.recorded_by, who=act.disputed_by.name, words=act.dispute, now=now, settled=False
        )


def queue_settled(document: Milestone, act: ActOnBehalf, *, now: datetime) -> None:
    """Tell the lead who disputed it what came of that, if they may still see the document."""
    if act.disputed_by is None or act.settled_by is None:
        return
    if gets_an_email(document, act.disputed_by, london_day(now)):
        who = act.settled_by.name
        _queue_words(document, act, act.disputed_by, who=who, words=act.settlement, now=now, settled=True)


def _queue_words(
    document: Milestone, act: ActOnBehalf, to: User, *, who: str, words: str, now: datetime, settled: bool
) -> None:
    place = document.partnership
    if place is None:
        raise ValueError("a national document is recorded for no partnership")
    enqueue(
        _message(to, document, now=now),
        template="documents/mail/dispute",
        now=now,
        partnership=place.name,
        title=document.title,
        what=act.what.label,
        recorded_on=day(london_day(act.recorded_at)),
        who=who,
        words=words,
        settled=settled,
        link=current_app.config["SERVICE_URL"] + milestone_path(place.slug, document.key),
    )


def _message(to: User, document: Milestone | None, *, now: datetime) -> Message:
    return Message(
        identity=uuid4().hex,
        kind=MessageKind.ON_BEHALF,
        recipient=to.email,
        user_id=to.id,
        milestone_id=document.id if document is not None else None,
        rendered_on=london_day(now),
    )
