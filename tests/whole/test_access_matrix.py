"""Who comes to what: every route, by every role, in one's own partnership and in another's, against a table by hand.

What is not allowed by the table is refused, and leaves the database as it was.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cycle_tracker.core.roles import Role
from tests.access_matrix import OPEN_TO_ALL, TABLE
from tests.access_matrix.cells import BEGUN, NATIONAL, STEP, Cell
from tests.access_matrix.stage import ACTORS, NOBODY, Parts, changes, everything, send, signed_in
from tests.conftest import BOTH_DATABASES
from tests.support.pages import said, value_of

pytestmark = [pytest.mark.usefixtures("morning"), pytest.mark.on_both_databases]

# Between them they come to every page, and so to all its SQL. What a role may is decided in Python: `make test` tries
# the others on SQLite alone.
COME_TO_ALL = (Role.LEAD, Role.CLERK, Role.OFFICIAL, Role.ADMINISTRATOR)
ON_POSTGRESQL_IN_FULL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.in_full)]
ACTORS_ON_DATABASES = [
    pytest.param(kind, actor, marks=() if kind == "sqlite" or actor in COME_TO_ALL else pytest.mark.in_full)
    for kind in BOTH_DATABASES
    for actor in ACTORS
]
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
OF_ONESELF = ("/account", "/sign-out")
"""Addresses that change one's own account and nothing else."""


def test_every_route_stands_in_the_table(app: Flask) -> None:
    found = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == {(cell.rule, cell.method) for cell in TABLE} | OPEN_TO_ALL


def test_who_is_tried_on_both_databases_comes_to_every_page() -> None:
    assert [cell.rule for cell in TABLE if cell.may and cell.may.isdisjoint(COME_TO_ALL)] == []


@pytest.mark.parametrize(("database", "actor"), ACTORS_ON_DATABASES, indirect=["database"])
def test_a_role_comes_to_what_the_table_says_and_to_nothing_else(
    app: Flask, two_partnerships: Parts, actor: str
) -> None:
    client = signed_in(app, actor)
    tried = [
        (cell, slug, _expected(cell, actor, slug))
        for cell in sorted(TABLE, key=lambda cell: cell.rule == "/sign-out")
        for slug in (("fife",) if cell.everywhere else ("fife", "moray"))
    ]
    refused = [one for one in tried if 200 not in one[2]]
    before = everything()
    assert not list(_wrong(client, two_partnerships, refused))
    assert everything() == before
    assert not list(_wrong(client, two_partnerships, [one for one in tried if one not in refused]))


@pytest.mark.parametrize("database", ON_POSTGRESQL_IN_FULL, indirect=True)
def test_an_auditor_changes_nothing_by_any_method_on_any_address(app: Flask, two_partnerships: Parts) -> None:
    client = signed_in(app, Role.AUDITOR)
    paths = {cell.path.format_map(two_partnerships[slug]) for cell in TABLE for slug in two_partnerships}
    others = sorted(path for path in paths if not path.startswith(OF_ONESELF))
    with changes() as changed:
        for path in others:
            for method in sorted(UNSAFE):
                client.open(path, method=method)
    assert not changed


def test_what_lies_elsewhere_reads_like_what_is_not_there(app: Flask, two_partnerships: Parts) -> None:
    client = signed_in(app, Role.LEAD)
    nowhere = client.get("/partnerships/no-such-place/milestones/none")
    for cell in TABLE:
        if cell.method == "GET" and not cell.everywhere and Role.LEAD in cell.may:
            foreign = send(client, cell, two_partnerships["fife"])
            assert foreign.status_code == 404, cell
            assert said(foreign) == said(nowhere), cell
            assert "Fife" not in foreign.get_data(as_text=True), cell


def test_a_contributor_changes_what_they_own(app: Flask, two_partnerships: Parts) -> None:
    client = signed_in(app, Role.CONTRIBUTOR, owns="2026-29.step")
    step = STEP.format(slug="moray")
    seen = value_of(client.get(step), "version")
    assert client.post(f"{step}/start", data={"version": seen}).status_code == 302
    assert client.post(BEGUN.format(slug="moray") + "/finish", data={"done_on": "1 7 2026"}).status_code == 403


def _wrong(
    client: FlaskClient, parts: Parts, tried: list[tuple[Cell, str, set[int]]]
) -> Iterator[tuple[str, str, int, object]]:
    """What answered otherwise than it should, or changed something though it refused or was only looked at."""
    for cell, slug, expected in tried:
        path = cell.path.format_map(parts[slug])
        with changes() as changed:
            status = send(client, cell, parts[slug]).status_code
        if status not in expected:
            yield cell.method, path, status, expected
        if (cell.method == "GET" or status >= 400) and changed:
            yield cell.method, path, status, changed


def _expected(cell: Cell, actor: str, slug: str) -> set[int]:
    """The statuses that are right: for the allowed a page, a way on, a form with what is still wrong in it, or 409
    with what an earlier row of the table changed meanwhile."""
    if actor == NOBODY:
        return {302}
    role = Role(actor)
    if not cell.everywhere and slug == "fife" and role not in NATIONAL:
        return {404} if role in cell.may or cell.otherwise == 404 else {403, 404}
    if role in cell.may:
        return {200, 302, 409} if cell.method == "POST" else {200, 302}
    return {cell.otherwise}
