"""Every route says who may come to it, and one that does not is open to nobody."""

import pytest
from flask import Flask

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import addresses
from cycle_tracker.web.access import UndeclaredAccess, declared_access, ensure_all_declared, held_by_mailed_token
from cycle_tracker.web_app import create_app
from tests.conftest import settings_for_tests

PUBLIC = {
    "/accessibility",
    "/answer/<token>",
    "/calendar/<token>.ics",
    "/cookies",
    "/forgotten-password",
    "/healthz",
    "/help",
    "/invitation/<token>",
    "/privacy",
    "/readyz",
    "/reminders/stop/<token>",
    "/register",
    "/register/export.<any(csv,xlsx):form>",
    "/reset-password/<token>",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/link",
    "/sign-in/link/<token>",
    "/static/<path:filename>",
}
"""Widened on purpose only: what is not here needs a signed-in person."""


@pytest.fixture(scope="module")
def pages() -> Flask:
    return create_app(settings_for_tests("sqlite://"))


def test_every_route_declares_its_access(pages: Flask) -> None:
    for rule in pages.url_map.iter_rules():
        assert declared_access(pages, rule.endpoint) in {"public", "signed in", *Permission}, rule


def test_only_these_routes_are_public(pages: Flask) -> None:
    found = {rule.rule for rule in pages.url_map.iter_rules() if declared_access(pages, rule.endpoint) == "public"}
    assert found == PUBLIC


def test_a_route_that_declares_nothing_stops_the_start() -> None:
    app = create_app(settings_for_tests("sqlite://"))
    app.add_url_rule("/left-open", "left_open", lambda: "everybody")
    with pytest.raises(UndeclaredAccess, match="left_open"):
        ensure_all_declared(app)


def test_a_route_that_declares_nothing_answers_nobody() -> None:
    app = create_app(settings_for_tests("sqlite://"))
    app.add_url_rule("/left-open", "left_open", lambda: "everybody")
    with pytest.raises(UndeclaredAccess):
        app.test_client().get("/left-open")


def test_the_addresses_that_mails_use_are_pages(pages: Flask) -> None:
    urls = pages.url_map.bind("127.0.0.1")
    paths = [
        addresses.HOME,
        addresses.OUTSTANDING,
        addresses.ESCALATIONS,
        addresses.milestone("moray", "2026-29.annual-report-1"),
        addresses.escalation(1),
        addresses.UPDATE_REQUESTS,
        addresses.update_request(1),
        addresses.TO_RECEIVE,
        addresses.MATRIX,
        addresses.partnership("moray"),
        addresses.ACCOUNT,
        addresses.SIGN_IN,
        addresses.SIGN_IN_LINK,
        addresses.FORGOTTEN_PASSWORD,
        addresses.reset_password("a-token"),
        addresses.sign_in_by_link("a-token"),
        addresses.invitation("a-token"),
        addresses.answer("a-token"),
        addresses.stop_reminders("a-token"),
        "/partnerships/moray/cycles/2026-29",
    ]
    for path in paths:
        assert urls.test(path, "GET"), path


def test_only_what_a_mailed_token_opens_goes_without_the_token_of_a_form(pages: Flask) -> None:
    open_views = {view.__name__: view.__module__ for view in held_by_mailed_token(pages)}
    assert open_views == {
        "give": "cycle_tracker.answers.web.routes",
        "switch": "cycle_tracker.reminders.web.reminder_stops.routes",
    }
    assert pages.extensions["csrf"]._exempt_views == {f"{module}.{name}" for name, module in open_views.items()}


def test_signing_out_is_never_a_link(pages: Flask) -> None:
    methods = [rule.methods or set() for rule in pages.url_map.iter_rules() if rule.rule == "/sign-out"]
    assert [found - {"OPTIONS"} for found in methods] == [{"POST"}]
