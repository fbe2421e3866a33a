"""On which day a plan was prepared: the day from which it must be sent and published (2014 Act, section 10(7))."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cycle_tracker.core.kinds import PreparedFrom
from cycle_tracker.documents.rules.agreement import Agreement

_DAY = timedelta(days=1)
# No plan is agreed longer before its period.
LONGEST_BEFORE_PERIOD = timedelta(days=2 * 365)


@dataclass(frozen=True)
class Lead:
    """A body that leads a partnership, from its first day to its last, if it has one."""

    body: int
    from_on: date
    to_on: date | None = None

    def leads_on(self, day: date) -> bool:
        """Whether it leads on this day."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True)
class Prepared:
    """A plan is prepared, on a day that may be unknown; and what the day is taken from."""

    on: date | None
    taken_from: PreparedFrom


def prepared(
    leads: Collection[Lead],
    agreements: Mapping[int, Agreement],
    *,
    published: Agreement | None = None,
    by_hand: date | None = None,
    earliest: date,
    today: date,
) -> Prepared | None:
    """Whether a plan is prepared, and from when; None if it is not.

    A day recorded by hand wins. Then it is the first day on which every body that led on that day had agreed by then,
    by the agreements of the bodies. Otherwise it is the day of publication of the final plan, in `published`, with its
    day if that is known. Whoever publishes a draft or an interim plan says nothing in `published`. Nobody agreed
    before `earliest`, so who led before that day does not matter.
    """
    if by_hand is not None:
        return Prepared(by_hand, PreparedFrom.BY_HAND)
    agreed = agreed_by_all(leads, agreements, earliest=earliest, today=today)
    if agreed is not None:
        return Prepared(agreed.on, PreparedFrom.APPROVALS)
    return Prepared(published.on, PreparedFrom.PUBLICATION) if published is not None else None


def agreed_by_all(
    leads: Collection[Lead], agreements: Mapping[int, Agreement], *, earliest: date, today: date
) -> Agreement | None:
    """The first day, up to today, on which every body that led on that day had agreed by then; None if there is none.

    An agreement on a day that is not known counts. The day of the whole is known only where it is the same whenever
    that one was.
    """
    known = {body: one.on for body, one in agreements.items() if one.on is not None}
    first = min([earliest, *known.values()])
    at_the_latest = _first_day(leads, known, first, today)
    at_the_earliest = _first_day(leads, {body: one.on or first for body, one in agreements.items()}, first, today)
    if at_the_earliest is None:
        return None
    return Agreement(at_the_earliest if at_the_earliest == at_the_latest else None)


def _first_day(leads: Collection[Lead], agreed_on: Mapping[int, date], first: date, today: date) -> date | None:
    """Who leads and who has agreed changes only on these days, so the first day is one of them."""
    changes = {first, *agreed_on.values(), *(lead.from_on for lead in leads)}
    changes |= {lead.to_on + _DAY for lead in leads if lead.to_on is not None and lead.to_on < date.max}
    for day in sorted(one for one in changes if first <= one <= today):
        leading = [lead.body for lead in leads if lead.leads_on(day)]
        if leading and all(body in agreed_on and agreed_on[body] <= day for body in leading):
            return day
    return None
