"""A revision of a plan in preparation, and what is recorded of it."""

from datetime import date, timedelta
from typing import Any

from cycle_tracker.core.clock import now, today
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.approval import Approval, Revision
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationCopy
from tests.access_matrix.cells import LEAD, MILESTONE, Cell
from tests.factories import make_cycle, make_milestone, make_organisation, make_user

PLAN = "/partnerships/{slug}/milestones/2032-35.revised-"
"""The beginning of the keys of plans, one for each form: what one changes the next leaves."""
REVISION = f"{MILESTONE}/revision"
APPROVAL = f"{MILESTONE}/approvals/revision/<int(max=2147483647):organisation_id>"
COPIES = f"{MILESTONE}/publication/copies/revision"
COPY = f"{COPIES}/<int(max=2147483647):receiver_id>"
LEADS = frozenset({LEAD})

VERSION = ("version", "1")
BEGUN = (VERSION, ("reason", "A priority was missing."), ("target_on", "30 9 2027"))
MOVED = (VERSION, ("target_on", "31 10 2027"), ("reason", "The council meets later."))
REASON = (VERSION, ("reason", "It was a mistake."))
APPROVED = (
    VERSION,
    ("manner", "approved"),
    ("made_by", "Education Committee"),
    ("approved_on", "1 6 2026"),
    ("meeting", "June meeting"),
    ("minute", "12"),
)
SENT = (VERSION, ("receivers", "{reviser}"), ("sent_on", "1 7 2026"))
DAYS = (VERSION, ("sent_on", "1 6 2026"), ("received_on", "5 6 2026"))

TABLE = [
    Cell(REVISION, "GET", f"{PLAN}1/revision", LEADS),
    Cell(REVISION, "POST", f"{PLAN}1/revision", LEADS, data=BEGUN),
    Cell(f"{REVISION}/target", "GET", f"{PLAN}2/revision/target", LEADS),
    Cell(f"{REVISION}/target", "POST", f"{PLAN}2/revision/target", LEADS, data=MOVED),
    Cell(f"{REVISION}/abandoning", "GET", f"{PLAN}3/revision/abandoning", LEADS),
    Cell(f"{REVISION}/abandoning", "POST", f"{PLAN}3/revision/abandoning", LEADS, data=REASON),
    Cell(f"{REVISION}/taking-up", "GET", f"{PLAN}4/revision/taking-up", LEADS),
    Cell(f"{REVISION}/taking-up", "POST", f"{PLAN}4/revision/taking-up", LEADS, data=REASON),
    Cell(APPROVAL, "GET", f"{PLAN}5/approvals/revision/{{reviser}}", LEADS),
    Cell(APPROVAL, "POST", f"{PLAN}5/approvals/revision/{{reviser}}", LEADS, data=APPROVED),
    Cell(f"{APPROVAL}/taking-back", "GET", f"{PLAN}6/approvals/revision/{{reviser}}/taking-back", LEADS),
    Cell(f"{APPROVAL}/taking-back", "POST", f"{PLAN}6/approvals/revision/{{reviser}}/taking-back", LEADS, data=REASON),
    Cell(COPIES, "GET", f"{PLAN}7/publication/copies/revision", LEADS),
    Cell(COPIES, "POST", f"{PLAN}7/publication/copies/revision", LEADS, data=SENT),
    Cell(COPY, "GET", f"{PLAN}8/publication/copies/revision/{{reviser}}", LEADS),
    Cell(COPY, "POST", f"{PLAN}8/publication/copies/revision/{{reviser}}", LEADS, data=DAYS),
    Cell(f"{COPY}/taking-back", "GET", f"{PLAN}9/publication/copies/revision/{{reviser}}/taking-back", LEADS),
    Cell(
        f"{COPY}/taking-back",
        "POST",
        f"{PLAN}9/publication/copies/revision/{{reviser}}/taking-back",
        LEADS,
        data=REASON,
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Plans that are published: one is not revised, the revision of one is abandoned, and those of the others are in
    preparation, one with an approval and two with a copy."""
    recorder = make_user(f"Reviser of {partnership.name}")
    body = make_organisation(f"Lead body of revisions of {partnership.name}")
    db.session.add(
        PartnershipBody(partnership_id=partnership.id, organisation=body, role=BodyRole.LEAD, from_on=date(2017, 4, 1))
    )
    cycle = make_cycle(partnership, "2032-35")
    recorded: dict[str, Any] = {"recorded_by_id": recorder.id, "recorded_at": now()}
    for number in range(1, 10):
        plan = _plan(partnership, number, cycle)
        if number == 1:
            continue
        revision = Revision(
            milestone_id=plan.id,
            number=1,
            reason="A priority was missing.",
            target_on=today() + timedelta(days=300),
            **recorded,
        )
        if number == 4:
            revision.undone_at, revision.undone_why = now(), "The plan can stay."
        db.session.add(revision)
        db.session.flush()
        of_revision: dict[str, Any] = {"milestone_id": plan.id, "revision_id": revision.id}
        if number == 6:
            db.session.add(Approval(organisation=body, manner=Manner.APPROVED, **of_revision, **recorded))
        if number in {8, 9}:
            db.session.add(PublicationCopy(receiver=body, waited=True, sent_on=date(2026, 6, 1), **of_revision))
    db.session.flush()
    return {"reviser": body.id}


def _plan(partnership: Partnership, number: int, cycle: Cycle) -> Milestone:
    plan = make_milestone(
        partnership,
        key=f"2032-35.revised-{number}",
        kind=Kind.PLAN,
        due_on=date(2026, 4, 1),
        state=State.DONE,
        done_on=date(2026, 4, 1),
        cycle=cycle,
    )
    db.session.add(Publication(milestone=plan, published_on=date(2026, 4, 1), recorded_from=now()))
    db.session.flush()
    return plan
