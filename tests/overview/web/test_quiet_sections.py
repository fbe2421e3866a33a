"""Each role is asked only for the sections of home that are its own, and each section shows by its own facts."""

from datetime import date

import pytest

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.publication import Publication
from cycle_tracker.overview.web.home.quiet import sections
from tests.factories import make_milestone, make_partnership, make_user

pytestmark = pytest.mark.usefixtures("morning", "core_app")

TODAY = date(2026, 7, 3)
OF_LEADS = {"wanted_dates", "orphaned_milestones", "to_answer", "failed_mails", "not_notified"}


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.LEAD, OF_LEADS),
        (Role.CONTRIBUTOR, set()),
        (Role.GOVERNANCE, {"proposals"}),
        (Role.OFFICIAL, {"proposals", "raised", "requests", "disputed"}),
        (Role.AUDITOR, {"raised"}),
        (Role.ADMINISTRATOR, set()),
    ],
)
def test_each_role_is_asked_only_for_the_sections_of_its_own(role: Role, names: set[str]) -> None:
    within = make_partnership("moray") if role in (Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE) else None
    person = make_user(role=role, partnership=within)
    db.session.commit()
    assert set(sections(viewer_of(person.id, TODAY), now(), None)[0]) == names


def test_a_section_shows_where_there_is_something_of_its_own_and_no_other_does() -> None:
    moray = make_partnership("moray")
    plan = make_milestone(moray, key="2023-26.plan-prepared", title="The plan", kind=Kind.PLAN, state=State.DONE)
    db.session.add(Publication(milestone=plan, published_on=date(2026, 6, 1), recorded_from=now()))
    lead = make_user(role=Role.LEAD, partnership=moray)
    db.session.commit()
    found, _ = sections(viewer_of(lead.id, TODAY), now(), None)
    assert {name for name, lines in found.items() if lines} == {"not_notified"}
