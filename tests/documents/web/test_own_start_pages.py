"""A late-started plan on its pages: Tayside’s lead records it, an official agrees it, and each reads what it is."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.access.queries.scopes import due_on_for
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.approval import OwnStart
from cycle_tracker.models.milestone import Milestone
from tests.documents.web.conftest import PLAN, REPORT, TODAY, Tayside, count, follow
from tests.factories import make_user
from tests.support.pages import Browser, counted_statements, said, value_of

LETTER = "Letter of the Scottish Government, 9 March 2026"


def record(client: Browser, **changed: str) -> dict[str, str]:
    version = value_of(client.get(f"{PLAN}/own-start"), "version")
    return {"version": version, "starts_on": "1 7 2026", "allowed_by": LETTER, **changed}


def test_a_lead_proposes_an_official_agrees_and_everybody_reads_both_days(tayside: Tayside) -> None:
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    assert "Record that the plan started late" in said(lead.get(PLAN))
    page = follow(lead, lead.post(f"{PLAN}/own-start", data=record(lead)))
    assert "Saved. This takes effect when an official agrees it." in said(page)
    for client in (lead, official):
        text = said(client.get(PLAN))
        assert "Own start of the plan, proposed: 1 July 2026" in text
        assert LETTER in text
        assert "Outstanding" in text
    assert "Agree this start" not in said(lead.get(PLAN))
    assert lead.get(f"{PLAN}/own-start/agreement").status_code == 403
    version = value_of(official.get(f"{PLAN}/own-start/agreement"), "version")
    page = follow(official, official.post(f"{PLAN}/own-start/agreement", data={"version": version}))
    assert "Saved. The plan is now measured from its own start." in said(page)
    for client in (lead, official):
        text = said(client.get(PLAN))
        assert "Own start of the plan: 1 July 2026" in text
        assert "1 April 2026" in text
        assert "Own start of this plan 1 July 2026, 2 days ago" in text
        assert "recorded the plan’s own start, 1 July 2026" in text
        assert "agreed the plan’s own start, 1 July 2026" in text
    assert "1 April 2026. Own start 1 July 2026" in said(official.get("/outstanding"))
    assert "Late-started plan, own start 1 July 2026" in said(official.get("/matrix"))
    version = value_of(lead.get(f"{PLAN}/own-start/taking-back"), "version")
    page = follow(lead, lead.post(f"{PLAN}/own-start/taking-back", data={"version": version, "reason": "A mistake."}))
    text = said(page)
    assert "Saved. The plan is measured from the first day of its period." in text
    assert "undid the plan’s own start, 1 July 2026" in text
    assert "Own start of this plan" not in text


def test_an_official_records_it_on_behalf_and_the_page_says_so(tayside: Tayside) -> None:
    official = tayside.someone(Role.OFFICIAL)
    page = follow(official, official.post(f"{PLAN}/own-start", data=record(official)))
    assert "on behalf of the partnership" in said(page)
    assert "Agree this start" in said(page)


@pytest.mark.in_full
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_on": ""}, "Enter the date the plan starts"),
        ({"starts_on": "1 4 2026"}, "must be after 1 April 2026"),
        ({"starts_on": "40 4 2026"}, "40 April 2026 is not a real date"),
        ({"allowed_by": " "}, "Enter the law or reason that allowed the plan to start late"),
        ({"allowed_by": "x" * 2001}, "must be 2,000 characters or fewer"),
    ],
)
def test_what_cannot_be_an_own_start_is_said_beside_the_field(
    tayside: Tayside, changed: dict[str, str], words: str
) -> None:
    lead = tayside.client()
    page = lead.post(f"{PLAN}/own-start", data=record(lead, **changed))
    assert page.status_code == 200
    assert words in said(page)
    assert count(OwnStart) == 0


@pytest.mark.in_full
def test_officials_who_see_no_explanation_read_the_own_start_as_the_due_date(tayside: Tayside) -> None:
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    plan = tayside.plan
    plan.own_start_on, plan.due_on, plan.expected_date = date(2026, 7, 1), date(2026, 9, 1), True
    db.session.commit()
    assert "New expected date" not in said(official.get(PLAN))
    assert "Due date 1 July 2026, 2 days past" in said(official.get(PLAN))
    assert "1 September 2026" in said(lead.get(PLAN))
    viewer = viewers_of([make_user("An official", role=Role.OFFICIAL).id], TODAY)
    (official_viewer,) = viewer.values()
    known = select(due_on_for(official_viewer, tayside.partnership.id)).where(Milestone.id == plan.id)
    assert db.session.scalar(known) == date(2026, 7, 1)


def test_what_is_undone_already_or_not_there_is_no_error(tayside: Tayside) -> None:
    official = tayside.someone(Role.OFFICIAL)
    assert "There is nothing to agree." in said(official.get(f"{PLAN}/own-start/agreement"))
    version = value_of(official.get(PLAN.replace("plan-prepared", "plan-prepared/not-required")), "version")
    page = official.post(f"{PLAN}/own-start/agreement", data={"version": version})
    assert "No own start is recorded. It was undone." in said(page)
    assert "there is nothing to undo" in said(follow(official, official.get(f"{PLAN}/own-start/taking-back")))
    assert official.get(f"{REPORT}/own-start").status_code == 404


def test_the_report_on_a_year_before_the_plan_says_who_can_mark_it(tayside: Tayside) -> None:
    lead = tayside.client()
    assert "The plan started late" not in said(lead.get(REPORT))
    tayside.plan.cycle, tayside.plan.own_start_on = tayside.report.cycle, tayside.report.reports_on
    db.session.commit()
    assert "The plan started late" not in said(lead.get(REPORT))
    tayside.plan.own_start_on = tayside.plan.due_on
    db.session.commit()
    assert "The plan started late" in said(lead.get(REPORT))


def test_the_page_of_a_plan_asks_for_an_own_start_only_where_there_is_one(tayside: Tayside) -> None:
    lead = tayside.client()
    lead.get(PLAN)
    with counted_statements() as without:
        lead.get(PLAN)
    follow(lead, lead.post(f"{PLAN}/own-start", data=record(lead)))
    with counted_statements() as beside:
        lead.get(PLAN)
    assert len(beside) - len(without) == 6  # it, notices, directions, who recorded them; the history, who is in it
