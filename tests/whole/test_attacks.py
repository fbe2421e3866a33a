"""What every form and address withstands, whichever it is: each test goes through the access tables."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.roles import Role
from cycle_tracker.web_app import create_app
from tests.access_matrix import OPEN_TO_ALL, TABLE
from tests.access_matrix.cells import Cell
from tests.access_matrix.stage import Parts, changes, everything, reading, send, signed_in, snapshot
from tests.conftest import Database, settings_for_tests
from tests.support.page_fixtures import MORNING, make_two_partnerships

pytestmark = pytest.mark.usefixtures("morning")

FORMS = [cell for cell in TABLE if cell.method == "POST" and cell.rule != "/sign-out" and cell.may]
PAGES = [cell for cell in TABLE if cell.method == "GET"]

TOO_LONG = "long " * 2_000
MARKUP = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7 * 7 }}'
IMPOSSIBLE = ["31 2 2026", "0 0 0", "99 99 9999", "30 6 0001", "tomorrow", "2026-13-45", "\u0661 1 2026"]
NASTY = [
    "",
    " ",
    TOO_LONG,
    MARKUP,
    "' OR 1=1; DROP TABLE users --",
    "\u202eright to left\u2028new line\u0085",
    "-1",
    "99999999999999999999",
    "1e309",
    "../../etc/passwd",
    "\ud83d\udc4d".encode("utf-16", "surrogatepass").decode("utf-16"),
    *IMPOSSIBLE,
]
PAYLOADS_OF_ADDRESSES = [
    *NASTY,
    "1' AND SLEEP(5)--",
    "1; SELECT pg_sleep(5)",
    '"><svg onload=alert(1)>',
    "%00",
    "due_on desc",
    "(SELECT 1)",
    "nan",
    "0",
    "2023-26'",
    "[]",
]

AS_NUMBERS_AND_DATES = ["-1", "99999999999999999999", "1e309", "nan", "0", "1; SELECT 1", *IMPOSSIBLE]
"""What each database takes in its own way. All else is tried on the one that takes less."""

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what lies before the database: tokens, headers, and which fields are read."""

MADE_BY_CHANCE = re.compile(
    r"password|uniquifier|token|hash|identity|message_id|subject|content|totp|secret|counter$|recipient|email|^stamp$",
    re.IGNORECASE,
)
"""Columns whose values differ from one run to the next."""


def someone_for(cell: Cell) -> Role:
    """A role that may: of several, the one that is first in the table of roles."""
    return next(role for role in Role if role in cell.may)


def by_role(cells: list[Cell]) -> Iterator[tuple[Role, list[Cell]]]:
    for role in Role:
        chosen = [cell for cell in cells if cell.may and someone_for(cell) is role]
        if chosen:
            yield role, chosen


ROLES_WITH_FORMS = [pytest.param(role, cells, id=role.value) for role, cells in by_role(FORMS)]
ROLES_WITH_PAGES = [pytest.param(role, cells, id=role.value) for role, cells in by_role(PAGES)]
SHARE = 15
SHARES_OF_PAGES = [
    pytest.param(role, cells[start : start + SHARE], id=f"{role.value}-{start // SHARE + 1}")
    for role, cells in by_role(PAGES)
    for start in range(0, len(cells), SHARE)
]
"""The same pages in shares that take about as long as other tests, so that they are gone through side by side."""


def payloads_for(database: Database, everything: list[str]) -> list[str]:
    return everything if database.kind == "postgresql" else AS_NUMBERS_AND_DATES


def with_version(cell: Cell, version: str) -> Cell:
    return replace(cell, data=(("version", version), *(pair for pair in cell.data if pair[0] != "version")))


def with_fields(cell: Cell, **fields: str) -> Cell:
    kept = [(name, value) for name, value in cell.data if name not in fields]
    return replace(
        cell, data=(*kept, *((name, value.replace("{", "{{").replace("}", "}}")) for name, value in fields.items()))
    )


@on_one_database
@pytest.mark.parametrize("cell", FORMS, ids=lambda cell: cell.rule)
def test_a_form_filled_in_right_is_taken(app: Flask, two_partnerships: Parts, cell: Cell) -> None:
    """What the tables send is what a person would: without this the tests below would try empty doors."""
    client = signed_in(app, someone_for(cell))
    data = dict(cell.data)
    versions = [data["version"], "1", "2", "3"] if "version" in data else [""]
    found = set()
    for version in versions:
        attempt = with_version(cell, version) if version else cell
        answer = send(client, attempt, two_partnerships["moray"])
        found.add(answer.status_code)
        if answer.status_code == 302 or cell.gives_a_page and answer.status_code == 200:
            return
    pytest.fail(f"{cell.path} answered {found}")


@pytest.mark.parametrize("stage", ["filled", "nasty", "empty"])
@pytest.mark.parametrize(("role", "cells"), ROLES_WITH_FORMS)
def test_no_form_answers_with_an_error_of_the_service(
    app: Flask, database: Database, two_partnerships: Parts, role: Role, cells: list[Cell], stage: str
) -> None:
    payloads = payloads_for(database, NASTY)
    parts = two_partnerships["moray"]
    client = signed_in(app, role)
    wrong = []
    for cell in cells:
        names = [name for name, _ in cell.data if name != "version"]
        attempts = {
            "filled": [cell],
            "empty": [replace(cell, data=(), files=()), with_fields(cell, **dict.fromkeys(names, ""))],
            "nasty": [
                with_fields(
                    cell, **{name: payloads[(place + turn) % len(payloads)] for place, name in enumerate(names)}
                )
                for turn in range(len(payloads) if names else 1)
            ],
        }[stage]
        for attempt in attempts:
            status = send(client, attempt, parts).status_code
            if status >= 500:
                wrong.append((cell.path, attempt.data, status))
    assert not wrong


@on_one_database
@pytest.mark.parametrize(("role", "cells"), ROLES_WITH_FORMS)
def test_ten_thousand_characters_are_refused_and_markup_is_never_alive(
    app: Flask, two_partnerships: Parts, role: Role, cells: list[Cell]
) -> None:
    parts = two_partnerships["moray"]
    client = signed_in(app, role)
    for cell in cells:
        for name, _ in cell.data:
            if name == "version":
                continue
            with changes() as changed:
                answer = send(client, with_fields(cell, **{name: TOO_LONG}), parts)
            assert answer.status_code in {200, 302, 400, 403, 404, 409}, (cell.path, name)
            assert answer.status_code == 302 or not changed, (cell.path, name, changed)
            shown = send(client, with_fields(cell, **{name: MARKUP}), parts).get_data(as_text=True)
            assert "<script>alert(1)" not in shown, (cell.path, name)
            assert "<img src=x" not in shown, (cell.path, name)


@pytest.mark.parametrize(("role", "cells"), ROLES_WITH_FORMS)
def test_a_number_of_another_partnership_in_a_form_is_refused(
    app: Flask, two_partnerships: Parts, role: Role, cells: list[Cell]
) -> None:
    mine, other = two_partnerships["moray"], two_partnerships["fife"]
    client = signed_in(app, role)
    for cell in cells:
        if cell.everywhere:
            continue
        for name, value in cell.data:
            if "{" not in value or value.format_map(mine) == value.format_map(other):
                continue
            with changes() as changed:
                answer = send(client, with_fields(cell, **{name: value.format_map(other)}), mine)
            assert answer.status_code in {200, 400, 403, 404, 409}, (cell.path, name)
            assert not changed, (cell.path, name)


COLUMNS = sorted(
    {column.name for table in Base.metadata.sorted_tables for column in table.columns} | {"is_admin", "role"}
)


@on_one_database
@pytest.mark.parametrize(("role", "cells"), ROLES_WITH_FORMS)
def test_fields_that_a_form_does_not_have_change_nothing_more(
    app: Flask, database: Database, role: Role, cells: list[Cell]
) -> None:
    """Each form is sent twice, to the same beginnings: as it is, and with every column of the database beside it.

    Either these are not read, or one of them is a field of the form that is now wrong, and nothing is changed.
    """
    outcomes: list[list[tuple[int, Any]]] = []
    for more in (False, True):
        database.clean(app)
        outcome = []
        with app.app_context(), time_machine.travel(MORNING, tick=False):
            parts = database.stand("two partnerships", make_two_partnerships)["moray"]
            client = signed_in(app, role)
            before = _without_chance(snapshot())
            for cell in cells:
                known = {"version", *cell.optional, *(name for name, _ in cell.data)}
                extra = {name: "1" for name in COLUMNS if name not in known} if more else {}
                with changes() as changed:
                    status = send(client, with_fields(cell, nothing="1", **extra), parts).status_code
                after = _without_chance(snapshot()) if changed else before
                outcome.append((status, _changed(before, after)))
                before = after
        outcomes.append(outcome)
    for cell, plain, with_more in zip(cells, *outcomes, strict=True):
        assert with_more in (plain, (200, {})), cell.path


@on_one_database
@pytest.mark.parametrize(("role", "cells"), ROLES_WITH_FORMS)
def test_a_form_without_its_token_or_with_anothers_changes_nothing(
    app: Flask, two_partnerships: Parts, database: Database, role: Role, cells: list[Cell]
) -> None:
    strict = create_app({**settings_for_tests(database.url), "WTF_CSRF_ENABLED": True})
    parts = two_partnerships["moray"]
    client = signed_in(app, role)
    cookie = client.get_cookie("__Host-session") or client.get_cookie("session")
    assert cookie is not None
    guarded = strict.test_client()
    guarded.set_cookie(cookie.key, cookie.value)
    before = everything()
    for cell in cells:
        for token in ("", "not-a-token", "IjEyMyI.aaaa.bbbb"):
            answer = send(guarded, with_fields(cell, csrf_token=token) if token else cell, parts)
            assert answer.status_code == 400, (cell.path, token)
    assert everything() == before
    with strict.app_context():
        db.engine.dispose()


@on_one_database
@pytest.mark.parametrize(("role", "cells"), ROLES_WITH_PAGES)
def test_every_page_is_kept_by_nobody_and_loads_nothing_foreign(
    app: Flask, two_partnerships: Parts, role: Role, cells: list[Cell]
) -> None:
    client = signed_in(app, role)
    for cell in cells:
        answer = send(client, cell, two_partnerships["moray"])
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], cell.path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store", cell.path
        assert "Cookie" in answer.headers["Vary"], cell.path
        if answer.mimetype == "text/html":
            assert not re.search(
                r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", answer.get_data(as_text=True)
            ), cell.path


@pytest.mark.parametrize(("role", "cells"), SHARES_OF_PAGES)
def test_nothing_in_an_address_is_an_error_of_the_service(
    app: Flask, database: Database, two_partnerships: Parts, role: Role, cells: list[Cell]
) -> None:
    """Every parameter that a page reads is given each payload, and those that its links and fields name too."""
    payloads = payloads_for(database, PAYLOADS_OF_ADDRESSES)
    parts = two_partnerships["moray"]
    client = signed_in(app, role)
    before = everything()
    for cell in cells:
        with reading(app) as read:
            page = send(client, cell, parts, query_string={"page": "1", "sort": "due"})
        written = page.get_data(as_text=True) if page.mimetype == "text/html" else ""
        names = set(re.findall(r'(?:\?|&amp;|&)([a-z_]+)=|name="([a-z_]+)"', written))
        asked = {name for pair in names for name in pair if name} - {"csrf_token", "version"} | {"page", "sort"} | read
        for place, payload in enumerate(payloads):
            with reading(app) as read:
                answer = send(client, cell, parts, query_string=dict.fromkeys(sorted(asked), payload))
            assert answer.status_code < 500, (cell.path, place)
            if not read:
                break  # what nobody reads does nothing, whichever it is
    assert everything() == before


def test_what_is_open_to_all_withstands_the_same(app: Flask) -> None:
    client = app.test_client()
    for rule, method in sorted(OPEN_TO_ALL):
        path = re.sub(r"<[^>]*>", "x", rule)
        for payload in PAYLOADS_OF_ADDRESSES:
            fields = dict.fromkeys(("email", "password", "next", "name", "code"), payload)
            answer = client.open(
                path, method=method, data=fields if method == "POST" else None, query_string={"q": payload}
            )
            assert answer.status_code < 500 or path == "/readyz", (path, payload)
            answer.close()


def _changed(before: Any, after: Any) -> Any:
    """By table, the rows that are new or different."""
    return {
        name: [row for row in rows if row not in before[name]] for name, rows in after.items() if rows != before[name]
    }


def _without_chance(found: dict[str, list[dict[str, Any]]]) -> Any:
    """Rows without what chance or the wall clock fills in, and with each row's place in place of its number."""
    places = {name: {row["id"]: place for place, row in enumerate(rows) if "id" in row} for name, rows in found.items()}
    plain = {}
    for table in Base.metadata.sorted_tables:
        leads_to = {
            column.name: next(iter(column.foreign_keys)).column.table.name
            for column in table.columns
            if column.foreign_keys
        }
        plain[table.name] = [
            {
                column: places.get(leads_to[column], {}).get(value) if column in leads_to else value
                for column, value in row.items()
                if column not in {"id", "subject_id", "actor_id"}
                and not MADE_BY_CHANCE.search(column)
                and (table.name, column) != ("message_bodies", "key")
                and not isinstance(value, datetime)
            }
            for row in found.get(table.name, [])
        ]
    return plain
