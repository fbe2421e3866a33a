"""What a revised plan asks for: it goes through the same process as the plan (2014 Act, section 11(2)).

A revision is in preparation before it is published, and has steps of its own, dated back from its target date. Where a
revised version was published without one, steps of the cycle are opened again instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Basis, Fact, Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.core.wording import day

# Template keys of inviting, consulting, approving, sending and publishing, in the order of the cycle, each with the
# days after the record of the revised version by which it is to be done again. Inviting and consulting keep the
# distances that they have before a target date; what hangs on the plan is dated by its own rule.
#
# A notice of disagreement is asked for by nobody, so there is no step for it to open again.
OPENED_AGAIN = {
    "invite-bodies": 14,
    "consultation-opening": 84,
    "consultation-closing": 140,
    "approvals": 196,
    "send-to-ministers": 14,
    "send-to-providers": 14,
    "publish-plan": 28,
}
STEP_KEY = re.compile(r"(?P<period>\d{4}-\d{2})\.revision-(?P<number>[1-9]\d{0,5})\.(?P<step>[a-z]+)")
FIRST_2020_EDITION = date(2020, 4, 1)


@dataclass(frozen=True)
class RevisionStep:
    """One step of a revision. Its dates are so many weeks before the target date, or days after it; the citation of its
    duty is completed by the guidance of the period."""

    name: str
    title: str
    kind: Kind
    duty_citation: str
    date_citation: str
    due: timedelta
    opens: timedelta | None = None
    fact: Fact | None = None

    @property
    def duty_basis(self) -> Basis:
        """The Act names all of them but the approvals, which are how the bodies that lead agree the plan."""
        return Basis.STATUTE if self.duty_citation else Basis.LOCAL


STEPS = (
    RevisionStep(
        "invite",
        "Invite the other service providers to take part in revising the plan",
        Kind.STEP,
        "2014 Act, sections 10(1)(a) and 11(2)",
        "26 weeks before the target date",
        due=timedelta(weeks=-26),
    ),
    RevisionStep(
        "consult",
        "Consult on the draft revised plan",
        Kind.CONSULTATION,
        "2014 Act, sections 10(1)(b) and 11(2)",
        "16 to 8 weeks before the target date",
        due=timedelta(weeks=-8),
        opens=timedelta(weeks=-16),
    ),
    RevisionStep(
        "agree",
        "Get each lead body’s approval of the revised plan",
        Kind.STEP,
        "",
        "the target date of the revision",
        due=timedelta(),
        fact=Fact.AGREED,
    ),
    RevisionStep(
        "send",
        "Send a copy of the revised plan to Scottish Ministers and each other service provider",
        Kind.STEP,
        "2014 Act, sections 10(7)(a) and 11(2): as soon as reasonably practicable",
        "14 days after the target date",
        due=timedelta(days=14),
        fact=Fact.COPIES_SENT,
    ),
    RevisionStep(
        "publish",
        "Publish the revised plan",
        Kind.STEP,
        "2014 Act, sections 10(7)(b) and 11(2): as soon as reasonably practicable",
        "28 days after the target date",
        due=timedelta(days=28),
        fact=Fact.PUBLISHED,
    ),
)


def keys_opened_again(period: Period) -> list[str]:
    """The keys of the steps that a revised version without a preparation opens again in a partnership's cycle."""
    return [f"{period.name}.{key}" for key in OPENED_AGAIN]


def due_again_on(key: str, today: date) -> date:
    """By when such a step, by its key, is to be done again.

    >>> due_again_on("2026-29.invite-bodies", date(2026, 12, 1))
    datetime.date(2026, 12, 15)
    """
    return today + timedelta(days=OPENED_AGAIN[key.partition(".")[2]])


def step_keys(period: Period, number: int) -> list[str]:
    """The keys of the steps of a revision, in their order.

    >>> step_keys(Period.named("2026-29"), 1)[0]
    '2026-29.revision-1.invite'
    """
    return [f"{period.name}.revision-{number}.{step.name}" for step in STEPS]


def revision_of_key(key: str) -> int | None:
    """The number of the revision whose step has this key; None for any other key.

    >>> revision_of_key("2026-29.revision-2.send"), revision_of_key("2026-29.plan-prepared")
    (2, None)
    """
    found = STEP_KEY.fullmatch(key)
    return int(found["number"]) if found and found["step"] in {step.name for step in STEPS} else None


def next_number(keys: Sequence[str]) -> int:
    """The number of the next revision beside these keys: no key is used twice, whoever made it.

    >>> next_number(["2026-29.revision-1.invite", "2026-29.revision-3.mine", "2026-29.revision-x"])
    4
    """
    numbers = [int(found[1]) for key in keys if (found := re.match(r"\d{4}-\d{2}\.revision-([1-9]\d{0,5})\.", key))]
    return max(numbers, default=0) + 1


class Ended(Protocol):
    """A revision, as far as whether it was abandoned goes."""

    @property
    def undone_at(self) -> datetime | None:
        """When it was abandoned."""


AnyRevision = TypeVar("AnyRevision", bound=Ended)


def newest_abandoned(revisions: Sequence[AnyRevision]) -> AnyRevision | None:
    """Of the revisions of a plan, the oldest first, the newest, if it is abandoned: it can be taken up again."""
    return revisions[-1] if revisions and revisions[-1].undone_at is not None else None


def guidance_on_revising(period: Period) -> str:
    """Where the guidance of a period speaks of revising a plan."""
    return "2020 guidance, section 11" if period.start >= FIRST_2020_EDITION else "2016 guidance, paragraph 124"


def ensure_target(target_on: date, today: date, last_day: date) -> None:
    """Raises RuleBroken, beside the field, for a target date that has passed or lies after the period of the plan."""
    if not today < target_on <= last_day:
        raise RuleBroken(
            f"The target date must be after {day(today)} and no later than {day(last_day)}, the last day of the plan.",
            field="target_on",
        )
