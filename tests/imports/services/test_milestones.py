"""Importing milestones: all of a file or nothing of it, under the rules of the service."""

from datetime import date

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Fact, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.imports.rules.import_rows import SheetRow
from cycle_tracker.imports.rules.milestone_rows import COLUMNS
from cycle_tracker.imports.services.milestones import plan_milestones
from cycle_tracker.imports.services.plans import Effect, Plan
from cycle_tracker.imports.services.recorded_milestones import record_milestones
from cycle_tracker.milestones.services.milestones import complete, move_local_date
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from tests.factories import make_milestone, make_report, make_user
from tests.imports.services.conftest import NOW, TODAY, Country, sheet
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases

NEW = ("Moray", "2026-29.survey", "Survey of families", "step", "1/4/2027", "ailsa@example.test", "")


def rows(*lines: tuple[str, ...]) -> list[SheetRow]:
    return sheet(COLUMNS.names, *lines)


def plan(country: Country, *lines: tuple[str, ...]) -> Plan:
    return plan_milestones(rows(*lines), country.viewer(country.lead), TODAY)


def put_in(country: Country, *lines: tuple[str, ...]) -> Plan:
    made = plan(country, *lines)
    assert made.problems == ()
    record_milestones(made, by=country.lead, today=TODAY, now=NOW)
    db.session.commit()
    return made


def problem(country: Country, *lines: tuple[str, ...]) -> tuple[str, str]:
    (found,) = plan(country, *lines).problems
    return found.column, found.message


def milestone(key: str) -> Milestone:
    return db.session.scalars(select(Milestone).where(Milestone.key == key)).one()


@pytest.fixture
def cycle(country: Country) -> Cycle:
    return open_cycle(
        country.place("moray"), Period.named("2026-29"), core_only=True, entered_on=TODAY, by=None, now=NOW
    )


def test_a_new_milestone_joins_the_cycle_of_its_key_and_is_entered_today(country: Country, cycle: Cycle) -> None:
    put_in(country, NEW, ("S12000020", "other", "Another", "action", "", "", "Done"))
    made = milestone("2026-29.survey")
    assert (made.cycle_id, made.kind, made.title) == (cycle.id, Kind.STEP, "Survey of families")
    assert (made.due_on, made.target_on, made.entered_on) == (date(2027, 4, 1), None, TODAY)
    assert (made.owner_id, made.state, made.duty_basis, made.version) == (
        country.lead.id,
        State.NOT_STARTED,
        Basis.LOCAL,
        1,
    )
    assert made.next_notice_on is not None
    other = milestone("other")
    assert (other.cycle_id, other.state, other.done_on, other.next_notice_on) == (None, State.DONE, None, None)


def test_a_new_milestone_joins_no_cycle_that_nobody_opened(country: Country, cycle: Cycle) -> None:
    cycle.opened_on = None
    put_in(country, NEW)
    assert milestone("2026-29.survey").cycle_id is None


def test_a_row_changes_the_milestone_of_its_key_through_the_rules(country: Country, cycle: Cycle) -> None:
    put_in(country, NEW)
    worker = make_user("Neil Orr", role=Role.CONTRIBUTOR, partnership=country.place("moray"))
    made = put_in(country, ("Moray", "2026-29.SURVEY", "Survey", "", "2027-05-01", worker.email.upper(), "in progress"))
    (step,) = made.steps
    assert [(one.what, one.old, one.new) for one in step.changes] == [
        ("title", "Survey of families", "Survey"),
        ("due_on", "1 April 2027", "1 May 2027"),
        ("owner", "Ailsa Grant", "Neil Orr"),
        ("state", "Not started", "In progress"),
    ]
    found = milestone("2026-29.survey")
    assert (found.title, found.due_on, found.owner_id, found.state) == (
        "Survey",
        date(2027, 5, 1),
        worker.id,
        State.IN_PROGRESS,
    )
    change = db.session.scalars(select(DateChange)).one()
    assert (change.reason, change.old_due_on, change.noted_by_id) == ("Imported", date(2027, 4, 1), country.lead.id)
    actions = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject_id == found.id, AuditEvent.subject == "milestone")
    ).all()
    assert set(actions) == {"added", "edited", "date-moved", "owner-changed", "started"}
    assert [one.user_id for one in db.session.scalars(select(Notice))] == [worker.id]


def test_the_same_file_again_changes_nothing(country: Country, cycle: Cycle) -> None:
    put_in(country, NEW)
    counts = [db.session.scalar(select(func.count(table.id))) for table in (Milestone, AuditEvent)]
    assert put_in(country, NEW).count(Effect.UNCHANGED) == 1
    assert [db.session.scalar(select(func.count(table.id))) for table in (Milestone, AuditEvent)] == counts


def test_an_empty_cell_leaves_what_is_there(country: Country, cycle: Cycle) -> None:
    put_in(country, NEW)
    assert put_in(country, ("Moray", "2026-29.survey", "", "", "", "", "")).count(Effect.UNCHANGED) == 1


def test_states_go_the_way_that_they_go_everywhere(country: Country, cycle: Cycle) -> None:
    key = "2026-29.survey"
    put_in(country, NEW)
    for state in (State.DONE, State.IN_PROGRESS, State.DROPPED, State.IN_PROGRESS):
        put_in(country, ("Moray", key, "", "", "", "", state.label))
        assert milestone(key).state is state
    put_in(country, ("Moray", key, "", "", "1/6/2027", "", "Done"))
    assert (milestone(key).state, milestone(key).due_on) == (State.DONE, date(2027, 6, 1))
    assert problem(country, ("Moray", key, "", "", "", "", "not started")) == (
        "state",
        "This is done, so it cannot become not started.",
    )
    assert problem(country, ("Moray", key, "", "", "1/7/2027", "", "")) == (
        "due_on",
        "This is done, so its date cannot be moved.",
    )


def test_a_document_keeps_its_date_its_state_and_its_title(country: Country, cycle: Cycle) -> None:
    key = "2026-29.annual-report-1"
    found = plan(country, ("Moray", key, "My report", "step", "1/7/2028", "", "done")).problems
    assert [one.column for one in found] == ["title", "kind", "due_on", "state"]
    assert put_in(country, ("Moray", key, "", "annual report", "30/6/2027", "ailsa@example.test", "")).to_record
    assert milestone(key).owner_id == country.lead.id


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({2: ""}, "title", "A new milestone needs a title."),
        (
            {3: ""},
            "kind",
            "Enter the kind of the new milestone. It can be step, consultation, review, action, request.",
        ),
        ({3: "plan"}, "kind", "Plans and annual reports are added with their cycle."),
        ({3: "annual-report"}, "kind", "Plans and annual reports are added with their cycle."),
        ({3: "sub-task"}, "kind", "The kind of a new milestone can be step, consultation, review, action, request."),
        ({6: "not required"}, "state", "Only a plan or an annual report can be “not required”"),
        (
            {5: "nobody@example.test"},
            "owner",
            "No one with the email address nobody@example.test can own milestones in Moray.",
        ),
        ({1: "2026-29.jsna-start"}, "key", ""),
        ({1: "2029-32.annual-report-1"}, "key", "This key belongs to a step from the guidance."),
        ({0: "Fife"}, "partnership", "You cannot record anything for Fife."),
        ({0: "Atlantis"}, "partnership", "We do not recognise the partnership “Atlantis”."),
    ],
)
def test_a_new_milestone_that_cannot_be_is_told(
    country: Country, cycle: Cycle, changed: dict[int, str], column: str, words: str
) -> None:
    line = tuple(changed.get(number, cell) for number, cell in enumerate(NEW))
    found = plan(country, line).problems
    if not words:
        assert [one.column for one in found] in ([], ["key"])
        return
    assert [one.column for one in found] == [column]
    assert found[0].message.startswith(words)


def test_a_step_that_a_record_completes_is_neither_done_nor_opened_by_a_file(country: Country, cycle: Cycle) -> None:
    moray = country.place("moray")
    plan_itself = make_milestone(moray, key="the-plan", kind=Kind.PLAN)
    make_milestone(moray, key="copies", fact=Fact.PROVIDERS_SENT, fact_of_id=plan_itself.id)
    make_milestone(
        moray, key="published", fact=Fact.PUBLISHED, fact_of_id=plan_itself.id, state=State.DONE, done_on=None
    )
    for key, state in (("copies", "done"), ("published", "in progress")):
        column, message = problem(country, ("Moray", key, "", "", "", "", state))
        assert (column, message.startswith("This is marked as done when its record")) == ("state", True), key
    assert plan(country, ("Moray", "copies", "", "", "", "", "in progress")).problems == ()


def test_an_owner_is_of_the_partnership_even_where_the_address_is_known(country: Country, cycle: Cycle) -> None:
    stranger = make_user("Neil Orr", role=Role.CONTRIBUTOR, partnership=country.place("fife"))
    gone = make_user("Una Reid", role=Role.CONTRIBUTOR, partnership=country.place("moray"), active=False)
    for person in (stranger, gone, country.official):
        column, message = problem(country, (*NEW[:5], person.email, ""))
        assert (column, message.startswith("No one with the email address")) == ("owner", True)


def test_an_owner_who_may_no_longer_own_may_stay_in_the_file(country: Country, cycle: Cycle) -> None:
    gone = make_user("Una Reid", active=False)
    make_milestone(country.place("moray"), key="old", owner=gone)
    assert plan(country, ("Moray", "old", "", "", "", gone.email, "")).count(Effect.UNCHANGED) == 1


def test_a_key_stands_once_in_a_file_whatever_the_partnership_is_called(country: Country, cycle: Cycle) -> None:
    assert problem(country, NEW, ("moray", "2026-29.Survey", *NEW[2:])) == ("key", "Row 2 has the same key.")


def test_a_key_of_another_partnership_is_another_milestone(country: Country, cycle: Cycle) -> None:
    make_milestone(country.place("fife"), key="2026-29.survey", title="Fife's")
    assert put_in(country, NEW).count(Effect.NEW) == 1
    assert db.session.scalar(select(func.count(Milestone.id)).where(Milestone.title == "Fife's")) == 1


def test_every_row_is_told_and_nothing_is_recorded(country: Country, cycle: Cycle) -> None:
    made = plan(country, NEW, ("Atlantis", "!", "", "?", "x", "y", "z"))
    assert made.steps == ()
    assert {one.column for one in made.problems} == {"partnership", "key", "kind", "due_on", "owner", "state"}
    assert {one.row for one in made.problems} == {3}


def test_statements_do_not_grow_with_the_rows(country: Country, cycle: Cycle) -> None:
    make_report(country.place("moray"))
    many = [("Moray", f"2026-29.k-{number}", f"Title {number}", "step", "1/4/2027", "", "") for number in range(600)]
    viewer = country.viewer(country.lead)
    planned, recorded = [], []
    for lines in (many[:3], many[3:]):
        with counted_statements() as statements:
            made = plan_milestones(rows(*lines), viewer, TODAY)
        planned.append(len(statements))
        with counted_statements() as statements:
            record_milestones(made, by=country.lead, today=TODAY, now=NOW)
        recorded.append(sum(not one.startswith("INSERT") for one in statements))  # SQLite inserts one by one
        db.session.commit()
    assert planned[0] == planned[1]
    assert recorded[1] <= recorded[0] + 4


def test_many_changes_at_once_end_notices_as_each_alone_does(country: Country) -> None:
    """Two pairs of milestones with a notice and an escalation: one of each is changed by a page, one by a file."""
    keys = ["by-page-moved", "by-page-done", "by-file-moved", "by-file-done"]
    for key in keys:
        one = make_milestone(country.place("moray"), key=key, owner=country.lead, due_on=date(2026, 7, 2))
        for step in ("on-day", "overdue-1"):
            db.session.add(
                Notice(
                    milestone_id=one.id,
                    due_on=date(2026, 7, 2),
                    step=step,
                    addressee=f"user:{country.lead.id}",
                    user_id=country.lead.id,
                    audience=Audience.OWNER,
                    queued_on=TODAY,
                    queued_at=NOW,
                )
            )
        db.session.add(
            Escalation(
                milestone_id=one.id,
                due_on=date(2026, 7, 2),
                rung=1,
                audience=Audience.LEAD,
                fell_due_on=TODAY,
                opened_at=NOW,
            )
        )
    db.session.commit()
    move_local_date(milestone("by-page-moved"), date(2026, 8, 3), "Imported", by=country.lead, now=NOW)
    complete(milestone("by-page-done"), None, "finished", by=country.lead, now=NOW)
    put_in(country, ("Moray", "by-file-moved", "", "", "3/8/2026"), ("Moray", "by-file-done", "", "", "", "", "done"))
    db.session.expire_all()
    of_page, of_file = [[_after(f"by-{way}-{what}") for what in ("moved", "done")] for way in ("page", "file")]
    assert of_page == of_file
    assert of_page[0][0] is not None


def _after(key: str) -> tuple[object, ...]:
    one = milestone(key)
    notices = db.session.scalars(select(Notice).where(Notice.milestone_id == one.id).order_by(Notice.id)).all()
    escalations = db.session.scalars(select(Escalation).where(Escalation.milestone_id == one.id)).all()
    return (
        one.next_notice_on,
        one.state,
        [(notice.step, notice.ending, notice.ended_why, notice.ended_at) for notice in notices],
        [(escalation.resolution, escalation.resolved_at) for escalation in escalations],
    )
