"""Steps get their plain words with version 0009."""

import json
import runpy
import tomllib

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

import config
from cycle_tracker.core.extensions import db
from cycle_tracker.models.cycle import TemplateEdition

pytestmark = pytest.mark.in_full

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


def steps() -> dict[str, tuple[str, str, str]]:
    rows = db.session.execute(text("SELECT key, title, evidence_asked, date_citation FROM milestones")).all()
    db.session.rollback()
    return {key: (title, evidence, basis) for key, title, evidence, basis in rows}


def _entry(key: str, title: str, evidence: str) -> dict[str, str]:
    return {"key": key, "title": title, "evidence": evidence, "date_citation": ""}
