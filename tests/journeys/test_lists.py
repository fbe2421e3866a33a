"""Two people with several things to say: one answers for six partnerships at once, the other moves dates."""

from datetime import date

import pytest

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from tests.factories import grant_role, make_milestone, make_partnership, make_user
from tests.journeys.conftest import Service, Visitor, on_both_sizes, with_password

pytestmark = [pytest.mark.journey, pytest.mark.in_full]

SIX = ("angus", "bute", "clyde", "dundee", "elgin", "fife")


def six_partnerships(service: Service) -> tuple[str, str]:
    """An officer who owns a step in each of six partnerships, and the planning lead of the first."""
    with service.app.app_context():
        places = [make_partnership(slug) for slug in SIX]
        officer = make_user("Eilidh Ross", role=Role.CONTRIBUTOR, partnership=places[0])
        for place in places[1:]:
            grant_role(officer, Role.CONTRIBUTOR, place)
        for place in places:
            make_milestone(place, title=f"Data of {place.name}", due_on=date(2026, 7, 20), owner=officer)
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=places[0])
        emails = with_password(officer).email, with_password(lead).email
        db.session.commit()
    return emails


@on_both_sizes
def test_an_officer_of_six_partnerships_answers_from_one_list(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 14))
    officer, lead = six_partnerships(service)
    visitor.sign_in(officer)
    visitor.open("/my-work?tick=all")
    visitor.page.get_by_label("Still on track").check(force=True)
    visitor.fill("Note", "The data come in August")
    visitor.press("Update")
    assert visitor.reads("No change, with your comment added")
    visitor.press("Update 6 milestones")
    assert visitor.reads("Updated 6 milestones. Still on track. The data come in August")
    visitor.sign_out()

    visitor.sign_in(lead)
    visitor.open("/partnerships/angus/milestones?tick=all")
    visitor.press("Change owner or date")
    visitor.page.get_by_label("New owner").select_option("Ailsa Grant")
    visitor.page.get_by_label("Move by days").check(force=True)
    visitor.press("Check changes")
    assert visitor.reads("Enter a number of days")
    visitor.fill("Number of days", "7")
    visitor.fill("Reason", "The meeting moved")
    visitor.press("Check changes")
    assert visitor.reads("20 July 2026 27 July 2026")
    visitor.press("Change 1 milestone")
    assert visitor.reads("Changed 1 milestone. The new owner is Ailsa Grant. Dates move 7 days later.")
