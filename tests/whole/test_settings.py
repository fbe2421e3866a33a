"""Settings that cannot be used are refused at the start, in words that say which and why."""

import os
import subprocess
import sys
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import ROOT, SettingError, settings
from cycle_tracker.core.extensions import db
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.reference import ServiceSetting
from cycle_tracker.operations.services.settings_in_use import OUTSTANDING_AFTER, note_settings
from tests.factories import make_milestone, make_partnership, make_report
from tests.support.days import moment
from tests.support.pages import said

KEY = {"SECRET_KEY": "only-for-tests-" + "x" * 32}


@pytest.mark.parametrize(("given", "connections"), [("", 1), ("1", 1), ("8", 8), ("50", 50)])
def test_mails_go_over_as_many_connections_as_are_set(given: str, connections: int) -> None:
    assert settings({**KEY, "MAIL_CONNECTIONS": given})["MAIL_CONNECTIONS"] == connections


@pytest.mark.parametrize("given", ["0", "-1", "51", "many", "1.5"])
def test_a_number_of_connections_that_makes_no_sense_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match=f"MAIL_CONNECTIONS must be a whole number.*“{given}”"):
        settings({**KEY, "MAIL_CONNECTIONS": given})


@pytest.mark.parametrize(
    ("given", "name"),
    [({}, "Cycle Tracker"), ({"MAIL_SENDER_NAME": " Plans "}, "Plans"), ({"MAIL_SENDER_NAME": ""}, "")],
)
def test_the_sender_has_the_name_that_is_set(given: dict[str, str], name: str) -> None:
    assert settings({**KEY, **given})["MAIL_SENDER_NAME"] == name


@pytest.mark.parametrize("given", ["Plans\r\nBcc: x@example.test", "Plans\u202e", "x" * 61])
def test_a_name_that_a_header_cannot_show_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match="MAIL_SENDER_NAME must be one line of at most 60 characters"):
        settings({**KEY, "MAIL_SENDER_NAME": given})


@pytest.mark.parametrize(("given", "days"), [("", 60), ("21", 21), ("90", 90), ("366", 366)])
def test_a_document_is_outstanding_after_as_many_days_as_are_set(given: str, days: int) -> None:
    assert settings({**KEY, "OUTSTANDING_AFTER_DAYS": given})["OUTSTANDING_AFTER_DAYS"] == days


@pytest.mark.parametrize("given", ["20", "367", "-1", "sixty"])
def test_a_number_of_days_that_makes_no_sense_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match=f"OUTSTANDING_AFTER_DAYS must be a whole number.*“{given}”"):
        settings({**KEY, "OUTSTANDING_AFTER_DAYS": given})


@pytest.mark.parametrize(("given", "day"), [("", "06-30"), ("06-01", "06-01"), ("12-31", "12-31")])
def test_the_guidance_date_of_reports_is_the_day_that_is_set(given: str, day: str) -> None:
    assert settings({**KEY, "REPORT_GUIDANCE_DATE": given})["REPORT_GUIDANCE_DATE"] == day


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("30 June", "must be a month and a day"),
        ("06-31", "must be a month and a day"),
        ("03-31", "from 04-01 to 12-31"),
    ],
)
def test_a_day_that_is_none_or_lies_in_the_year_reported_on_is_refused(given: str, words: str) -> None:
    with pytest.raises(SettingError, match=f"REPORT_GUIDANCE_DATE must be .*“{given}”") as refused:
        settings({**KEY, "REPORT_GUIDANCE_DATE": given})
    assert words in str(refused.value)


RULES = """
from datetime import date
from cycle_tracker.core.document_states import last_day_before_outstanding
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.queries.template_files import read_templates
from cycle_tracker.cycles.rules.templates import generate
print(last_day_before_outstanding(date(2026, 6, 30)))
for template in read_templates():
    planned = generate(template, Period.starting(template.first_period))
    print(*(one.target_on for one in planned if one.template_key in ("annual-report-1", "review-1")))
"""


@pytest.mark.parametrize(
    ("given", "said_by_the_rules"),
    [
        ({}, ["2026-08-29", "2018-06-30 None", "2021-06-30 2021-06-30"]),
        (
            {"OUTSTANDING_AFTER_DAYS": "90", "REPORT_GUIDANCE_DATE": "06-15"},
            ["2026-09-28", "2018-06-30 None", "2021-06-30 2021-06-15"],
        ),
    ],
)
def test_the_rules_follow_the_settings_and_the_review_and_the_first_edition_do_not(
    given: dict[str, str], said_by_the_rules: list[str]
) -> None:
    env = {name: value for name, value in os.environ.items() if name not in {*given, "OUTSTANDING_AFTER_DAYS"}}
    done = subprocess.run(
        [sys.executable, "-c", RULES], cwd=ROOT, env={**env, **given}, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == said_by_the_rules, done.stderr


@pytest.mark.alike_on_both_databases
def test_a_change_of_the_days_is_written_down_and_has_the_rules_asked_again(core_app: Flask) -> None:
    moray = make_partnership("moray")
    far = date(2027, 6, 1)
    report, step = make_report(moray), make_milestone(moray, due_on=date(2026, 6, 30))
    report.next_notice_on = step.next_notice_on = far
    db.session.commit()
    day = date(2026, 7, 3)
    assert [note_settings(day, moment(day)) for _ in range(2)] == [False, False]
    assert not db.session.scalars(select(AuditEvent)).all(), "what was always so is no change"
    assert [note_settings(day, moment(day), outstanding_after=30) for _ in range(2)] == [True, False]
    (event,) = db.session.scalars(select(AuditEvent))
    assert (event.action, event.before, event.after) == (
        "setting-changed",
        {OUTSTANDING_AFTER: "60"},
        {OUTSTANDING_AFTER: "30"},
    )
    db.session.expire_all()
    bookmarks = {one.id: one.next_notice_on for one in db.session.scalars(select(Milestone))}
    assert bookmarks == {report.id: day, step.id: far}
    assert (report.target_on, report.due_on) == (date(2026, 6, 30), date(2026, 6, 30)), "no date moves"
    assert db.session.scalars(select(ServiceSetting.value)).all() == ["30"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "The organisation that runs this service for the partnerships is the data controller."),
        ({"DATA_CONTROLLER": "Moray Council"}, "Moray Council is the data controller."),
        ({"DATA_PROTECTION_CONTACT": "dpo@moray.example.org"}, "officer, use dpo@moray.example.org."),
    ],
)
def test_the_privacy_page_names_who_is_responsible(client: FlaskClient, given: dict[str, str], words: str) -> None:
    config = client.application.config
    before = {name: config[name] for name in given}
    config.update(given)
    try:
        assert words in said(client.get("/privacy"))
    finally:
        config.update(before)


def test_a_demonstration_may_be_set_and_is_none_by_default(client: FlaskClient) -> None:
    assert settings(KEY)["DEMONSTRATION"] is False
    assert settings({**KEY, "DEMONSTRATION": "1"})["DEMONSTRATION"] is True
    assert "Demonstration data" not in client.get("/help").get_data(as_text=True)
    client.application.config["DEMONSTRATION"] = True
    try:
        assert "Demonstration data" in client.get("/help").get_data(as_text=True)
    finally:
        client.application.config["DEMONSTRATION"] = False
