"""Somebody is invited, joins, forgets their password, comes in by a link, and sets up codes: all in the browser."""

import re
from datetime import date

import pytest
from passlib.totp import TOTP

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.people.services.invitations import invite
from scheduler.jobs import SEND_ACCOUNT_MAILS, run_job
from tests.factories import make_partnership, make_user
from tests.journeys.conftest import PASSWORD, Service, Visitor, on_both_sizes

pytestmark = pytest.mark.journey

NEW = "isla.reid@example.test"


def mailed(service: Service, containing: str) -> str:
    """The link in the mail that comes within seconds."""
    assert run_job(service.app, SEND_ACCOUNT_MAILS, clock.today()).usable
    return service.link_in_mail(NEW, containing)


def code_of(visitor: Visitor) -> str:
    key = visitor.page.locator(".app-code-key").inner_text().replace(" ", "")
    return str(TOTP(key=key, format="base32").generate(time=int(clock.now().timestamp())).token)


@on_both_sizes
def test_from_the_invitation_to_codes(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 14))
    with service.app.app_context():
        moray = make_partnership()
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
        invite(
            NEW,
            "Isla Reid",
            role=Role.CLERK,
            scope=Scope.PARTNERSHIP,
            partnership=moray,
            by=lead,
            viewer=viewer_of(lead.id, clock.today()),
            now=clock.now(),
        )
        db.session.commit()

    visitor.follow(mailed(service, "/invitation/"))
    assert visitor.reads("Governance group clerk")
    visitor.fill("Password", "short")
    visitor.press("Join and sign in")
    visitor.fill("Password", "a first password")
    visitor.press("Join and sign in")
    assert visitor.reads("Welcome, Isla Reid")
    visitor.press("Sign out")

    visitor.page.get_by_role("link", name="Set a new password").click()
    visitor.fill("Email address", NEW)
    visitor.press("Email me a link")
    assert visitor.reads("Check your email")
    visitor.follow(mailed(service, "/reset-password/"))
    visitor.fill("New password", PASSWORD)
    visitor.press("Set password")
    assert visitor.reads("Your new password is set")

    visitor.page.get_by_role("link", name="Get a sign-in link by email").click()
    visitor.fill("Email address", NEW)
    visitor.press("Email me a link")
    link = mailed(service, "/sign-in/link/")
    visitor.follow(link)
    visitor.press("Sign in")
    visitor.follow(link)
    assert visitor.reads("This link no longer works")

    visitor.open("/account/codes")
    visitor.fill("Code", code_of(visitor))
    visitor.fill("Your password", PASSWORD)
    visitor.press("Turn on codes")
    recovery = re.findall(r"\b\w{4}-\w{4}-\w{4}\b", visitor.page.locator(".app-recovery-codes").inner_text())
    assert len(recovery) == 10
    visitor.open("/account/codes")
    visitor.open("/account")
    visitor.press("Sign out")
    visitor.sign_in_with_password(NEW)
    assert visitor.reads("Enter your code")
    visitor.fill("Code", "000000")
    visitor.press("Continue")
    assert visitor.reads("This code is wrong")
    visitor.fill("Code", recovery[0])
    visitor.press("Continue")
    assert visitor.reads("Home")
