"""What is recorded beside a plan, and what officials recorded on behalf of a partnership."""

from datetime import date
from typing import Any

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, OnBehalf, PowerUsed
from cycle_tracker.models.approval import Direction, Disagreement, OwnStart
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from tests.access_matrix.cells import LEAD, MILESTONE, OFFICIAL, Cell
from tests.factories import make_milestone, make_organisation, make_user

LATE = "/partnerships/{slug}/milestones/2020-23.late-"
"""The beginning of the keys of plans, one for each form: what one changes the next leaves."""
RECORDERS, LEADS, OFFICIALS = frozenset({LEAD, OFFICIAL}), frozenset({LEAD}), frozenset({OFFICIAL})
OWN_START = f"{MILESTONE}/own-start"
STARTS = (("version", "1"), ("starts_on", "1 4 2021"), ("allowed_by", "A law"))
DISAGREEMENTS, DIRECTIONS = f"{MILESTONE}/disagreements", f"{MILESTONE}/directions"
NOTICE = f"{DISAGREEMENTS}/<int(max=2147483647):number>"
DIRECTION = f"{DIRECTIONS}/<int(max=2147483647):number>"
DISAGREES = (
    ("version", "1"),
    ("body", "{provider}"),
    ("service", "School nursing"),
    ("matters", "The hours."),
    ("reasons", "They are too few."),
    ("address", "https://www.example.org/notice"),
    ("published_on", "1 6 2020"),
)
KNOWN = tuple(one for one in DISAGREES if one[0] != "body")
DIRECTED = (
    ("version", "1"),
    ("given_on", "1 6 2020"),
    ("given_to", "The council"),
    ("section", "section-16"),
    ("about", "The plan is to be made."),
    ("address", "https://www.example.org/direction"),
)
VERSION = (("version", "1"),)
ACT = f"{MILESTONE}/on-behalf/<int(max=2147483647):number>"
REASON = (("version", "1"), ("reason", "It was a mistake."))

TABLE = [
    Cell(OWN_START, "GET", f"{LATE}1/own-start", RECORDERS),
    Cell(OWN_START, "POST", f"{LATE}1/own-start", RECORDERS, data=STARTS),
    Cell(f"{OWN_START}/agreement", "GET", f"{LATE}2/own-start/agreement", OFFICIALS),
    Cell(f"{OWN_START}/agreement", "POST", f"{LATE}2/own-start/agreement", OFFICIALS, data=VERSION),
    Cell(f"{OWN_START}/taking-back", "GET", f"{LATE}3/own-start/taking-back", RECORDERS),
    Cell(f"{OWN_START}/taking-back", "POST", f"{LATE}3/own-start/taking-back", RECORDERS, data=REASON),
    Cell(DISAGREEMENTS, "GET", f"{LATE}4/disagreements", RECORDERS),
    Cell(DISAGREEMENTS, "POST", f"{LATE}4/disagreements", RECORDERS, data=DISAGREES),
    Cell(NOTICE, "GET", f"{LATE}5/disagreements/{{notice_5}}", RECORDERS),
    Cell(NOTICE, "POST", f"{LATE}5/disagreements/{{notice_5}}", RECORDERS, data=KNOWN),
    Cell(f"{NOTICE}/taking-back", "GET", f"{LATE}6/disagreements/{{notice_6}}/taking-back", RECORDERS),
    Cell(f"{NOTICE}/taking-back", "POST", f"{LATE}6/disagreements/{{notice_6}}/taking-back", RECORDERS, data=REASON),
    Cell(DIRECTIONS, "GET", f"{LATE}7/directions", OFFICIALS),
    Cell(DIRECTIONS, "POST", f"{LATE}7/directions", OFFICIALS, data=DIRECTED),
    Cell(f"{DIRECTION}/taking-back", "GET", f"{LATE}8/directions/{{direction}}/taking-back", OFFICIALS),
    Cell(f"{DIRECTION}/taking-back", "POST", f"{LATE}8/directions/{{direction}}/taking-back", OFFICIALS, data=REASON),
    Cell(f"{ACT}/dispute", "GET", f"{LATE}9/on-behalf/{{act_9}}/dispute", LEADS),
    Cell(f"{ACT}/dispute", "POST", f"{LATE}9/on-behalf/{{act_9}}/dispute", LEADS, data=REASON),
    Cell(f"{ACT}/settlement", "GET", f"{LATE}10/on-behalf/{{act_10}}/settlement", OFFICIALS),
    Cell(f"{ACT}/settlement", "POST", f"{LATE}10/on-behalf/{{act_10}}/settlement", OFFICIALS, data=REASON),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Plans beside which nothing is recorded, two with own starts, two with a notice, one with a direction,
    and two of which an official recorded that they were sent."""
    recorder = make_user(f"Recorder beside plans of {partnership.name}")
    plans = {number: _plan(partnership, number) for number in range(1, 11)}
    provider = make_organisation(f"Board beside {partnership.name}", kind=OrganisationKind.INTEGRATION_JOINT_BOARD)
    db.session.add(
        PartnershipBody(
            partnership_id=partnership.id,
            organisation=provider,
            role=BodyRole.PROVIDER,
            from_on=date(2017, 4, 1),
        )
    )
    recorded: dict[str, Any] = {"recorded_by_id": recorder.id, "recorded_at": now()}
    for number in (2, 3):
        start = OwnStart(milestone_id=plans[number].id, starts_on=date(2021, 4, 1), allowed_by="A law", **recorded)
        db.session.add(start)
    notices = [Disagreement(milestone_id=plans[number].id, organisation=provider, **recorded) for number in (5, 6)]
    direction = Direction(
        milestone_id=plans[8].id,
        given_on=date(2020, 6, 1),
        given_to="The council",
        section=PowerUsed.SECTION_17,
        about="The plan is to be made.",
        **recorded,
    )
    acts = [ActOnBehalf(milestone_id=plans[number].id, what=OnBehalf.SENT, **recorded) for number in (9, 10)]
    acts[1].disputed_by_id, acts[1].disputed_at, acts[1].dispute = recorder.id, now(), "It was not sent."
    db.session.add_all([*notices, direction, *acts])
    db.session.flush()
    return {
        "provider": provider.id,
        "notice_5": notices[0].id,
        "notice_6": notices[1].id,
        "direction": direction.id,
        "act_9": acts[0].id,
        "act_10": acts[1].id,
    }


def _plan(partnership: Partnership, number: int) -> Milestone:
    return make_milestone(partnership, key=f"2020-23.late-{number}", kind=Kind.PLAN, due_on=date(2020, 4, 1))
