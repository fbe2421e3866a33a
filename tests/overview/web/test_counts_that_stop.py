"""Where somebody has more than a thousand milestones, a page says so and counts no further; each can be reached."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.operations.services.synthetic import Wanted, load_synthetic
from tests.support.visits import give_password, visit_as, whole_page, words

NUMBER = 1_060


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """Somebody who owns so many milestones, all of them past their date."""
    with app.app_context():
        load_synthetic(Wanted(1, 1, NUMBER, NUMBER, 0), clock.today())
        email = give_password(db.session.scalars(select(User)).one())
    return visit_as(app, email)


def test_home_counts_to_a_thousand(owner: FlaskClient) -> None:
    said = words(whole_page(owner.get("/")))
    assert "1,000+ overdue" in said
    assert "Showing the first 20 of 1,000+." in said


def test_a_list_counts_to_a_thousand_and_goes_on_to_its_end(owner: FlaskClient) -> None:
    first = words(whole_page(owner.get("/my-work")))
    assert "1,000+ milestones. Showing 1 to 50." in first
    assert "1,000+ Overdue" in first
    last = whole_page(owner.get("/my-work?page=22"))
    assert len(last.select("tbody th")) == NUMBER - 21 * 50
    assert last.find("a", rel="next") is None
    assert whole_page(owner.get("/my-work?page=21")).find("a", rel="next") is not None


def test_the_list_of_a_partnership_counts_to_a_thousand_and_goes_on_to_its_end(owner: FlaskClient) -> None:
    with owner.application.app_context():
        slug = db.session.scalars(select(Partnership.slug)).one()
    address = f"/partnerships/{slug}/milestones"
    assert "1,000+" in words(whole_page(owner.get(address)))
    last = whole_page(owner.get(f"{address}?page=22"))
    assert len(last.select("tbody th")) == NUMBER - 21 * 50
    assert last.find("a", rel="next") is None
    assert whole_page(owner.get(f"{address}?page=21")).find("a", rel="next") is not None
