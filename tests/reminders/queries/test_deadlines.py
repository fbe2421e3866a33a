"""What the rules are given of a milestone, and of the policies, is what its row says."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.models.notice import NoticePolicy
from cycle_tracker.reminders.queries.deadlines import (
    Policies,
    change_of,
    deadline_of,
    policies_now,
    policy_of,
)
from cycle_tracker.reminders.rules.policies import DOCUMENT_POLICY, STEP_POLICY, Gaps, PolicyChange, Repeats
from cycle_tracker.reminders.rules.steps import Deadline
from tests.factories import make_partnership

DUE, TARGET, ENTERED, JOINED, REPLY, OPENS = (date(2026, 6, day) for day in (1, 2, 3, 4, 5, 6))


@dataclass
class Row:
    """The columns that are asked for."""

    kind: Kind = Kind.STEP
    state: State = State.NOT_STARTED
    expected_date: bool = False
    after_interim: bool = False
    partnership_id: int | None = 7
    duty_basis: Basis = Basis.LOCAL
    opens_on: date | None = OPENS
    due_on: date | None = DUE
    measured_on: date | None = TARGET
    entered_on: date = ENTERED


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("expected_date", [True, False])
def test_a_deadline_has_every_part_of_its_row(kind: Kind, expected_date: bool) -> None:
    calendar, people = WorkingCalendar.closed_on([DUE]), {Audience.OWNER: ("user:1",)}
    found = deadline_of(
        Row(kind, expected_date=expected_date, after_interim=expected_date),
        notify_from=JOINED,
        reply_by=REPLY,
        calendar=calendar,
        addressees=people,
    )
    assert found == Deadline(
        due_on=DUE,
        is_open=True,
        entered_on=ENTERED,
        is_document=kind in DOCUMENTS,
        expected_date=expected_date,
        after_interim=expected_date,
        opens_on=OPENS if kind is Kind.ANNUAL_REPORT else None,
        explain_by_target=TARGET if kind in DOCUMENTS and not expected_date else None,
        notify_from=JOINED,
        reply_by=REPLY,
        asks_contacts_after=kind is Kind.REQUEST,
        calendar=calendar,
        addressees=people,
    )


def test_a_deadline_is_open_as_its_row_is_and_has_nobody_unless_they_are_given() -> None:
    for state in State:
        found = deadline_of(Row(state=state), notify_from=None)
        assert (found.is_open, found.notify_from, found.reply_by) == (state in OPEN, None, None)
        assert found.addressees == {}


def test_all_dates_of_what_is_national_count_and_none_of_a_partnership_that_has_not_joined() -> None:
    assert deadline_of(Row(partnership_id=None), notify_from=None).calls_for_notices
    assert not deadline_of(Row(), notify_from=None).calls_for_notices


@dataclass
class PolicyRow:
    """A row of `notice_policies`."""

    in_force_from: date = JOINED
    before: list[int] | None = None
    first_after: int | None = None
    repeat_every: int | None = None
    rungs: list[list[object]] | None = None


def test_a_change_of_policy_has_every_part_of_its_row_and_no_other() -> None:
    assert change_of(PolicyRow()) == PolicyChange(JOINED)
    assert change_of(PolicyRow(before=[])) == PolicyChange(JOINED, before=())
    assert change_of(PolicyRow(before=[14, 3], first_after=2, rungs=[])) == PolicyChange(
        JOINED, before=(14, 3), repeats=Repeats(2, None), rungs=()
    )
    whole = PolicyRow(before=[0], first_after=1, repeat_every=7, rungs=[[14, ["governance-group", "chair"]]])
    assert change_of(whole) == PolicyChange(
        JOINED,
        before=(0,),
        repeats=Repeats(1, 7),
        rungs=(EscalationStage(14, (Audience.GOVERNANCE, Audience.CHAIR)),),
    )


@pytest.mark.parametrize("rung", [["14", ["chair"]], [14, "chair"], ["14", "chair"]])
def test_a_rung_that_is_none_is_refused_with_what_it_says(rung: list[object]) -> None:
    with pytest.raises(TypeError, match="14"):
        change_of(PolicyRow(rungs=[rung]))


def test_each_kind_basis_and_place_has_a_policy_of_its_own() -> None:
    policies = Policies(
        {"step:7": PolicyChange(JOINED, before=(5,)), "partnership:8": PolicyChange(JOINED, before=(9,))}
    )
    assert policies.of(Row(Kind.PLAN)) == DOCUMENT_POLICY
    assert policies.of(Row(partnership_id=9)) == STEP_POLICY
    assert policies.of(Row(partnership_id=8)).before == (9,)
    assert policies.of(Row(partnership_id=8)) is policies.of(Row(partnership_id=8))
    assert policies.of(Row(partnership_id=8, duty_basis=Basis.STATUTE)) != policies.of(Row(partnership_id=8))


def test_the_policies_of_now_are_those_in_the_database(core_app: Flask) -> None:
    assert policies_now() == Policies({})
    moray = make_partnership("moray")
    place = f"partnership:{moray.id}"
    db.session.add_all(
        [
            NoticePolicy(place="all", in_force_from=JOINED, rungs=[[9, ["chair"]]]),
            NoticePolicy(
                place=place,
                partnership_id=moray.id,
                in_force_from=REPLY,
                before=[5],
                first_after=2,
                repeat_every=3,
            ),
        ]
    )
    db.session.flush()
    assert policies_now() == Policies(
        {
            "all": PolicyChange(JOINED, rungs=(EscalationStage(9, (Audience.CHAIR,)),)),
            place: PolicyChange(REPLY, before=(5,), repeats=Repeats(2, 3)),
        }
    )
    found = policy_of(Row(partnership_id=moray.id))
    assert (found.before, found.first_after, found.repeat_every) == ((5,), 2, Gaps(3))
