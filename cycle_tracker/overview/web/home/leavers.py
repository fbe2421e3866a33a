"""Home: dates in a lead's partnerships that belong to somebody who has left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import count


@dataclass(frozen=True)
class LeaverRow:
    """What one leaver left in one partnership, and the page on which it is handed over."""

    what: str
    hand_over: str
    owner: str


def lines(rows: Iterable[Any]) -> Sequence[LeaverRow]:
    """Whatever somebody left behind that is past its date or due soon."""
    return [
        LeaverRow(
            what=f"{count(row.number, 'milestone')} in {row.partnership} "
            f"{'is' if row.number == 1 else 'are'} owned by {row.owner}, who "
            + ("no longer has a role there" if row.active else "has left"),
            hand_over=url_for("hand_overs.within", slug=row.slug, person_id=row.owner_id),
            owner=row.owner,
        )
        for row in rows
    ]
