"""`flask access`: every route with what it declares, for whoever checks who may come where."""

import json
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from werkzeug.routing import Rule

from cycle_tracker.web.access import declared_access

AUTOMATIC = frozenset({"HEAD", "OPTIONS"})


@click.command("access")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@with_appcontext
def access(as_json: bool) -> None:
    """List every route with its methods, endpoint and the permission it declares."""
    routes = [_described(rule) for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule)]
    if as_json:
        click.echo(json.dumps(routes, indent=2))
        return
    for route in routes:
        click.echo(f"{route['rule']:60} {','.join(route['methods']):12} {route['permission']}")


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "methods": sorted((rule.methods or set()) - AUTOMATIC),
        "endpoint": rule.endpoint,
        "permission": str(declared_access(current_app, rule.endpoint)),
    }
