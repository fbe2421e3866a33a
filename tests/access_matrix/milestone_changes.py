"""Setting a milestone right: owner, name, what comes first, sub-tasks, dropping it, opening it again."""

from datetime import date

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from tests.access_matrix.cells import LEAD, MILESTONE, REPORT, Cell
from tests.factories import make_milestone, make_organisation, make_user

ONLY_LEAD = frozenset({LEAD})
LOCAL = "/partnerships/{slug}/milestones/{local}"
OTHER = "/partnerships/{slug}/milestones/{other}"
CLOSED = "/partnerships/{slug}/milestones/{closed}"
TO_DROP = "/partnerships/{slug}/milestones/{to_drop}"

TABLE = [
    Cell(f"{MILESTONE}/owner", "GET", f"{REPORT}/owner", ONLY_LEAD),
    Cell(
        f"{MILESTONE}/owner",
        "POST",
        f"{LOCAL}/owner",
        ONLY_LEAD,
        data=(("version", "2"), ("owner", "{new_owner}")),
    ),
    Cell(f"{MILESTONE}/edit", "GET", f"{REPORT}/edit", ONLY_LEAD),
    Cell(
        f"{MILESTONE}/edit",
        "POST",
        f"{OTHER}/edit",
        ONLY_LEAD,
        data=(("version", "2"), ("title", "Agree the draft"), ("stage", "do"), ("lead_organisation", "{body}")),
    ),
    Cell(f"{MILESTONE}/drop", "GET", f"{REPORT}/drop", ONLY_LEAD),
    Cell(
        f"{MILESTONE}/drop",
        "POST",
        f"{TO_DROP}/drop",
        ONLY_LEAD,
        data=(("version", "2"), ("reason", "The council does it in its own plan.")),
    ),
    Cell(f"{MILESTONE}/reopen", "GET", f"{REPORT}/reopen", ONLY_LEAD),
    Cell(
        f"{MILESTONE}/reopen",
        "POST",
        f"{CLOSED}/reopen",
        ONLY_LEAD,
        data=(("version", "2"), ("reason", "It was recorded by mistake.")),
    ),
    Cell(f"{MILESTONE}/sub-tasks/new", "GET", f"{REPORT}/sub-tasks/new", ONLY_LEAD),
    Cell(
        f"{MILESTONE}/sub-tasks/new",
        "POST",
        f"{REPORT}/sub-tasks/new",
        ONLY_LEAD,
        data=(("title", "Ask the schools"), ("due_on", "1 8 2026"), ("owner", "{new_owner}")),
    ),
    Cell(f"{MILESTONE}/predecessors", "GET", f"{REPORT}/predecessors", ONLY_LEAD),
    Cell(
        f"{MILESTONE}/predecessors",
        "POST",
        f"{OTHER}/predecessors",
        ONLY_LEAD,
        data=(("predecessor", "{first}"),),
    ),
    Cell(
        f"{MILESTONE}/predecessors/<int(max=2147483647):predecessor_id>/remove",
        "POST",
        f"{OTHER}/predecessors/{{first}}/remove",
        ONLY_LEAD,
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Documents would not do here: what is dropped, opened again, renamed and put in order is a local step."""
    council = make_organisation(f"{partnership.name} Council")
    db.session.add(
        PartnershipBody(
            partnership_id=partnership.id, organisation_id=council.id, role=BodyRole.LEAD, from_on=date(2017, 4, 1)
        )
    )
    names = ("local", "other", "to_drop", "first")
    steps = {name: make_milestone(partnership, key=f"2026-29.{name}", title=f"Step {name}") for name in names}
    closed = make_milestone(partnership, key="2026-29.closed", state=State.DONE, done_on=date(2026, 5, 1))
    owner = make_user(f"Owner in {partnership.name}", role=Role.CONTRIBUTOR, partnership=partnership)
    db.session.flush()
    return {
        **{name: step.key for name, step in steps.items()},
        "first": steps["first"].id,
        "closed": closed.key,
        "new_owner": owner.id,
        "body": council.id,
    }
