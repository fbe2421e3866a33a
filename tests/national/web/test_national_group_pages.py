"""Members of the Scottish Government escalation group: named by administrators, read by officials and auditors."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.group import Membership, MembershipRole
from tests.factories import make_partnership, make_user
from tests.support.pages import said, sign_in, soup

PAGE = "/national-group"
pytestmark = pytest.mark.usefixtures("morning")


def test_an_administrator_names_an_official_and_ends_their_place(app: Flask) -> None:
    with app.app_context():
        hamish = make_user("Hamish Orr", role=Role.OFFICIAL)
        make_user("Ailsa Grant", role=Role.LEAD, partnership=make_partnership("moray"))
        client = sign_in(app, make_user("Jean Hay", role=Role.ADMINISTRATOR))
        assert "The Scottish Government escalation group has no members yet" in said(client.get(PAGE))
        offered = [one["value"] for one in soup(client.get(f"{PAGE}/members/add")).select("#person option")]
        assert offered == ["", str(hamish.id)]
        for place in ("member", "chair"):
            joined = {"person": str(hamish.id), "place": place}
            assert client.post(f"{PAGE}/members/add", data=joined).status_code == 302
        assert f"Hamish Orr Chair {hamish.email}" in said(client.get(PAGE))
        assert "already has this role in the group" in said(client.post(f"{PAGE}/members/add", data=joined))
        membership = db.session.scalars(select(Membership)).one()
        assert (membership.role, membership.to_on) == (MembershipRole.CHAIR, None)
        end = f"{PAGE}/members/{membership.id}/end"
        assert "must be today or in the past" in said(client.post(end, data={"last_day": "4 7 2026"}))
        assert client.post(end, data={"last_day": "2 7 2026"}).status_code == 302
        assert "Hamish Orr, chair until 2 July 2026" in said(client.get(PAGE))
        db.session.refresh(membership)
        assert membership.to_on == date(2026, 7, 2)
        done = select(AuditEvent.action).where(AuditEvent.subject == "group").order_by(AuditEvent.id)
        assert list(db.session.scalars(done)) == [
            "member-joined",
            "member-joined",
            "member-left",
        ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"person": "", "place": "member"}, "Choose an official"),
        ({"person": "999999", "place": "member"}, "Choose someone from the list"),
        ({"place": ""}, "Choose their role in the group"),
        ({"place": "king"}, "Choose their role in the group"),
    ],
)
def test_what_is_wrong_is_said(app: Flask, typed: dict[str, str], message: str) -> None:
    with app.app_context():
        hamish = make_user("Hamish Orr", role=Role.OFFICIAL)
        client = sign_in(app, make_user("Jean Hay", role=Role.ADMINISTRATOR))
        answer = client.post(f"{PAGE}/members/add", data={"person": str(hamish.id), **typed})
        assert message in said(answer)
        assert db.session.scalars(select(Membership)).all() == []
