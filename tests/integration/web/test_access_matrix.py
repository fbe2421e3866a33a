"""Who comes to what: every route, by every role, in one's own partnership and in another's, against a table by hand.

What is not allowed by the table is refused, and leaves the database as it was.
"""

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cycle_tracker.domain.lifecycle import State
from cycle_tracker.domain.permissions import Role
from cycle_tracker.extensions import Base, db
from cycle_tracker.models import Milestone, Partnership
from tests.factories import make_cycle, make_government, make_milestone, make_partnership, make_report, make_user
from tests.integration.web.access import OPEN_TO_ALL, TABLE, modules
from tests.integration.web.access.cells import BEGUN, NATIONAL, STEP, Cell
from tests.support.pages import Browser, sign_in

NOBODY = "nobody"
ACTORS = (NOBODY, *Role)


@pytest.fixture
def two_partnerships(app: Flask) -> Iterator[dict[str, dict[str, object]]]:
    """Moray, where people hold their roles, and Fife, where they do not; the parts of each one's addresses, by slug."""
    parts: dict[str, dict[str, object]] = {}
    with app.app_context():
        make_government()
        for slug in ("moray", "fife"):
            partnership = make_partnership(slug)
            make_cycle(partnership)
            make_report(partnership)
            make_report(partnership, key="2023-26.annual-report-2", year_end=date(2025, 3, 31))
            make_milestone(partnership, key="2026-29.step")
            make_milestone(partnership, key="2026-29.begun", state=State.IN_PROGRESS)
            db.session.flush()
            parts[slug] = {"slug": slug}
            for module in modules():
                if hasattr(module, "make"):
                    parts[slug] |= module.make(partnership)
        db.session.commit()
        yield parts


def test_every_route_stands_in_the_table(app: Flask) -> None:
    found = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == {(cell.rule, cell.method) for cell in TABLE} | OPEN_TO_ALL


@pytest.mark.parametrize("actor", ACTORS)
def test_a_role_comes_to_what_the_table_says_and_to_nothing_else(
    app: Flask, two_partnerships: dict[str, dict[str, object]], actor: str
) -> None:
    client = _signed_in(app, actor)
    wrong: list[tuple[str, str, int, object]] = []
    for cell in sorted(TABLE, key=lambda cell: cell.rule == "/sign-out"):
        for slug in ("fife",) if cell.everywhere else ("fife", "moray"):
            before = _everything()
            parts = two_partnerships[slug]
            path = cell.path.format_map(parts)
            status = client.open(path, method=cell.method, data=cell.body(parts)).status_code
            if status not in _expected(cell, actor, slug):
                wrong.append((cell.method, path, status, _expected(cell, actor, slug)))
            if (cell.method == "GET" or status >= 400) and _everything() != before:
                wrong.append((cell.method, path, status, "changed the database"))
    assert not wrong


def test_a_contributor_changes_what_they_own(app: Flask, two_partnerships: dict[str, dict[str, object]]) -> None:
    client = _signed_in(app, Role.CONTRIBUTOR, owns="2026-29.step")
    assert client.post(STEP.format(slug="moray") + "/start").status_code == 302
    assert client.post(BEGUN.format(slug="moray") + "/finish", data={"done_on": "1 7 2026"}).status_code == 403


def _expected(cell: Cell, actor: str, slug: str) -> set[int]:
    """The statuses that are right: for the allowed a page, a way on, or a form with what is still wrong in it."""
    if actor == NOBODY:
        return {302}
    role = Role(actor)
    if not cell.everywhere and slug == "fife" and role not in NATIONAL:
        return {404} if role in cell.may or cell.otherwise == 404 else {403, 404}
    if role in cell.may:
        return {200, 302}
    return {cell.otherwise}


def _signed_in(app: Flask, actor: str, *, owns: str = "") -> FlaskClient:
    if actor == NOBODY:
        return Browser(app, app.response_class)
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    user = make_user(f"A {actor}", role=Role(actor), partnership=None if Role(actor) in NATIONAL else moray)
    if owns:
        step = db.session.scalars(
            select(Milestone).where(Milestone.key == owns, Milestone.partnership_id == moray.id)
        ).one()
        step.owner = user
    db.session.commit()
    return sign_in(app, user)


def _everything() -> str:
    """All that is in the database, but for tries to sign in."""
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name != "sign_in_attempts":
            rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
            digest.update(repr((table.name, [tuple(row) for row in rows])).encode())
    db.session.rollback()
    return digest.hexdigest()
