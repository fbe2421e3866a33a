"""Of which kinds of thing a milestone has any: each kind is found by its own column, and none is forgotten."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Table

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.kinds import Kind, Manner, OnBehalf, PowerUsed
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.queries.on_page import Attached, get_milestone_on_page, put_on_page
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.approval import Approval, Direction, Disagreement, OwnStart, Revision
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.evidence import Comment, Evidence
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.officials import ActOnBehalf, UpdateRequest
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, PublicationCopy, Version
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)

DAY = date(2026, 7, 3)
NOTHING = Attached(*(False for _ in Attached._fields))
SHOWN_OTHERWISE = {
    "message_lines",
    "messages",
    "milestone_contacts",
    "milestones.follows_id",
    "milestones.fact_of_id",
    "decisions",
    "preparations",
}
"""What names a milestone and is read with something else: emails with their notices and what they list, decisions with
their escalations, contacts on the pages of consultations and requests alone, the day on which a plan was prepared on
that of a plan that is, and what completes a step with the step itself."""


def seen_by(lead: User, moray: Partnership) -> Viewer:
    return Viewer(lead.id, lead.name, within={moray.id: frozenset({Role.LEAD})})


def _notice(one: Milestone, _by: User) -> None:
    ended = {"ended_at": clock.now(), "ending": Ending.SUPERSEDED}
    about = {"due_on": DAY, "step": "on-day", "audience": Audience.OWNER, "queued_on": DAY, "queued_at": clock.now()}
    db.session.add(Notice(milestone_id=one.id, addressee="user:1", **about, **ended))


def _part(one: Milestone, _by: User) -> None:
    assert one.partnership is not None
    part = make_milestone(one.partnership)
    part.parent_id = one.id


def _waiting(one: Milestone, _by: User) -> None:
    assert one.partnership is not None
    later = make_milestone(one.partnership)
    later.predecessors.append(one)


def _first(one: Milestone, _by: User) -> None:
    assert one.partnership is not None
    one.predecessors.append(make_milestone(one.partnership))


def _before_own_start(one: Milestone, _by: User) -> None:
    """The plan of its period started on the day after the year on which it reports."""
    assert one.partnership is not None
    assert one.reports_on is not None
    one.cycle = make_cycle(one.partnership, "2023-26")
    plan = make_milestone(one.partnership, key="plan", kind=Kind.PLAN, cycle=one.cycle)
    plan.own_start_on = one.reports_on + timedelta(days=1)


KINDS: dict[str, tuple[str, Callable[[Milestone, User], object]]] = {
    "answers": (
        "answers",
        lambda one, by: Answer(
            milestone_id=one.id, kind=AnswerKind.DONE, user_id=by.id, text="", answered_at=clock.now()
        ),
    ),
    "approvals": (
        "approvals",
        lambda one, by: Approval(
            milestone_id=one.id,
            organisation=make_organisation(),
            manner=Manner.NOTED,
            recorded_by_id=by.id,
            recorded_at=clock.now(),
        ),
    ),
    "a plan that started after its year": ("before_own_start", _before_own_start),
    "own start": (
        "beside_plan",
        lambda one, by: OwnStart(
            milestone_id=one.id, starts_on=DAY, allowed_by="A law", recorded_by_id=by.id, recorded_at=clock.now()
        ),
    ),
    "a notice of disagreement": (
        "beside_plan",
        lambda one, by: Disagreement(
            milestone_id=one.id, organisation=make_organisation(), recorded_by_id=by.id, recorded_at=clock.now()
        ),
    ),
    "acts_on_behalf": (
        "acts_on_behalf",
        lambda one, by: ActOnBehalf(
            milestone_id=one.id, what=OnBehalf.SENT, recorded_by_id=by.id, recorded_at=clock.now()
        ),
    ),
    "revisions": (
        "revisions",
        lambda one, by: Revision(
            milestone_id=one.id, number=1, reason="Law", target_on=DAY, recorded_by_id=by.id, recorded_at=clock.now()
        ),
    ),
    "a direction": (
        "beside_plan",
        lambda one, by: Direction(
            milestone_id=one.id,
            given_on=DAY,
            given_to="A council",
            section=PowerUsed.SECTION_16,
            about="The plan",
            recorded_by_id=by.id,
            recorded_at=clock.now(),
        ),
    ),
    "comments": (
        "comments",
        lambda one, by: Comment(milestone_id=one.id, author_id=by.id, written_at=clock.now(), text="Words"),
    ),
    "copies": (
        "copies",
        lambda one, _by: PublicationCopy(milestone_id=one.id, receiver=make_organisation()),
    ),
    "date_changes": (
        "date_changes",
        lambda one, _by: DateChange(milestone_id=one.id, kind=DateChangeKind.LOCAL, reason="Because"),
    ),
    "escalations": (
        "escalations",
        lambda one, _by: Escalation(
            milestone_id=one.id,
            due_on=DAY,
            rung=14,
            audience=Audience.LEAD,
            fell_due_on=DAY,
            opened_at=clock.now(),
        ),
    ),
    "events": (
        "events",
        lambda one, by: AuditEvent(
            at=clock.now(), actor_id=by.id, subject="milestone", subject_id=one.id, action="started"
        ),
    ),
    "evidence": (
        "evidence",
        lambda one, by: Evidence(
            milestone_id=one.id, title="Minute", address="https://x.test", added_by_id=by.id, added_at=clock.now()
        ),
    ),
    "a notice that no longer counts": ("notices", _notice),
    "what comes first": ("predecessors", _first),
    "publication": ("publication", lambda one, _by: Publication(milestone_id=one.id, recorded_from=clock.now())),
    "versions": (
        "versions",
        lambda one, _by: Publication(milestone_id=one.id, is_present=False, recorded_from=clock.now()),
    ),
    "requests": (
        "requests",
        lambda one, by: UpdateRequest(milestone_id=one.id, asked_by_id=by.id, asked_at=clock.now(), text="How?"),
    ),
    "what waits": ("waiting", _waiting),
    "a sub-task": ("waiting", _part),
}


@pytest.mark.usefixtures("core_app", "morning")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_by_itself(kind: str) -> None:
    moray = make_partnership("moray")
    lead = make_user(role=Role.LEAD, partnership=moray)
    one, other = make_report(moray), make_milestone(moray, key="other")
    db.session.flush()
    name, make = KINDS[kind]
    made = make(one, lead)
    db.session.add_all([] if made is None else [made])
    db.session.commit()
    expected = NOTHING._replace(**{name: True})
    assert get_milestone_on_page(seen_by(lead, moray), "moray", one.key).has == put_on_page(one).has == expected
    assert put_on_page(other).has == NOTHING


def test_no_kind_is_forgotten() -> None:
    assert {name for name, _ in KINDS.values()} == set(Attached._fields)
    tables: list[Table] = list(Base.metadata.tables.values())
    naming = {
        f"{table.name}.{column.name}" if table.name == "milestones" else table.name
        for table in tables
        for column in table.columns
        if any(key.column.table.name == "milestones" for key in column.foreign_keys)
    }
    asked_for = {
        "acts_on_behalf",
        "answers",
        "approvals",
        "comments",
        "date_changes",
        "directions",
        "disagreements",
        "escalations",
        "evidence",
        "milestone_predecessors",
        "milestones.parent_id",
        "notices",
        "own_starts",
        "publication_copies",
        "publications",
        "revisions",
        "update_requests",
    }
    assert naming - SHOWN_OTHERWISE == asked_for


def test_what_is_published_comes_whole_and_in_order(core_app: Flask, morning: time_machine.Traveller) -> None:
    moray, government = make_partnership("moray"), make_government()
    lead, report = make_user(role=Role.LEAD, partnership=moray), make_report(moray)
    council = make_organisation()
    db.session.add(
        Publication(
            milestone_id=report.id,
            version=Version.DRAFT,
            recorded_from=clock.now(),
            addresses=[
                PublicationAddress(form=form, address=f"https://x.test/{form}") for form in (Form.FULL, Form.CHILD)
            ],
            copies=[PublicationCopy(receiver=one, sent_on=DAY) for one in (government, council)],
        )
    )
    db.session.commit()
    found = get_milestone_on_page(seen_by(lead, moray), "moray", report.key).publication
    assert found is not None
    assert found.is_draft
    assert [one.form for one in found.addresses] == [Form.FULL, Form.CHILD]
    assert [one.receiver.name for one in found.copies] == [government.name, council.name]
    assert found.kept_copy is None


@pytest.mark.usefixtures("core_app", "morning")
def test_the_history_of_something_else_with_the_same_number_is_not_its_own() -> None:
    one = make_report(make_partnership("moray"))
    db.session.add(AuditEvent(at=clock.now(), subject="organisation", subject_id=one.id, action="added"))
    db.session.commit()
    assert not put_on_page(one).has.events
