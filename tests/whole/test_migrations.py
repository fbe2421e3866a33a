"""The migrations make the tables of the models on both databases, and take them away again."""

import json
import runpy
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

import config
from cycle_tracker.audit.services import audit
from cycle_tracker.audit.services.seals import seal_new_events
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.models.cycle import TemplateEdition
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.user import SignInAttempt, TryKind
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.web_app import create_app
from tests.conftest import BOTH_DATABASES, _execute_on_server, settings_for_tests
from tests.support.databases import make_quick
from tests.support.unseen import FAKE_LINES, UNSEEN


@pytest.fixture(params=BOTH_DATABASES)
def empty_app(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """The web app over a database with nothing in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        address = request.getfixturevalue("postgres_address")
        name = f"migrations_{worker_id}"
        _execute_on_server(address.format(name="postgres"), f"DROP DATABASE IF EXISTS {name}")
        _execute_on_server(address.format(name="postgres"), f"CREATE DATABASE {name}")
        url = address.format(name=name)
    app = create_app(settings_for_tests(url))
    make_quick(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_they_make_what_the_models_say(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_they_name_every_constraint_as_the_models_do(empty_app: Flask) -> None:
    upgrade()
    made = constraint_names()
    downgrade(revision="base")
    db.create_all()
    assert made == constraint_names()


def test_they_make_the_triggers_of_the_models(empty_app: Flask) -> None:
    """A table that a migration makes anew on SQLite loses its triggers, and nothing else shows it."""
    upgrade()
    made = triggers()
    downgrade(revision="base")
    assert triggers() == {}
    db.create_all()
    assert made == triggers()


def test_they_take_everything_away_again_and_can_be_run_anew(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert "milestones" in inspect(db.engine).get_table_names()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET action = 'nothing'",
        "DELETE FROM audit_events",
    ],
)
def test_the_audit_refuses_to_be_changed(empty_app: Flask, statement: str) -> None:
    upgrade()
    audit.record(
        "milestone", 1, "started", by=None, at=datetime(2026, 6, 30, 9, tzinfo=UTC), after={"on": date(2026, 6, 30)}
    )
    db.session.commit()
    with pytest.raises(DBAPIError, match="never"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(text("SELECT action FROM audit_events")) == "started"


def test_the_audit_refuses_to_be_replaced_from_one_version_on_and_keeps_its_rows(empty_app: Flask) -> None:
    upgrade(revision="0003")
    audit.record("milestone", 1, "started", by=None, at=datetime(2026, 6, 30, 9, tzinfo=UTC))
    db.session.commit()
    seal_new_events(lambda: datetime(2026, 6, 30, 10, tzinfo=UTC))
    before = audit_rows()
    upgrade()
    assert audit_rows() == before
    if db.engine.dialect.name == "sqlite":
        for table in ("audit_events", "audit_seals"):
            with pytest.raises(DBAPIError, match="are never replaced"):
                db.session.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}"))  # noqa: S608
            db.session.rollback()
    db.session.remove()
    downgrade(revision="0003")
    assert audit_rows() == before
    assert [name for name in triggers() if name.endswith("_replace")] == []


def test_a_decision_that_stood_on_its_escalation_becomes_a_row_and_comes_back(empty_app: Flask) -> None:
    upgrade(revision="0001")
    for statement in (
        "INSERT INTO users (id, email, name, active, fs_uniquifier, rhythm, weekday) "
        "VALUES (1, 'iain@example.org', 'Iain Bell', true, 'x', 'daily', 0)",
        "INSERT INTO sign_in_attempts (account, address, at) VALUES ('hash', '127.0.0.1', '2026-06-30 09:00:00')",
        "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
        "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES (1, 'national', 'step', "
        "'National overview', '', 'practice', '', 'local', '', '', false, 'not-started', '', '2026-04-01', 1)",
        "INSERT INTO escalations (id, milestone_id, due_on, rung, audience, fell_due_on, opened_at, resolved_at, "
        "resolution, decided_by_id, decision) VALUES (1, 1, '2026-06-30', 14, 'governance-group', '2026-07-14', "
        "'2026-07-14 06:00:00', '2026-09-01 10:00:00', 'new-date', 1, 'New expected date 30 September 2026')",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade()
    (decision,) = db.session.scalars(select(Decision)).all()
    assert (decision.escalation_id, decision.outcome, decision.text, decision.made_by_id, decision.recorded_by_id) == (
        1,
        DecisionOutcome.NEW_DATE,
        "New expected date 30 September 2026",
        1,
        1,
    )
    assert db.session.scalars(select(SignInAttempt.kind)).all() == [TryKind.GUESS]
    assert decision.escalation.decided_at == decision.recorded_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    db.session.remove()
    downgrade(revision="0001")
    assert db.session.execute(text("SELECT decided_by_id, decision FROM escalations")).one() == (
        1,
        "New expected date 30 September 2026",
    )


OF_CONTACTS = "contacts.name, organisations.name FROM contacts JOIN organisations ON organisations.id = organisation_id"


def test_words_of_one_line_are_cleaned_and_stay_so_on_the_way_back(empty_app: Flask) -> None:
    upgrade(revision="0003")
    spoilt = f"Title{FAKE_LINES}{''.join(UNSEEN)} 👩\u200d🔬 قلم\u200cها 🏴\U000e0067 x "[-300:]
    for statement in (
        "INSERT INTO partnerships (id, slug, name, other_names, notify_from) VALUES (1, 'moray', :name, '', NULL)",
        "INSERT INTO milestones (id, partnership_id, key, kind, title, evidence_asked, duty_basis, duty_citation, "
        "date_basis, date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES "
        "(1, 1, 'a', 'step', :title, 'As it was', 'practice', '', 'local', '', '', false, 'not-started', :title, "
        "'2026-04-01', 1)",
        "INSERT INTO contacts (id, partnership_id, name, email, organisation, active, reminds_before) VALUES "
        "(1, 1, :name, 'kirsty@example.org', :name, true, true)",
    ):
        bound = text(statement).bindparams(
            **{key: value for key, value in {"name": spoilt[-100:], "title": spoilt}.items() if f":{key}" in statement}
        )
        db.session.execute(bound)
    db.session.commit()
    upgrade()
    for _way in ("there", "back"):
        assert db.session.execute(text("SELECT title, evidence_asked, reason FROM milestones")).one() == (
            one_line(spoilt),
            "As it was",
            spoilt,
        )
        contact = "name, organisation FROM contacts" if _way == "back" else OF_CONTACTS
        assert db.session.execute(text(f"SELECT {contact}")).one() == (one_line(spoilt[-100:]),) * 2
        assert db.session.scalar(text("SELECT name FROM partnerships")) == one_line(spoilt[-100:])
        db.session.remove()
        downgrade(revision="0003")
    upgrade()


STEPS_AS_THEY_WERE = {
    "2026-29.scope-consultation": ("Agree whom to consult", "List of those to consult", "12 months before the period"),
    "2026-29.tell-government-2": (
        "Tell Scottish Government of the annual report on 2027–28",
        "Day sent, or the address recorded",
        "7 days after the report is published",
    ),
    "2026-29.close-cycle": ("Close the cycle 2026–29", "Note of lessons", ""),
    "2026-29.national-review": (
        "National review of the plans for 2026–29",
        "",
        "19 to 26 months into the period, as seen before",
    ),
    "2026-29.approvals": ("Approve the plan in each lead body, in May", "A minute of each lead body", ""),
    "our-own": ("Agree whom to consult", "List of those to consult", ""),
}
STEPS_AS_THEY_ARE = {
    "2026-29.scope-consultation": (
        "Agree who to consult",
        "List of people and organisations to consult",
        "12 months before the period",
    ),
    "2026-29.tell-government-2": (
        "Send the annual report on 2027–28 to the Scottish Government",
        "Date sent, or web address recorded",
        "7 days after the report is published",
    ),
    "2026-29.close-cycle": ("Close the planning cycle 2026–29", "Note of lessons learned", ""),
    "2026-29.national-review": (
        "National review of the plans for 2026–29",
        "",
        "19 to 26 months into the period, as in earlier reviews",
    ),
    "2026-29.approvals": ("Approve the plan in each lead body, in May", "Minute from each lead body", ""),
    "our-own": ("Agree whom to consult", "List of those to consult", ""),
}


def test_documents_that_exist_learn_whether_they_are_complete_and_lose_nothing_on_the_way_back(
    empty_app: Flask,
) -> None:
    upgrade(revision="0007")
    milestone = (
        "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
        "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES ({id}, 'report-{id}', "
        "'{kind}', 'Annual report', '', 'practice', '', 'local', '', '', false, 'done', '', '2026-04-01', 1)"
    )
    publication = (
        "INSERT INTO publications (id, milestone_id, version, published_on, recorded_at) "
        "VALUES ({id}, {id}, '{version}', '2026-07-01', '2026-07-01 09:00:00')"
    )
    copy = "INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES ({id}, {to}, '2026-07-02')"
    for statement in (
        *(
            f"INSERT INTO organisations (id, code, name, kind) VALUES ({number}, '{kind}', '{kind}', '{kind}')"  # noqa: S608  words of our own
            for number, kind in enumerate(("scottish-government", "council"), 1)
        ),
        *(milestone.format(id=number, kind="annual-report") for number in (1, 2, 3, 4)),
        *(publication.format(id=number, version="final") for number in (1, 2)),
        publication.format(id=3, version="draft"),
        copy.format(id=1, to=1),
        copy.format(id=2, to=2),
        copy.format(id=3, to=1),
    ):
        db.session.execute(text(statement))
    db.session.commit()
    before = copies()
    complete = text("SELECT id FROM milestones WHERE complete")
    upgrade(revision="0008")
    assert db.session.scalars(complete).all() == [1]
    db.session.execute(text("UPDATE publications SET version = 'final' WHERE id = 3"))
    assert sorted(db.session.scalars(complete)) == [1, 3]
    db.session.execute(text("UPDATE publications SET version = 'draft' WHERE id = 3"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0007")
    assert copies() == before
    db.session.remove()
    upgrade(revision="0008")
    assert db.session.scalars(complete).all() == [1]


MILESTONE = (
    "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
    "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES ({id}, '{key}', "
    "'{kind}', 'Title', '', 'practice', '', 'local', '', '', false, '{state}', '', '2026-04-01', 1)"
)
PERSON = (
    "INSERT INTO users (id, email, name, active, fs_uniquifier, rhythm, weekday, kind, reminds_before) "
    "VALUES (1, 'iain@example.org', 'Iain Bell', true, 'x', 'daily', 0, 'person', true)"
)
DECISION = (
    "INSERT INTO approvals (id, milestone_id, organisation_id, manner, made_by, approved_on, meeting, minute, "
    "on_behalf, recorded_by_id, recorded_at) VALUES ({id}, 1, {id}, '{manner}', 'Board', '2026-03-10', '', '12', "
    "false, 1, '2026-03-11 09:00:00')"
)


def test_decisions_of_lead_bodies_stay_and_on_the_way_back_only_agreement_is_an_approval(empty_app: Flask) -> None:
    upgrade(revision="0009")
    old = ("approved", "noted", "delegated", "chairs-action")
    for statement in (
        PERSON,
        MILESTONE.format(id=1, key="2026-29.plan-prepared", kind="plan", state="in-progress"),
        *(
            f"INSERT INTO organisations (id, code, name, kind) VALUES ({number}, 'S{number}', 'Body', 'council')"  # noqa: S608  words of our own
            for number in range(1, 8)
        ),
        *(DECISION.format(id=number, manner=manner) for number, manner in enumerate(old, 1)),
    ):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade(revision="0012")
    assert manners() == dict(enumerate(old, 1))
    for number, manner in enumerate(("subject-to-changes", "subject-to-changes", "deferred"), 5):
        db.session.execute(text(DECISION.format(id=number, manner=manner)))
    db.session.execute(text("UPDATE approvals SET signed_off = true WHERE id = 5"))
    db.session.execute(text("UPDATE approvals SET agreed = 'yes', agreed_recorded_by_id = 1 WHERE id = 2"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    assert manners() == {**dict(enumerate(old, 1)), 5: "approved", 6: "noted", 7: "noted"}


def manners() -> dict[int, str]:
    found: dict[int, str] = dict(db.session.execute(text("SELECT id, manner FROM approvals ORDER BY id")).all())
    db.session.remove()
    return found


def copies() -> list[Any]:
    statement = (
        "SELECT publication_id, receiver_id, sent_on, publications.version, key, state FROM publication_copies "
        "JOIN publications ON publications.id = publication_id "
        "JOIN milestones ON milestones.id = milestone_id ORDER BY 1"
    )
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.remove()
    return found


def test_steps_get_their_plain_words_unless_somebody_gave_them_others(empty_app: Flask) -> None:
    """Steps that a cycle has already, and the templates from which more are switched on, up and down."""
    upgrade(revision="0008")
    step = text(
        "INSERT INTO milestones (key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
        "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES (:key, 'step', :title, "
        ":evidence, 'local', '', 'suggested', :date, '', false, 'not-started', '', '2026-04-01', 1)"
    )
    for key, (title, evidence, basis) in STEPS_AS_THEY_WERE.items():
        db.session.execute(step, {"key": key, "title": title, "evidence": evidence, "date": basis})
    was = [_entry("close-cycle", "Close the cycle {period}", "Note of lessons"), _entry("review", "Our own", "Note")]
    edition = text(
        "INSERT INTO template_editions (edition, version, title, first_period, entries, loaded_at) VALUES "
        "('guidance-2016', 1, 'First', 2017, :entries, '2026-04-01 06:00:00')"
    )
    db.session.execute(edition, {"entries": json.dumps(was)})
    db.session.commit()
    upgrade(revision="0009")
    assert steps() == STEPS_AS_THEY_ARE
    now = [_entry("close-cycle", "Close the planning cycle {period}", "Note of lessons learned"), was[1]]
    assert db.session.scalars(select(TemplateEdition.entries)).all() == [now]
    db.session.remove()
    downgrade(revision="0008")
    assert steps() == STEPS_AS_THEY_WERE
    assert db.session.scalars(select(TemplateEdition.entries)).all() == [was]
    db.session.remove()


# These words had errors, which `load-reference` puts right in cycles that run.
CORRECTED_SINCE = {("review", "date_citation"), ("national-review", "date_citation")}


def test_every_word_that_a_step_is_renamed_to_is_in_the_template() -> None:
    """A template that is loaded again after the upgrade says the same of every step, but for errors found since."""
    with (config.ROOT / "cycle_tracker/reference/guidance-2016.toml").open("rb") as file:
        entries = {entry["key"]: entry for entry in tomllib.load(file)["entry"]}
    path = config.ROOT / "migrations/versions/0009_plain_words_for_steps.py"
    for key, part, _was, now in runpy.run_path(str(path))["WORDS"]:
        assert entries[key][part] == now or (key, part) in CORRECTED_SINCE


def test_worked_holidays_go_on_the_way_back_and_closure_days_stay(empty_app: Flask) -> None:
    upgrade(revision="0009")
    partnership = "INSERT INTO partnerships (id, slug, name, other_names) VALUES (1, 'moray', 'Moray', '')"
    closure = "INSERT INTO closure_days (partnership_id, day, name) VALUES (1, '2026-04-06', 'Easter Monday')"
    for statement in (partnership, closure):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade(revision="0010")
    days = text("SELECT name, is_worked FROM closure_days ORDER BY id")
    assert [tuple(row) for row in db.session.execute(days)] == [("Easter Monday", False)]
    db.session.execute(
        text(
            "INSERT INTO closure_days (partnership_id, day, name, is_worked) "
            "VALUES (1, '2026-11-30', 'St Andrew’s Day', true)"
        )
    )
    db.session.execute(text("INSERT INTO service_settings (name, value) VALUES ('demonstration', '1')"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    assert db.session.scalars(text("SELECT name FROM closure_days")).all() == ["Easter Monday"]
    db.session.remove()
    upgrade(revision="0010")
    assert [tuple(row) for row in db.session.execute(days)] == [("Easter Monday", False)]
    assert db.session.scalars(text("SELECT name FROM service_settings")).all() == []
    db.session.remove()


def test_organisations_that_exist_keep_what_they_are_and_their_parts_up_and_down(empty_app: Flask) -> None:
    """An integration joint board gets its kind by its code; copies that were recorded stay, and so do the triggers."""
    upgrade(revision="0009")
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


def test_contacts_belong_to_organisations_by_the_names_that_were_typed(empty_app: Flask) -> None:
    """One for each name in each partnership, unless an organisation has that name; and the names come back."""
    upgrade(revision="0009")
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


def steps() -> dict[str, tuple[str, str, str]]:
    rows = db.session.execute(text("SELECT key, title, evidence_asked, date_citation FROM milestones")).all()
    db.session.rollback()
    return {key: (title, evidence, basis) for key, title, evidence, basis in rows}


def _entry(key: str, title: str, evidence: str) -> dict[str, str]:
    return {"key": key, "title": title, "evidence": evidence, "date_citation": ""}


def constraint_names() -> set[str]:
    tables = inspect(db.engine)
    names = set()
    for table in set(tables.get_table_names()) - {"alembic_version"}:
        found = [
            *tables.get_check_constraints(table),
            *tables.get_foreign_keys(table),
            *tables.get_indexes(table),
            *tables.get_unique_constraints(table),
            tables.get_pk_constraint(table),
        ]
        names |= {f"{table}.{one['name']}" for one in found}
    return names


WAITING_MAILS = {
    "digest": b"open /answer/fill-%s-answer-7-here",
    "invitation": b"join /invitations/fill-%s-link-here",
    "account-changed": b"your password was changed",
}


def test_mails_that_wait_are_carried_over_with_their_placeholders(empty_app: Flask) -> None:
    """A digest is written anew before it goes out; a link that lets somebody in is filled as before, up and down."""
    upgrade(revision="0003")
    for number, (kind, words) in enumerate(WAITING_MAILS.items(), start=1):
        identity = f"{number:032x}"
        content = words % identity.encode() if b"%s" in words else words
        db.session.execute(
            text(
                "INSERT INTO messages (id, identity, kind, recipient, subject, message_id, rendered_on, state,"
                " attempts, queued_at, ready_at, trouble, receipt, ended_why)"
                " VALUES (:id, :identity, :kind, 'a@example.test', 's', 'm', '2026-05-14', 'queued',"
                " 0, '2026-05-14 06:00:00', '2026-05-14 06:00:00', '', '', '')"
            ),
            {"id": number, "identity": identity, "kind": kind},
        )
        db.session.execute(
            text("INSERT INTO message_bodies (message_id, content) VALUES (:id, :content)"),
            {"id": number, "content": content},
        )
    db.session.commit()
    upgrade(revision="0004")
    keys: dict[int, str] = dict(db.session.execute(text("SELECT message_id, key FROM message_bodies")).all())
    assert keys == {1: "", 2: f"{2:032x}", 3: ""}
    days: dict[int, object] = dict(db.session.execute(text("SELECT id, rendered_on FROM messages")).all())
    assert {number: str(day) for number, day in days.items()} == {1: "0001-01-01", 2: "2026-05-14", 3: "2026-05-14"}
    new = b"join /invitations/fill-%s-link-here" % (b"a" * 32)
    db.session.execute(
        text("UPDATE message_bodies SET key = :key, content = :content WHERE message_id = 2"),
        {"key": "a" * 32, "content": new},
    )
    db.session.commit()
    downgrade(revision="0003")
    content = db.session.execute(text("SELECT content FROM message_bodies WHERE message_id = 2")).scalar_one()
    assert bytes(content) == WAITING_MAILS["invitation"] % f"{2:032x}".encode()


def audit_rows() -> list[Any]:
    statements = ("SELECT * FROM audit_events ORDER BY id", "SELECT * FROM audit_seals ORDER BY number")
    found = [tuple(row) for statement in statements for row in db.session.execute(text(statement))]
    db.session.rollback()
    assert len(found) == 2
    return found


def triggers() -> dict[str, str]:
    """Every trigger by its name, with the words that make it and its function."""
    statement = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) || prosrc || tgenabled::text "
        "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal"
    )
    found = db.session.execute(text(statement)).all()
    db.session.rollback()
    return {row[0]: row[1] for row in found}


PLAN_RULE = "@plan-prepared + {days} days"


def day_ago(days: int) -> str:
    return (utc_today() - timedelta(days=days)).isoformat()


def utc_today() -> date:
    return datetime.now(UTC).date()


class Before:
    """A database as version 0009 left it: four partnerships, each with a plan and its steps, and one report."""

    def __init__(self) -> None:
        self.run(
            PERSON,
            "INSERT INTO organisations (id, code, name, kind) VALUES (1, 'N06', 'Scottish Government', "
            "'scottish-government'), (2, 'N01', 'Police', 'other-service-provider'), (3, 'N02', 'Fire', "
            "'other-service-provider'), (4, 'S1', 'Council', 'council'), (5, 'S2', 'Board', 'health-board')",
            "INSERT INTO template_editions (id, edition, version, title, first_period, entries, loaded_at) VALUES "
            "(1, 'guidance-2020', 1, 'Second', 2020, '[]', '2026-04-01 06:00:00')",
        )

    def run(self, *statements: str) -> None:
        for statement in statements:
            db.session.execute(text(statement))

    def place(self, number: int, slug: str) -> None:
        """A partnership with its cycle of 2026–29, its plan (number 10, 20 ...) and the plan's steps."""
        ten = number * 10
        self.run(
            "INSERT INTO partnerships (id, slug, name, other_names, notify_from) VALUES "  # noqa: S608  words of our own
            f"({number}, '{slug}', '{slug}', '', '2024-04-01')",
            "INSERT INTO partnership_bodies (partnership_id, organisation_id, role, from_on) VALUES "  # noqa: S608
            f"({number}, 4, 'lead', '2017-04-01'), ({number}, 5, 'lead', '2017-04-01')",
            "INSERT INTO cycles (id, partnership_id, period_start, template_edition_id) VALUES "  # noqa: S608
            f"({number}, {number}, '2026-04-01', 1)",
        )
        self.milestone(ten, number, "plan-prepared", "plan", due=day_ago(200))
        self.milestone(ten + 1, number, "approvals", "step", due=day_ago(200))
        self.milestone(ten + 2, number, "send-to-ministers", "step", follows=ten, days=14, done_with="told")
        self.milestone(ten + 3, number, "send-to-providers", "step", follows=ten, days=14)
        self.milestone(ten + 4, number, "publish-plan", "step", follows=ten, days=28, done_with="published")

    def milestone(
        self,
        number: int,
        partnership: int,
        key: str,
        kind: str,
        *,
        due: str | None = None,
        follows: int | None = None,
        days: int = 0,
        done_with: str | None = None,
    ) -> None:
        values = {
            "id": number,
            "partnership_id": partnership,
            "cycle_id": partnership,
            "key": f"2026-29.{key}",
            "kind": kind,
            "due_on": due,
            "follows_id": follows,
            "date_rule": PLAN_RULE.format(days=days) if days else "",
            "done_with": done_with,
        }
        db.session.execute(
            text(
                "INSERT INTO milestones (id, partnership_id, cycle_id, key, kind, title, evidence_asked, duty_basis, "
                "duty_citation, date_basis, date_citation, date_rule, follows_id, done_with, target_on, due_on, "
                "expected_date, state, reason, owner_id, entered_on, next_notice_on, version) VALUES (:id, "
                ":partnership_id, :cycle_id, :key, :kind, 'Title', '', 'statute', '', 'suggested', '', :date_rule, "
                ":follows_id, :done_with, :due_on, :due_on, false, 'not-started', '', 1, '2024-04-01', :due_on, 1)"
            ),
            values,
        )

    def done(self, numbers: Iterable[int], on: str) -> None:
        for number in numbers:
            is_done = f"state = 'done', done_on = '{on}', next_notice_on = NULL"
            self.run(f"UPDATE milestones SET {is_done} WHERE id = {number}")  # noqa: S608  words of our own

    def dated(self, number: int, due: str) -> None:
        is_due = f"target_on = '{due}', due_on = '{due}', next_notice_on = '{due}'"
        self.run(f"UPDATE milestones SET {is_due} WHERE id = {number}")  # noqa: S608  words of our own

    def published(self, plan: int, on: str, version: str = "final", newer_on: str | None = None) -> None:
        newer = f"'{newer_on}'" if newer_on else "NULL"
        self.run(
            "INSERT INTO publications (id, milestone_id, version, published_on, newer_on, recorded_at) VALUES "  # noqa: S608  words of our own
            f"({plan}, {plan}, '{version}', '{on}', {newer}, '2026-05-01 09:00:00')"
        )

    def sent(self, plan: int, receivers: Iterable[int], on: str) -> None:
        for receiver in receivers:
            self.run(
                "INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES "  # noqa: S608  words of our own
                f"({plan}, {receiver}, '{on}')"
            )

    def approved(self, plan: int, body: int, on: str, manner: str = "approved") -> None:
        self.run(
            "INSERT INTO approvals (milestone_id, organisation_id, manner, made_by, approved_on, meeting, minute, "  # noqa: S608  words of our own
            f"on_behalf, recorded_by_id, recorded_at) VALUES ({plan}, {body}, '{manner}', '', '{on}', '', '', false, "
            "1, '2026-05-01 09:00:00')"
        )


def stands() -> dict[int, tuple[str, str | None, str | None]]:
    """Of each milestone: its state, the day on which it was done, and its due date."""
    rows = db.session.execute(text("SELECT id, state, done_on, due_on FROM milestones ORDER BY id")).all()
    db.session.rollback()
    return {row.id: (row.state, *(str(day) if day else None for day in (row.done_on, row.due_on))) for row in rows}


def test_plans_learn_when_they_were_prepared_and_steps_what_completes_them(empty_app: Flask) -> None:
    """Whole approvals, a publication alone, an interim plan alone, an open plan that is agreed; up, and back."""
    upgrade(revision="0009")
    before = Before()
    for number, slug in enumerate(("agreed", "published", "interim", "unpublished", "followed"), 1):
        before.place(number, slug)
    # Approved 100 and 90 days ago, published 80 days ago, sent to Ministers and to one of two other providers.
    before.approved(10, 4, day_ago(90))
    before.approved(10, 5, day_ago(100))
    before.published(10, day_ago(80))
    before.sent(10, (1, 2), day_ago(78))
    before.done((10, 14), day_ago(80))
    before.done((12,), day_ago(78))
    before.done((13,), day_ago(70))
    before.dated(12, day_ago(66))
    before.dated(13, day_ago(66))
    before.dated(14, day_ago(52))
    # Published 60 days ago, with one approval; its copies to both other providers recorded, the step still open.
    before.approved(20, 4, day_ago(90))
    before.published(20, day_ago(60))
    before.sent(20, (2, 3), day_ago(50))
    before.done((20, 24), day_ago(60))
    before.done((21,), day_ago(95))
    before.dated(22, day_ago(46))
    before.dated(23, day_ago(46))
    before.dated(24, day_ago(32))
    # An interim plan alone.
    before.published(30, day_ago(40), "interim")
    before.done((30, 34), day_ago(40))
    for number, days in ((32, 26), (33, 26), (34, 12)):
        before.dated(number, day_ago(days))
    # Agreed by both 30 and 20 days ago, and not published.
    before.approved(40, 4, day_ago(30))
    before.approved(40, 5, day_ago(20), "chairs-action")
    # An interim plan that the plan itself followed 30 days ago.
    before.published(50, day_ago(60), newer_on=day_ago(30))
    before.done((50, 54), day_ago(60))
    db.session.commit()
    its_days = text("SELECT published_on, newer_on FROM publications WHERE id = 50")
    recorded = [tuple(row) for row in db.session.execute(its_days)]
    was = stands()
    db.session.remove()
    upgrade(revision="0013")
    prepared = db.session.execute(text("SELECT milestone_id, prepared_on, prepared_from FROM preparations ORDER BY 1"))
    assert [(row[0], str(row[1]), row[2]) for row in prepared] == [
        (10, day_ago(90), "approvals"),
        (20, day_ago(60), "publication"),
        (40, day_ago(20), "approvals"),
        (50, day_ago(30), "publication"),
    ]
    found = db.session.execute(text("SELECT interim_on, published_on, newer_on FROM publications WHERE id = 50")).one()
    assert [str(day) for day in found] == [day_ago(60), day_ago(30), "None"]
    now = stands()
    # The plan that was agreed is done on that day, and what hangs on it is dated from it.
    assert now[10] == ("done", day_ago(90), day_ago(200))
    assert now[11] == ("done", day_ago(90), day_ago(200)), "open before, its fact whole"
    assert now[12] == ("done", day_ago(78), day_ago(76))
    assert now[13] == ("done", day_ago(70), day_ago(76)), "done stays done, with a body missing"
    assert now[14] == ("done", day_ago(80), day_ago(62))
    assert now[20] == ("done", day_ago(60), day_ago(200))
    assert now[21] == ("done", day_ago(95), day_ago(200))
    assert now[22] == ("not-started", None, day_ago(46))
    assert now[23] == ("done", day_ago(50), day_ago(46)), "open before, its fact whole"
    # An interim plan is not the plan.
    assert now[30] == ("in-progress", None, day_ago(200))
    assert now[32] == ("not-started", None, None)
    assert now[34] == ("done", day_ago(40), None)
    assert now[40] == ("done", day_ago(20), day_ago(200))
    assert (now[42][2], now[44][2]) == (day_ago(6), day_ago(-8))
    facts = db.session.execute(
        text("SELECT id, fact, fact_of_id, fact_count, fact_total, details_not_known FROM milestones ORDER BY id")
    ).all()
    assert {row.id: tuple(row)[1:] for row in facts if row.id < 30} == {
        10: (None, None, None, None, False),
        11: ("agreed", 10, 2, 2, False),
        12: ("ministers-sent", 10, 1, 1, False),
        13: ("providers-sent", 10, 1, 2, True),
        14: ("published", 10, 1, 1, False),
        20: (None, None, None, None, False),
        21: ("agreed", 20, 1, 2, True),
        22: ("ministers-sent", 20, 0, 1, False),
        23: ("providers-sent", 20, 2, 2, False),
        24: ("published", 20, 1, 1, False),
    }
    assert next(row for row in facts if row.id == 34).details_not_known
    complete = db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all()
    assert complete == [10]
    db.session.remove()
    downgrade(revision="0009")
    back = stands()
    closed_or_dated = {11, 23, *range(40, 45), 52, 53, 54}  # as nobody would have recorded it twice, that stays
    assert {number: back[number] for number in was if number not in closed_or_dated} == {
        number: values for number, values in was.items() if number not in closed_or_dated
    }
    assert back[40][0] == "in-progress", "it is not published"
    assert [tuple(row) for row in db.session.execute(its_days)] == recorded
    notified = db.session.execute(text("SELECT id, done_with FROM milestones WHERE done_with IS NOT NULL ORDER BY id"))
    assert [tuple(row) for row in notified][:2] == [(12, "told"), (14, "published")]
    db.session.remove()
    upgrade()
    assert stands()[10] == now[10]


def test_what_an_upgrade_dates_closes_or_opens_emails_nobody_about_the_past(empty_app: Flask) -> None:
    """The next run of queue-notices tells nothing of the days up to the upgrade, and the run after it what is new."""
    upgrade(revision="0009")
    before = Before()
    for number, slug in enumerate(("agreed", "interim", "closing"), 1):
        before.place(number, slug)
    # The dates of what is open move back by this, into the past and near it.
    before.approved(10, 4, day_ago(90))
    before.approved(10, 5, day_ago(100))
    before.published(10, day_ago(10))
    before.done((10, 11, 14), day_ago(10))
    before.dated(12, day_ago(-4))
    before.dated(13, day_ago(-4))
    # This opens a plan again that has long passed its date.
    before.published(20, day_ago(40), "interim")
    before.done((20, 21, 22, 23, 24), day_ago(40))
    # This closes a step of which the owner would have been told next.
    before.published(30, day_ago(60))
    before.sent(30, (2, 3), day_ago(50))
    before.done((30, 31, 34), day_ago(60))
    before.done((32,), day_ago(50))
    before.dated(33, day_ago(46))
    before.run(
        "INSERT INTO notices (milestone_id, due_on, step, addressee, user_id, audience, overtook, policy, at_once, "  # noqa: S608  words of our own
        f"unreachable, queued_on, queued_at, ended_why) VALUES (33, '{day_ago(46)}', 'overdue-8', 'user:1', 1, "
        f"'owner', '[]', '', false, false, '{day_ago(38)}', '2026-05-01 06:00:00', '')"
    )
    before.run("INSERT INTO role_grants (user_id, role, scope) VALUES (1, 'lead', 'national')")
    # Each was escalated for the date that it had: one that gets another, one that loses its date, one that is closed.
    before.milestone(25, 2, "send-again", "step", follows=20, days=14)
    before.dated(25, day_ago(26))
    for number, due in ((12, day_ago(-4)), (25, day_ago(26)), (33, day_ago(46))):
        before.run(
            "INSERT INTO escalations (milestone_id, due_on, rung, audience, fell_due_on, opened_at, reply_by, "  # noqa: S608  words of our own
            f"raised_why) VALUES ({number}, '{due}', 1, 'lead', '{due}', '2026-05-01 06:00:00', NULL, '')"
        )
    db.session.commit()
    db.session.remove()
    upgrade()
    raised = text("SELECT milestone_id, resolution FROM escalations WHERE resolved_at IS NOT NULL ORDER BY 1")
    assert [tuple(row) for row in db.session.execute(raised)] == [(12, "new-date"), (25, "new-date"), (33, "done")]
    statement = text("SELECT milestone_id, step, ending FROM notices WHERE milestone_id = 33")
    assert [tuple(row) for row in db.session.execute(statement)] == [(33, "overdue-8", "withdrawn")]
    db.session.rollback()
    today = utc_today()
    first = queue_due_notices(today, datetime.combine(today, time(7), UTC))
    assert (first.notices, first.unreachable, first.skipped) == (0, 0, 0)
    assert first.milestones > 0, "they were asked about"
    assert first.escalations == 0, "what passed before the upgrade is with nobody who was not notified"
    later = today + timedelta(days=40)
    then = queue_due_notices(later, datetime.combine(later, time(7), UTC))
    assert then.notices + then.unreachable > 0, "what passes after the upgrade is told"
    steps = db.session.execute(text("SELECT milestone_id, step FROM notices WHERE queued_on > :day"), {"day": today})
    assert {row.milestone_id for row in steps} <= {12, 13, 20}


def test_what_a_downgrade_dates_or_opens_is_asked_about_again_and_counts_as_notified(empty_app: Flask) -> None:
    """A date that comes back has a bookmark: without one nobody would ever be reminded of it."""
    upgrade(revision="0009")
    before = Before()
    for number, slug in enumerate(("interim", "agreed"), 1):
        before.place(number, slug)
    # An interim plan, with steps that are open and past their dates; and a plan that is agreed and not published.
    before.published(10, day_ago(40), "interim")
    before.done((10, 14), day_ago(40))
    before.dated(12, day_ago(26))
    before.dated(13, day_ago(26))
    before.approved(20, 4, day_ago(30))
    before.approved(20, 5, day_ago(20))
    db.session.commit()
    db.session.remove()
    upgrade()
    downgrade(revision="0009")
    asked = text("SELECT id, due_on, next_notice_on FROM milestones WHERE id IN (12, 13, 20) ORDER BY id")
    found = [(row.id, str(row.due_on), str(row.next_notice_on)) for row in db.session.execute(asked)]
    assert found == [(12, day_ago(26), day_ago(0)), (13, day_ago(26), day_ago(0)), (20, day_ago(200), day_ago(0))]
    notified = text("SELECT milestone_id, step FROM notices WHERE ended_at IS NULL AND milestone_id IN (12, 13, 20)")
    assert {tuple(row) for row in db.session.execute(notified)} == {
        (12, "overdue-26"),
        (13, "overdue-26"),
        (20, "overdue-200"),
    }


def version_rows(document: int) -> list[tuple[Any, ...]]:
    """The versions of a document that are known, the oldest first: version, day, whether present, whether newer, first
    day, by whom and since when."""
    rows = db.session.execute(
        text(
            "SELECT version, published_on, is_present, is_newer, first_on, recorded_by_id, recorded_from "
            "FROM publications WHERE milestone_id = :document AND recorded_to IS NULL ORDER BY number"
        ),
        {"document": document},
    ).all()
    return [
        (row[0], _word(row[1]), bool(row[2]), bool(row[3]), _word(row[4]), row[5], str(row[6])[:10]) for row in rows
    ]


def _word(day: Any) -> str | None:
    return str(day) if day else None


def document_rows() -> list[tuple[Any, ...]]:
    """What version 0013 keeps of each document."""
    rows = db.session.execute(
        text(
            "SELECT milestone_id, version, published_on, newer_on, interim_on, interim_until, kept_copy_id, "
            "recorded_by_id FROM publications ORDER BY milestone_id"
        )
    ).all()
    found = [tuple(value if isinstance(value, int | str | None) else str(value) for value in row) for row in rows]
    db.session.rollback()
    return found


def hung_on() -> dict[str, list[tuple[Any, ...]]]:
    """What hangs on versions, each with its document and version."""
    of = "JOIN publications ON publications.id = publication_id"
    statements = {
        "addresses": f"SELECT publications.milestone_id, version, form, address FROM publication_addresses {of}",  # noqa: S608
        "copies": f"SELECT publications.milestone_id, version, receiver_id, sent_on FROM publication_copies {of}",  # noqa: S608
        "approvals": "SELECT approvals.milestone_id, version, organisation_id, approvals.recorded_by_id FROM approvals "
        "LEFT JOIN publications ON publications.id = publication_id",
    }
    found = {
        name: sorted(tuple(str(value) for value in row) for row in db.session.execute(text(statement)))
        for name, statement in statements.items()
    }
    db.session.rollback()
    return found


def tell(document: int, action: str, at: str, by: int | None = 1, **before: Any) -> None:
    """An event of the audit about a document, as version 0013 wrote it."""
    db.session.execute(
        text(
            "INSERT INTO audit_events (at, actor_id, subject, subject_id, action, before, after, reason) "
            "VALUES (:at, :by, 'milestone', :document, :action, :before, :after, '')"
        ),
        {
            "at": f"{at} 09:00:00",
            "by": by,
            "document": document,
            "action": action,
            "before": json.dumps(before),
            "after": json.dumps({"organisation_id": 4} if action.startswith("approval") else {}),
        },
    )


def _place(number: int) -> dict[str, Any]:
    return {"form": "full", "language": "en", "address": f"https://example.org/{number}"}


def _before_versions() -> None:
    """A database of version 0013: a plan that was revised twice, one after an interim plan, reports with a final
    version after an interim one, after a draft, with no days, and alone; a plan that is a draft, and one undone."""
    run = db.session.execute
    for statement in (
        PERSON,
        "INSERT INTO organisations (id, code, name, kind, in_use, merged_into_id, edited) VALUES "
        "(1, 'N06', 'Scottish Government', 'scottish-government', true, NULL, false), "
        "(2, 'N01', 'Police', 'other-service-provider', true, NULL, false), "
        "(3, 'X03', 'Police too', 'other', false, 2, false), "
        "(4, 'S1', 'Council', 'council', true, NULL, false)",
        "INSERT INTO stored_files (id, name, media_type, size, sha256) VALUES "
        "(1, 'first.pdf', 'application/pdf', 3, 'x'), (2, 'present.pdf', 'application/pdf', 3, 'y')",
        *(
            MILESTONE.format(id=number, key=f"d-{number}", kind=kind, state="done")
            for number, kind in ((1, "plan"), (2, "plan"), (6, "plan"), (8, "plan"))
        ),
        *(
            MILESTONE.format(id=number, key=f"d-{number}", kind="annual-report", state="done")
            for number in (3, 4, 5, 7, 9)
        ),
    ):
        run(text(statement))
    publication = (
        "INSERT INTO publications (id, milestone_id, version, published_on, newer_on, interim_on, interim_until, "
        "kept_copy_id, recorded_by_id, recorded_at) VALUES ({})"
    )
    for values in (
        "111, 1, 'revised', '2026-04-02', '2026-09-01', NULL, NULL, 2, 1, '2026-09-02 09:00:00'",
        "112, 2, 'final', '2026-06-01', NULL, '2026-04-01', NULL, NULL, 1, '2026-06-02 09:00:00'",
        "113, 3, 'final', '2026-07-01', '2026-08-01', NULL, NULL, NULL, NULL, '2026-08-02 09:00:00'",
        "114, 4, 'final', '2026-07-01', NULL, NULL, NULL, NULL, 1, '2026-07-02 09:00:00'",
        "115, 5, 'revised', NULL, NULL, NULL, NULL, NULL, 1, '2026-07-03 09:00:00'",
        "116, 6, 'draft', '2026-02-01', NULL, NULL, NULL, NULL, 1, '2026-02-01 09:00:00'",
        "117, 7, 'final', '2026-07-05', NULL, NULL, NULL, NULL, 1, '2026-07-05 09:00:00'",
    ):
        run(text(publication.format(values)))
    for number in (111, 112, 113, 114, 117):
        address = f"https://example.org/present-{number}"
        run(
            text("INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES (:number, 1, :on)"),
            {"number": number, "on": "2026-09-03"},
        )
        run(
            text(
                "INSERT INTO publication_addresses (publication_id, form, language, address) "
                "VALUES (:number, 'full', 'en', :address)"
            ),
            {"number": number, "address": address},
        )
    for document in (1, 6, 9):
        decision = DECISION.format(id=100 + document, manner="approved")
        run(text(decision.replace(f", 1, {100 + document},", f", {document}, 4,")))
    _told_before()
    db.session.commit()
    db.session.remove()


def _told_before() -> None:
    """What the audit keeps of the versions that were replaced."""
    approved = {"body": "Council", "organisation_id": 4, "manner": "approved", "approved_on": "2026-03-01"}
    sent = [
        {"receiver_id": 1, "sent_on": "2026-04-03", "received_on": "2026-04-05"},
        {"receiver_id": 3, "sent_on": "2026-04-03", "received_on": None},
        {"receiver_id": 77, "sent_on": None, "received_on": None},
    ]
    tell(1, "approval-recorded", "2026-03-02")
    tell(1, "published", "2026-04-02")
    # The day was corrected later: the row knows it.
    tell(
        1,
        "newer-version-published",
        "2026-05-10",
        version="final",
        published_on="2026-04-01",
        newer_on=None,
        addresses=[_place(1)],
        copies=sent,
        kept_copy_id=1,
        approvals=[approved],
    )
    tell(
        1,
        "newer-version-published",
        "2026-09-02",
        version="revised",
        published_on="2026-04-01",
        newer_on="2026-05-09",
        addresses=[_place(2), _place(3)],
        copies=[],
        kept_copy_id=99,
        approvals=[],
    )
    # A publication that was undone, and the report published again after its draft.
    tell(4, "draft-published", "2026-01-10")
    tell(4, "draft-replaced", "2026-03-01", version="draft", published_on="2026-01-01", addresses=[_place(9)])
    tell(4, "published", "2026-03-01")
    tell(4, "publication-undone", "2026-03-05", version="final")
    tell(4, "draft-published", "2026-05-02")
    tell(4, "draft-replaced", "2026-07-02", version="draft", published_on="2026-05-01", addresses=[_place(4)])
    tell(4, "published", "2026-07-02")
    tell(8, "newer-version-published", "2026-05-10", version="final", published_on="2026-04-01")
    tell(8, "publication-undone", "2026-05-11", version="revised")


def test_versions_before_the_present_ones_come_back_as_rows_and_go_on_the_way_back(empty_app: Flask) -> None:
    upgrade(revision="0013")
    _before_versions()
    kept, notified = document_rows(), counts_of_mail()
    complete = db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all()
    db.session.remove()
    upgrade(revision="0014")
    assert {number: version_rows(number) for number in range(1, 10)} == {
        1: [
            ("final", "2026-04-02", False, False, None, 1, "2026-04-02"),
            ("revised", "2026-05-09", False, True, "2026-04-02", 1, "2026-05-10"),
            ("revised", "2026-09-01", True, True, "2026-04-02", 1, "2026-09-02"),
        ],
        2: [
            ("interim", "2026-04-01", False, False, None, 1, "2026-06-02"),
            ("final", "2026-06-01", True, False, None, 1, "2026-06-02"),
        ],
        3: [
            ("interim", "2026-07-01", False, False, None, None, "2026-08-02"),
            ("final", "2026-08-01", True, True, "2026-07-01", None, "2026-08-02"),
        ],
        4: [
            ("draft", "2026-05-01", False, False, None, 1, "2026-05-02"),
            ("final", "2026-07-01", True, False, None, 1, "2026-07-02"),
        ],
        5: [
            ("final", None, False, False, None, 1, "2026-07-03"),
            ("revised", None, True, True, None, 1, "2026-07-03"),
        ],
        6: [("draft", "2026-02-01", True, False, None, 1, "2026-02-01")],
        7: [("final", "2026-07-05", True, False, None, 1, "2026-07-05")],
        8: [],
        9: [],
    }
    found = hung_on()
    assert [row for row in found["addresses"] if not row[3].startswith("https://example.org/present")] == [
        ("1", "final", "full", "https://example.org/1"),
        ("1", "revised", "full", "https://example.org/3"),
        ("4", "draft", "full", "https://example.org/4"),
    ]
    assert [row for row in found["copies"] if row[3] != "2026-09-03"] == [
        ("1", "final", "1", "2026-04-03"),
        ("1", "final", "2", "2026-04-03"),
    ], "to the one that a duplicate was merged into, and to none that is not there"
    assert found["approvals"] == [
        ("1", "final", "4", "1"),
        ("1", "revised", "4", "1"),
        ("6", "None", "4", "1"),
        ("9", "None", "4", "1"),
    ], "of what is not published they wait"
    files = db.session.execute(
        text("SELECT milestone_id, version, kept_copy_id FROM publications WHERE kept_copy_id > 0")
    )
    assert sorted(tuple(row) for row in files) == [(1, "final", 1), (1, "revised", 2)]
    assert counts_of_mail() == notified
    db.session.rollback()
    # What is told of a version that is not present changes nothing.
    db.session.execute(
        text(
            "DELETE FROM publication_copies WHERE publication_id IN (SELECT id FROM publications WHERE NOT is_present)"
        )
    )
    assert db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all() == complete
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0013")
    assert document_rows() == kept
    assert db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all() == complete
    assert [row[3] for row in db.session.execute(text("SELECT * FROM publication_copies"))] != []
    assert db.session.scalar(text("SELECT count(*) FROM publication_copies")) == 5
    assert db.session.scalar(text("SELECT count(*) FROM approvals")) == 3
    db.session.remove()
    upgrade(revision="0014")
    assert hung_on() == found, "and up once more they are there again"


def counts_of_mail() -> tuple[Any, ...]:
    counts = [db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("notices", "messages")]  # noqa: S608
    due = db.session.execute(text("SELECT id, due_on, next_notice_on FROM milestones ORDER BY id")).all()
    db.session.rollback()
    return (*counts, *(tuple(row) for row in due))


def test_ten_thousand_documents_with_newer_versions_become_rows_in_seconds(empty_app: Flask) -> None:
    upgrade(revision="0013")
    run = db.session.execute
    documents = range(1, 10_001)
    milestone = MILESTONE.format(id=0, key="x", kind="annual-report", state="done")
    values = text(milestone.replace("(0, 'x',", "(:id, :key,"))
    run(values, [{"id": number, "key": f"d-{number}"} for number in documents])
    run(
        text(
            "INSERT INTO publications (milestone_id, version, published_on, newer_on, recorded_at) "
            "SELECT id, 'revised', '2025-07-01', '2025-09-01', '2025-09-02 09:00:00' FROM milestones"
        )
    )
    run(text("UPDATE publications SET version = 'final', newer_on = NULL WHERE id % 2 = 0"))
    db.session.commit()
    kept = document_rows()
    db.session.remove()
    started = monotonic()
    upgrade(revision="0014")
    downgrade(revision="0013")
    assert monotonic() - started < 30
    assert document_rows() == kept


def test_copies_learn_their_documents_and_those_that_wait_go_on_the_way_back(empty_app: Flask) -> None:
    upgrade(revision="0015")
    run = db.session.execute
    for statement in (
        PERSON,
        "INSERT INTO organisations (id, code, name, kind, in_use, edited) VALUES "
        "(1, 'N06', 'Scottish Government', 'scottish-government', true, false), "
        "(2, 'N01', 'Police', 'other-service-provider', true, false)",
        MILESTONE.format(id=7, key="plan", kind="plan", state="done"),
        MILESTONE.format(id=8, key="published", kind="plan", state="done"),
        "INSERT INTO publications (id, milestone_id, version, published_on, recorded_from) VALUES "
        "(3, 8, 'final', '2026-07-01', '2026-07-01 09:00:00')",
        "INSERT INTO publication_copies (publication_id, receiver_id, sent_on, received_on, sent_recorded_by_id) "
        "VALUES (3, 1, '2026-07-02', '2026-07-05', 1), (3, 2, NULL, NULL, NULL)",
    ):
        run(text(statement))
    db.session.commit()
    kept = copy_rows()
    db.session.remove()
    upgrade(revision="0016")
    assert copy_rows() == kept
    found = run(text("SELECT milestone_id, waited FROM publication_copies")).all()
    assert [(number, bool(waited)) for number, waited in found] == [(8, False)] * 2
    assert complete() == [8]
    # A copy that waits completes nothing until it is of what is published.
    run(text("INSERT INTO publication_copies (milestone_id, receiver_id, waited) VALUES (7, 1, true), (7, 2, true)"))
    run(
        text(
            "INSERT INTO publications (id, milestone_id, version, recorded_from) "
            "VALUES (4, 7, 'final', '2026-07-01 09:00:00')"
        )
    )
    assert complete() == [8]
    run(text("UPDATE publication_copies SET publication_id = 4 WHERE milestone_id = 7"))
    assert complete() == [7, 8]
    run(text("UPDATE publication_copies SET publication_id = NULL WHERE milestone_id = 7"))
    assert complete() == [8]
    db.session.commit()
    with pytest.raises(DBAPIError):
        run(text("INSERT INTO publication_copies (milestone_id, receiver_id) VALUES (7, 2)"))
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0015")
    assert (copy_rows(), complete()) == (kept, [8])
    run(text("DELETE FROM publication_copies WHERE receiver_id = 1"))
    assert complete() == []
    db.session.rollback()
    db.session.remove()
    upgrade(revision="0016")
    assert copy_rows() == kept


def copy_rows() -> list[tuple[Any, ...]]:
    columns = "publication_id, receiver_id, sent_on, received_on, sent_recorded_by_id"
    rows = db.session.execute(text(f"SELECT {columns} FROM publication_copies ORDER BY receiver_id")).all()  # noqa: S608
    db.session.rollback()
    return [tuple(str(value) for value in row) for row in rows]


def complete() -> list[int]:
    return list(db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")))
