"""Organisations and those that contacts belong to, from version 0009 to 0011."""

from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt

pytestmark = pytest.mark.in_full


def test_organisations_that_exist_keep_what_they_are_and_their_parts_up_and_down(stands_at: StandsAt) -> None:
    """An integration joint board gets its kind by its code; copies that were recorded stay, and so do the triggers."""
    stands_at("0009")
    kinds = ["council", "health-board", "other-service-provider", "scottish-government", "other"]
    organisation = text(
        "INSERT INTO organisations (id, code, name, kind, mailbox) VALUES (:id, :code, :kind, :kind, :to)"
    )
    for number, kind in enumerate(kinds, 1):
        db.session.execute(organisation, {"id": number, "code": f"N0{number}", "kind": kind, "to": None})
    board = {"id": 6, "code": "S37000019", "kind": "other-service-provider", "to": "moray@example.test"}
    db.session.execute(organisation, board)
    for statement in (
        "INSERT INTO partnerships (id, slug, name, other_names) VALUES (1, 'moray', 'Moray', '')",
        "INSERT INTO old_codes (code, organisation_id) VALUES ('S37000001', 6)",
        *(
            f"INSERT INTO partnership_bodies (id, partnership_id, organisation_id, role, from_on, to_on) "  # noqa: S608
            f"VALUES ({number}, 1, {number}, '{role}', '2017-04-01', NULL)"
            for number, role in ((1, "lead"), (5, "member"), (6, "member"))
        ),
        "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
        "date_citation, date_rule, expected_date, state, reason, entered_on, version, complete) VALUES (1, 'plan', "
        "'plan', 'Plan', '', 'statute', '', 'local', '', '', false, 'done', '', '2026-04-01', 1, false)",
        "INSERT INTO publications (id, milestone_id, version, published_on, recorded_at) "
        "VALUES (1, 1, 'final', '2026-07-01', '2026-07-01 09:00:00')",
        "INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES (1, 6, '2026-07-02')",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    before = organisations()
    upgrade(revision="0011")
    assert organisations() == before | {6: ("S37000019", "integration-joint-board", "moray@example.test", "member")}
    state = text("SELECT DISTINCT in_use, added_by_id, accepted_at, merged_into_id, edited FROM organisations")
    assert [tuple(row) for row in db.session.execute(state)] == [(True, None, None, None, False)]
    db.session.execute(text("INSERT INTO publication_copies (publication_id, receiver_id) VALUES (1, 4)"))
    assert db.session.scalars(text("SELECT id FROM milestones WHERE complete")).all() == [1]
    db.session.execute(text("UPDATE organisations SET kind = 'school', added_by_id = 1 WHERE id = 5"))
    for statement in (
        "UPDATE partnership_bodies SET role = 'provider', to_on = '2027-03-31' WHERE id = 6",
        "INSERT INTO partnership_bodies (id, partnership_id, organisation_id, role, from_on, commenced) "
        "VALUES (7, 1, 6, 'lead', '2027-04-01', 'goes-on')",
        "INSERT INTO commencements (law, starts_on, set_at) "
        "VALUES ('2026-act-section-60', '2027-04-01', '2026-11-20 09:00:00')",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    assert organisations() == before | {6: ("S37000019", "other-service-provider", "moray@example.test", "lead")}
    copied = "SELECT receiver_id FROM publication_copies WHERE publication_id = 1 ORDER BY 1"
    assert db.session.scalars(text(copied)).all() == [4, 6]
    db.session.remove()
    upgrade(revision="0011")


def test_contacts_belong_to_organisations_by_the_names_that_were_typed(stands_at: StandsAt) -> None:
    """One for each name in each partnership, unless an organisation has that name; and the names come back."""
    stands_at("0009")
    contact = text(
        "INSERT INTO contacts (partnership_id, name, email, organisation, active, reminds_before) "
        "VALUES (:place, 'Kirsty Bain', :email, :organisation, true, true)"
    )
    for statement in (
        "INSERT INTO partnerships (id, slug, name, other_names) VALUES (1, 'moray', 'M', ''), (2, 'fife', 'F', '')",
        "INSERT INTO organisations (id, code, name, kind) VALUES (1, 'S08000020', 'NHS Grampian', 'health-board')",
    ):
        db.session.execute(text(statement))
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT setval('organisations_id_seq', 1)"))
    typed = [
        (1, "Youth forum"),
        (1, "Youth forum"),
        (2, "Youth forum"),
        (1, "NHS Grampian"),
        (2, ""),
        (2, "Carers’ café"),
    ]
    for number, (place, organisation) in enumerate(typed):
        values = {"place": place, "email": f"{number}@example.test", "organisation": organisation}
        db.session.execute(contact, values)
    db.session.commit()
    upgrade(revision="0011")
    rows = db.session.execute(
        text(
            "SELECT contacts.email, organisations.name, organisations.kind, added_by_id, accepted_at, in_use, code "
            "FROM contacts LEFT JOIN organisations ON organisations.id = organisation_id ORDER BY contacts.email"
        )
    ).all()
    assert [tuple(row)[1:6] for row in rows] == [
        *[("Youth forum", "other", 1, None, True)] * 2,
        ("Youth forum", "other", 2, None, True),
        ("NHS Grampian", "health-board", None, None, True),
        (None, None, None, None, None),
        ("Carers’ café", "other", 2, None, True),
    ]
    codes = {row.code for row in rows if row.kind == "other"}
    assert len(codes) == 3
    assert all(code.startswith("CT0000") and len(code) == 8 for code in codes)
    roles = text("SELECT DISTINCT takes_copies, is_consulted, approves FROM contacts")
    assert [tuple(row) for row in db.session.execute(roles)] == [(False, True, False)]
    kept = db.session.scalar(text("SELECT organisation_id FROM contacts WHERE email = '5@example.test'"))
    db.session.execute(
        text(
            "INSERT INTO partnership_bodies (partnership_id, organisation_id, role, from_on) "
            "VALUES (2, :kept, 'member', '2026-04-01')"
        ),
        {"kept": kept},
    )
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    back = db.session.execute(text("SELECT partnership_id, organisation FROM contacts ORDER BY email")).all()
    assert [tuple(row) for row in back] == typed
    names = text("SELECT name FROM organisations ORDER BY id")
    assert db.session.scalars(names).all() == ["NHS Grampian", "Carers’ café"], "what has a role stays"
    db.session.remove()
    upgrade(revision="0011")


def organisations() -> dict[int, tuple[Any, ...]]:
    """By number: the code, kind and mailbox of each organisation, and its role in the partnership."""
    rows = db.session.execute(
        text(
            "SELECT organisations.id, code, kind, mailbox, role FROM organisations "
            "LEFT JOIN partnership_bodies ON partnership_bodies.organisation_id = organisations.id"
        )
    ).all()
    db.session.rollback()
    return {row[0]: tuple(row[1:]) for row in rows}
