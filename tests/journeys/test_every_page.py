"""Each role looks at every page that it has; axe looks with it."""

from datetime import date

import pytest

from cycle_tracker.domain.permissions import Role
from cycle_tracker.extensions import db
from tests.factories import make_user
from tests.journeys.conftest import Service, Visitor, on_every_screen, with_password
from tests.journeys.test_annual_report import REPORT, moray

pytestmark = pytest.mark.journey

OPEN_TO_ALL = ["/sign-in", "/register", "/help", "/privacy", "/cookies", "/accessibility", "/no-such-page"]


@on_every_screen
def test_every_page_of_every_role_is_free_of_violations(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 14), hour=7)
    lead, member, official = moray(service)
    with service.app.app_context():
        administrator = with_password(make_user("Rhona Bell", role=Role.ADMINISTRATOR)).email
        auditor = with_password(make_user("Neil Orr", role=Role.AUDITOR)).email
        db.session.commit()
    service.run_jobs()
    for path in OPEN_TO_ALL:
        visitor.open(path)
    pages = {
        lead: ["/", REPORT, "/escalations"],
        member: ["/", REPORT, "/escalations", "/escalations/2"],
        official: ["/", "/outstanding", "/outstanding?state=complete&sort=nonsense", REPORT],
        administrator: ["/", "/service-health", REPORT, "/outstanding"],
        auditor: ["/", "/outstanding", "/escalations", "/service-health", REPORT],
    }
    for person, paths in pages.items():
        visitor.sign_in(person)
        for path in paths:
            visitor.open(path)
        visitor.sign_out()
    assert len(visitor.seen) >= len(OPEN_TO_ALL) + sum(map(len, pages.values()))
