"""Whatever people do with the revisions of a plan, its steps say what is recorded."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.facts import fact_states
from cycle_tracker.documents.queries.revisions.of_plans import (
    find_revision,
    get_coming_record,
    list_revisions,
    steps_of,
)
from cycle_tracker.documents.services.approvals import ApprovalDetails, record_approval, take_back_approval
from cycle_tracker.documents.services.document_copies import take_back_copy
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import undo_publication
from cycle_tracker.documents.services.revisions.preparing import (
    abandon_revision,
    begin_revision,
    move_revision,
    take_up_revision,
)
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import PublicationCopy
from tests.documents.services.moray import NOW, TODAY, Moray
from tests.support.selection import examples

pytestmark = pytest.mark.alike_on_both_databases

DAYS = (date(2026, 5, 11), date(2026, 5, 12), None)


def acts(moray: Moray, chance: Random) -> dict[str, Callable[[], object]]:
    """What can be done with the plan now."""
    plan, revision, record = moray.plan, find_revision(moray.plan), moray.record
    target = TODAY + timedelta(weeks=chance.randint(4, 80))
    found: dict[str, Callable[[], object]] = {
        "begin": lambda: begin_revision(plan, "Why", target, by=moray.lead, today=TODAY, now=NOW),
        "move": lambda: move_revision(plan, target, "Later.", by=moray.lead, today=TODAY, now=NOW),
        "abandon": lambda: abandon_revision(plan, "It can stay.", by=moray.lead, now=NOW),
        "take-up": lambda: take_up_revision(plan, "It cannot.", by=moray.lead, now=NOW),
    }
    coming = get_coming_record(plan, revision, TODAY) if revision is not None else record
    bodies = [one for one in coming.lead_bodies if coming.approval_of(one.id) is None]
    if bodies:
        details = ApprovalDetails(chance.choice(list(Manner)[:4]), approved_on=chance.choice(DAYS))
        found["approve"] = lambda: record_approval(
            plan, bodies[0], details, by=moray.lead, today=TODAY, now=NOW, revision=revision
        )
    if coming.approvals:
        approval = chance.choice(list(coming.approvals))
        found["take-back-approval"] = lambda: take_back_approval(plan, approval, "No.", by=moray.lead, now=NOW)
    if revision is not None and coming.may_receive:
        to = chance.sample(coming.may_receive, chance.randint(1, len(coming.may_receive)))
        found["send"] = lambda: record_waiting_copies(
            plan, to, sent_on=chance.choice(DAYS), by=moray.lead, today=TODAY, now=NOW, revision=revision
        )
    if coming.copies:
        copy = chance.choice(list(coming.copies))
        found["take-back-copy"] = lambda: take_back_copy(plan, copy, "No.", by=moray.lead, now=NOW)
    if record.publication is None:
        found["publish"] = moray.publish
    else:
        found["undo"] = lambda: undo_publication(moray.publication, "A slip.", by=moray.lead, now=NOW)
        found["revise"] = lambda: record_newer_version(
            moray.publication,
            address="",
            published_on=chance.choice([TODAY, None]),
            reason="Why",
            reopen=[],
            by=moray.lead,
            today=TODAY,
            now=NOW,
        )
    return found


def check(moray: Moray) -> None:
    """One revision is in preparation at most, its steps and those of the present version are as the facts are, no body
    has two records in one place, and settling the plan again changes nothing."""
    plan, present = moray.plan, moray.record.publication
    revisions = list_revisions(plan)
    assert sum(one.in_preparation for one in revisions) <= 1
    for one in revisions:
        if one.in_preparation:
            facts = fact_states(get_coming_record(plan, one, TODAY), TODAY)
        elif present is not None and present.id == one.publication_id:
            facts = fact_states(moray.record, TODAY)
        else:
            continue
        for step in steps_of(plan, one):
            if step.fact is not None and step.state is not State.DROPPED:
                assert (step.state is State.DONE) == facts[step.fact].whole, step.key
                assert (step.fact_count, step.fact_total) == (facts[step.fact].count, facts[step.fact].total)
    for table, body in ((Approval, Approval.organisation_id), (PublicationCopy, PublicationCopy.receiver_id)):
        places = [tuple(row) for row in db.session.execute(select(table.publication_id, table.revision_id, body))]
        versions = [(version, who) for version, _, who in places if version is not None]
        waiting = [(revision, who) for version, revision, who in places if version is None]
        assert len(versions) == len(set(versions))
        assert len(waiting) == len(set(waiting))
    before = _rows()
    settle(plan, by=moray.lead, now=NOW)
    assert _rows() == before


def _rows() -> list[tuple[object, ...]]:
    columns = (Milestone.key, Milestone.state, Milestone.done_on, Milestone.due_on, Milestone.fact_count)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Milestone.id))]


@pytest.mark.more_in_full
@pytest.mark.parametrize("seed", [7])
def test_the_steps_of_any_revision_say_what_is_recorded(moray: Moray, seed: int) -> None:
    chance, told = Random(seed), []
    moray.approve_all()
    moray.publish()
    for _ in range(examples(40)):
        found = acts(moray, chance)
        name = chance.choice(sorted(found))
        try:
            with db.session.begin_nested():
                found[name]()
        except RuleBroken:
            told.append(f"{name} refused")
        else:
            told.append(name)
        try:
            check(moray)
        except AssertionError as error:
            raise AssertionError(f"after {told}") from error
