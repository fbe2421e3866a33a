"""`flask access`: what each route declares, for a machine to read."""

import json

from flask import Flask


def test_it_lists_every_route_with_what_it_declares(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["access", "--json"])
    assert done.exit_code == 0
    routes = {(route["rule"], *route["methods"]): route for route in json.loads(done.output)}
    assert len(routes) == len(list(app.url_map.iter_rules()))
    assert routes["/service-health", "GET"] == {
        "rule": "/service-health",
        "methods": ["GET"],
        "endpoint": "service_health.show",
        "permission": "read the health of the service",
    }
    assert routes["/", "GET"]["permission"] == "signed in"
    assert routes["/sign-in", "GET", "POST"]["permission"] == "public"
    assert routes["/static/<path:filename>", "GET"]["permission"] == "public"


def test_it_can_be_read_by_a_person_too(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["access"])
    assert done.exit_code == 0
    assert "/outstanding" in done.output
