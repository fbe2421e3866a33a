"""Adding a local milestone to a cycle."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind, Stage
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from tests.factories import make_organisation, make_partnership, make_user
from tests.support.moray import Place, actions
from tests.support.pages import said, soup, value_of

NEW = "/partnerships/moray/cycles/2026-29/milestones/new"


def data_of(place: Place, **changed: str) -> dict[str, str]:
    return {
        "title": "Summer survey of families",
        "kind": "consultation",
        "stage": "analyse",
        "opens_on": "1 8 2026",
        "due_on": "1 September 2026",
        "owner": str(place.owner.id),
        "lead_organisation": "",
        **changed,
    }


def local() -> list[Milestone]:
    return list(
        db.session.scalars(select(Milestone).where(Milestone.key.startswith("2026-29.local-")).order_by(Milestone.id))
    )


def test_a_lead_adds_one_with_its_dates_owner_and_body(place: Place) -> None:
    council = make_organisation("Moray Council")
    db.session.add(
        PartnershipBody(
            partnership_id=place.partnership.id,
            organisation_id=council.id,
            role=BodyRole.LEAD,
            from_on=date(2017, 4, 1),
        )
    )
    client = place.client(place.lead)
    for _ in range(2):
        answer = client.post(NEW, data=data_of(place, lead_organisation=str(council.id)))
        assert answer.headers["Location"] == "/partnerships/moray/milestones/2026-29.local-1"
    (one,) = local()
    assert (one.kind, one.stage, one.duty_basis, one.date_basis) == (
        Kind.CONSULTATION,
        Stage.ANALYSE,
        Basis.LOCAL,
        Basis.LOCAL,
    )
    assert (one.opens_on, one.due_on, one.target_on) == (date(2026, 8, 1), date(2026, 9, 1), None)
    assert (one.owner, one.lead_organisation, one.cycle) == (place.owner, council, place.cycle)
    assert one.next_notice_on == date(2026, 8, 4)
    assert [notice.step for notice in db.session.scalars(select(Notice))] == ["assigned"]
    page = said(client.get("/partnerships/moray/milestones/2026-29.local-1"))
    assert "Ailsa Grant added this" in page
    assert "Summer survey of families" in said(client.get("/partnerships/moray/cycles/2026-29"))
    client.post(NEW, data=data_of(place, title="Another", due_on="", opens_on="", owner="", stage=""))
    assert [made.key for made in local()] == ["2026-29.local-1", "2026-29.local-2"]
    assert actions() == ["added", "added"]


def test_what_is_wrong_is_told_beside_its_field(place: Place) -> None:
    make_organisation("Fife Council")
    stranger = make_user("Fiona Lamb", role=Role.LEAD, partnership=make_partnership("fife"))
    client = place.client(place.lead)
    for changed, words in [
        ({"title": ""}, "Enter a title"),
        ({"title": "t" * 10_000}, "The title must be 300 characters or fewer"),
        ({"kind": "plan"}, "Choose a kind from the list"),
        ({"kind": "annual-report"}, "Choose a kind from the list"),
        ({"kind": ""}, "Choose a kind from the list"),
        ({"stage": "later"}, "Choose a stage from the list"),
        ({"due_on": "31 6 2026"}, "31 June 2026 is not a real date"),
        ({"due_on": "1 1 2100"}, "The date must be between 2014 and 2100."),
        ({"opens_on": "2 9 2026"}, "The earliest start date must be on or before the due date."),
        ({"owner": "stranger"}, "Choose an owner from the list"),
        ({"lead_organisation": "1"}, "Choose an organisation from the list"),
    ]:
        sent = data_of(place, **changed)
        sent["owner"] = str(stranger.id) if sent["owner"] == "stranger" else sent["owner"]
        answer = client.post(NEW, data=sent)
        assert answer.status_code == 200, changed
        (field,) = changed
        beside = soup(answer).find(id=f"{field}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert value_of(answer, "title") == sent["title"], changed
        assert local() == [], changed
        assert actions() == [], changed


def test_nobody_else_adds_one(place: Place) -> None:
    for role in (Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR):
        assert place.someone(role).post(NEW, data=data_of(place)).status_code == 403
    stranger = place.client(make_user("Fiona Lamb", role=Role.LEAD, partnership=make_partnership("fife")))
    assert stranger.post(NEW, data=data_of(place)).status_code == 404
    assert place.client(place.lead).get(NEW.replace("2026-29", "2023-26")).status_code == 404
    assert place.client(place.lead).get(NEW.replace("2026-29", "nonsense")).status_code == 404
    assert local() == []
