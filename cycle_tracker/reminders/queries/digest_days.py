"""On which days somebody had their digests: one a day, and no list soon after another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.message import Message
from cycle_tracker.reminders.rules.digests import DAYS_IN_WEEK

# A digest longer ago keeps no list back, however a bank holiday moved it.
LOOKED_BACK = DAY * DAYS_IN_WEEK * 2


@dataclass(frozen=True)
class DigestDays:
    """Whether the digest of the day is written, and the day of the last one before that went or is to go."""

    has_todays: bool = False
    last_on: date | None = None


NO_DIGESTS = DigestDays()


def digest_days_of(addressees: Collection[str], today: date) -> dict[str, DigestDays]:
    """The digest days of those of these addressees who had one lately; one statement."""
    went = Message.state.not_in([MessageState.FAILED, MessageState.WITHDRAWN])
    rows = db.session.execute(
        select(
            Message.addressee,
            func.max(Message.digest_on),
            func.max(Message.digest_on).filter(Message.digest_on < today, went),
        )
        .where(Message.addressee.in_(addressees), Message.digest_on.between(today - LOOKED_BACK, today))
        .group_by(Message.addressee)
    )
    return {
        addressee: DigestDays(has_todays=newest == today, last_on=last_on)
        for addressee, newest, last_on in rows
        if addressee is not None
    }
