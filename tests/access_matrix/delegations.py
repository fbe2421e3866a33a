"""Being away: everybody's own, and for planning leads and administrators that of who works in a partnership."""

from datetime import date

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import ADMINISTRATOR, EVERYBODY, LEAD, Cell, everywhere
from tests.factories import at_seven, make_user

WITHIN = "/partnerships/<slug>/people/<int(max=2147483647):person_id>/away"
HERE = "/partnerships/{slug}/people/{worker}/away"
ONE = "<int(max=2147483647):delegation_id>"
MAY = frozenset({LEAD, ADMINISTRATOR})
AWAY = (("from_on", "3 8 2026"), ("to_on", "14 8 2026"), ("deputy", "{deputy}"))

TABLE = [
    everywhere("/account/away", EVERYBODY),
    everywhere("/account/away", EVERYBODY, "POST", AWAY),
    Cell(
        f"/account/away/{ONE}/end", "POST", "/account/away/{absence}/end", frozenset(), otherwise=404, everywhere=True
    ),
    Cell(WITHIN, "GET", HERE, MAY),
    Cell(WITHIN, "POST", HERE, MAY, data=AWAY),
    Cell(f"{WITHIN}/{ONE}/end", "POST", f"{HERE}/{{absence}}/end", MAY),
]


def make(partnership: Partnership) -> dict[str, int]:
    """Somebody who is away, and their deputy."""
    worker = make_user(f"Away in {partnership.name}", role=Role.CONTRIBUTOR, partnership=partnership)
    deputy = make_user(f"Deputy in {partnership.name}", role=Role.CONTRIBUTOR, partnership=partnership)
    absence = Delegation(
        user_id=worker.id,
        deputy_id=deputy.id,
        from_on=date(2026, 7, 1),
        to_on=date(2026, 7, 10),
        set_by_id=worker.id,
        set_at=at_seven(date(2026, 6, 30)),
    )
    db.session.add(absence)
    db.session.flush()
    return {"worker": worker.id, "deputy": deputy.id, "absence": absence.id}
