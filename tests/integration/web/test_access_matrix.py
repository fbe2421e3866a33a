"""Who comes to what: every route, by every role, in one's own partnership and in another's, against a table by hand.

What is not allowed by the table is refused, and leaves the database as it was.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cycle_tracker.domain.lifecycle import State
from cycle_tracker.domain.permissions import Role
from cycle_tracker.domain.policies import Audience
from cycle_tracker.extensions import Base, db
from cycle_tracker.models import Escalation, Milestone, Partnership
from tests.factories import (
    at_seven,
    make_cycle,
    make_government,
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, sign_in

NOBODY = "nobody"
ACTORS = (NOBODY, *Role)
EVERYBODY = frozenset(Role)
LEAD, CONTRIBUTOR, GOVERNANCE, CLERK = Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK
OFFICIAL, AUDITOR, ADMINISTRATOR = Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR
NATIONAL = frozenset({OFFICIAL, AUDITOR, ADMINISTRATOR})

REPORT = "/partnerships/{slug}/milestones/2023-26.annual-report-3"
STEP = "/partnerships/{slug}/milestones/2026-29.step"
BEGUN = "/partnerships/{slug}/milestones/2026-29.begun"
TOLD = "/partnerships/{slug}/milestones/2023-26.annual-report-2"


@dataclass(frozen=True)
class Cell:
    """One address and method: who may, and what those in the partnership get who may not (403, or 404 where they may
    not see that it is there). `everywhere` marks an address that lies in no partnership."""

    rule: str
    method: str
    path: str
    may: frozenset[Role]
    otherwise: int = 403
    everywhere: bool = False
    data: tuple[tuple[str, str], ...] = ()


def everywhere(rule: str, may: frozenset[Role], method: str = "GET") -> Cell:
    return Cell(rule, method, rule, may, everywhere=True)


MILESTONE = "/partnerships/<slug>/milestones/<key>"
ESCALATION = "/escalations/<int(max=2147483647):escalation_id>"
ADDRESS = (("version", "2"), ("address", "https://www.example.org/report"), ("published_on", "1 7 2026"))
DECISION = (("version", "2"), ("expected_on", "30 9 2036"), ("explanation", "The committee met late this year."))

TABLE = [
    everywhere("/", EVERYBODY),
    everywhere("/outstanding", frozenset({OFFICIAL, AUDITOR})),
    everywhere("/escalations", frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR})),
    everywhere("/service-health", frozenset({AUDITOR, ADMINISTRATOR})),
    Cell("/partnerships/<slug>/cycles/<period>", "GET", "/partnerships/{slug}/cycles/2026-29", EVERYBODY),
    Cell(MILESTONE, "GET", REPORT, EVERYBODY),
    Cell(MILESTONE, "GET", STEP, EVERYBODY - {OFFICIAL}, otherwise=404),
    Cell(f"{MILESTONE}/start", "GET", f"{STEP}/start", frozenset({LEAD})),
    Cell(f"{MILESTONE}/start", "POST", f"{STEP}/start", frozenset({LEAD})),
    Cell(f"{MILESTONE}/finish", "GET", f"{BEGUN}/finish", frozenset({LEAD})),
    Cell(
        f"{MILESTONE}/finish",
        "POST",
        f"{BEGUN}/finish",
        frozenset({LEAD}),
        data=(("version", "2"), ("done_on", "1 7 2026")),
    ),
    Cell(f"{MILESTONE}/publication", "GET", f"{REPORT}/publication", frozenset({LEAD})),
    Cell(f"{MILESTONE}/publication", "POST", f"{REPORT}/publication", frozenset({LEAD}), data=ADDRESS),
    Cell(f"{MILESTONE}/tell", "GET", f"{TOLD}/tell", frozenset({LEAD})),
    Cell(f"{MILESTONE}/tell", "POST", f"{TOLD}/tell", frozenset({LEAD})),
    Cell(ESCALATION, "GET", "/escalations/{escalation}", frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR})),
    Cell(f"{ESCALATION}/decision", "GET", "/escalations/{escalation}/decision", frozenset({GOVERNANCE, CLERK})),
    Cell(
        f"{ESCALATION}/decision",
        "POST",
        "/escalations/{escalation}/decision",
        frozenset({GOVERNANCE, CLERK}),
        data=DECISION,
    ),
    everywhere("/sign-out", EVERYBODY, "POST"),
]
OPEN_TO_ALL = {
    ("/sign-in", "GET"),
    ("/sign-in", "POST"),
    ("/static/<path:filename>", "GET"),
    *(
        (path, "GET")
        for path in ("/healthz", "/readyz", "/help", "/privacy", "/cookies", "/accessibility", "/register")
    ),
}


@pytest.fixture
def two_partnerships(app: Flask) -> Iterator[dict[str, int]]:
    """Moray, where people hold their roles, and Fife, where they do not; the escalation of each, by slug."""
    escalations = {}
    with app.app_context():
        make_government()
        for slug in ("moray", "fife"):
            partnership = make_partnership(slug)
            make_cycle(partnership)
            report = make_report(partnership)
            make_report(partnership, key="2023-26.annual-report-2", year_end=date(2025, 3, 31))
            make_milestone(partnership, key="2026-29.step")
            make_milestone(partnership, key="2026-29.begun", state=State.IN_PROGRESS)
            escalation = Escalation(
                milestone_id=report.id,
                due_on=date(2026, 6, 30),
                rung=14,
                audience=Audience.GOVERNANCE,
                fell_due_on=date(2026, 7, 14),
                opened_at=at_seven(date(2026, 7, 14)),
            )
            db.session.add(escalation)
            db.session.flush()
            escalations[slug] = escalation.id
        db.session.commit()
        yield escalations


def test_every_route_stands_in_the_table(app: Flask) -> None:
    found = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == {(cell.rule, cell.method) for cell in TABLE} | OPEN_TO_ALL


@pytest.mark.parametrize("actor", ACTORS)
def test_a_role_comes_to_what_the_table_says_and_to_nothing_else(
    app: Flask, two_partnerships: dict[str, int], actor: str
) -> None:
    client = _signed_in(app, actor)
    wrong: list[tuple[str, str, int, object]] = []
    for cell in sorted(TABLE, key=lambda cell: cell.rule == "/sign-out"):
        for slug in ("fife",) if cell.everywhere else ("fife", "moray"):
            before = _everything()
            path = cell.path.format(slug=slug, escalation=two_partnerships[slug])
            status = client.open(path, method=cell.method, data=dict(cell.data)).status_code
            if status not in _expected(cell, actor, slug):
                wrong.append((cell.method, path, status, _expected(cell, actor, slug)))
            if (cell.method == "GET" or status >= 400) and _everything() != before:
                wrong.append((cell.method, path, status, "changed the database"))
    assert not wrong


def test_a_contributor_changes_what_they_own(app: Flask, two_partnerships: dict[str, int]) -> None:
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
