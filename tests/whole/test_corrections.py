"""What readers of the field found wrong, each as it is said now. Pages of the demo, unless another test is named.

Corrected beside these: citations of each edition (`tests/cycles/rules/test_citations.py`), errors in running cycles
(`tests/cycles/services/test_template_corrections.py`), the demo itself (`tests/cli/test_demo_agrees.py`), worked
holidays (`tests/reminders/services/test_worked_holidays.py`), settings (`tests/whole/test_settings.py`).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from config import ROOT
from cycle_tracker.cli.demo.people import ACCOUNTS, ADMINISTRATOR, LEAD, OFFICIAL, Account
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import WorkingCalendar, bank_holiday
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.wording import bases, basis_words
from cycle_tracker.documents.rules.documents import early_words
from cycle_tracker.governance.rules import last_working_reply_day
from cycle_tracker.milestones.services.milestones import TOO_EARLY
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.reference.files import read_rows
from cycle_tracker.web_app import create_app
from tests.support.databases import make_quick
from tests.support.demo import copy_demo
from tests.support.pages import Browser, said, sign_in, soup
from tests.support.settings import settings_for_tests

MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=LONDON)
MORAY = "/partnerships/moray/milestones"
IN_LAW = "A plan must be in place for the period that starts on 1 April."
BANNER = "Demonstration data. Nothing here is about any real partnership."

# About what it is; who reads which page; what it says; what it no longer says.
PAGES: dict[str, tuple[Account | None, str, str, str]] = {
    "the date of a plan is in law, on the list of what is outstanding": (
        OFFICIAL,
        "/outstanding",
        f"For an annual report the guidance date is not a date in law. {IN_LAW}",
        "complete, as at 20 November 2026. The guidance date is not",
    ),
    "the date of a plan is in law, on the page of all partnerships": (
        OFFICIAL,
        "/matrix",
        f"For an annual report the guidance date is not a date in law. {IN_LAW}",
        "as at 20 November 2026. The guidance date is not",
    ),
    "the date of a plan is called statutory on its page": (
        LEAD,
        f"{MORAY}/2026-29.plan-prepared",
        "2014 Act, section 8(1); SSI 2016/255 (statute). See 2020 guidance, paragraph 40",
        "2016 guidance",
    ),
    "the review has a suggested date and no rule of 15 months": (
        LEAD,
        f"{MORAY}/2026-29.review-1",
        "With the annual report (2020 guidance, section 11); the Act sets no timescale (suggested)",
        "15 months",
    ),
    "guidance that explains a duty is not labelled statute": (
        LEAD,
        f"{MORAY}/2026-29.invite-bodies",
        "2014 Act, section 10(1)(a) (statute). See 2020 guidance, paragraphs 76 to 78",
        "paragraphs 76 to 78 (statute)",
    ),
    "ministers take part only for prison services": (
        LEAD,
        f"{MORAY}/2026-29.invite-bodies",
        "(Scottish Ministers: only for prison services in the area)",
        "Ministers to take part Date",
    ),
    "officials see who recorded a document, says its page": (
        LEAD,
        f"{MORAY}/2026-29.plan-prepared/publication/facts",
        "Scottish Government officials. They see who recorded it.",
        "do not see who recorded it",
    ),
    "officials see who recorded a document, says the privacy page": (
        None,
        "/privacy",
        "Officials see who recorded a plan or an annual report",
        "do not see",
    ),
    "a body that disagrees must publish a notice": (
        LEAD,
        f"{MORAY}/2026-29.plan-prepared/publication/newer-version",
        "A body that disagrees must publish a notice and its reasons.",
        "may publish",
    ),
    "an action is no duty in law": (
        LEAD,
        f"{MORAY}/2026-29.action-1",
        "Not a legal duty (carries out the plan: 2014 Act, section 12)",
        "(statute)",
    ),
    "when leads and groups hear of actions": (
        None,
        "/help",
        "For actions and requests we email the planning lead after 14 days.",
        "We email the planning lead 1 day after the due date. We email",
    ),
    "groups hear nothing of actions": (
        None,
        "/help",
        "We do not email the group about actions and requests.",
        "For other steps we email the group after 28 days. We email",
    ),
    "one name for what is not due yet, in help": (None, "/help", "Not due yet, or open", "Not open yet"),
    "one name for what is not due yet, on a page": (
        LEAD,
        f"{MORAY}/2026-29.annual-report-3",
        "Not due yet",
        "Not open yet",
    ),
    "a lead’s home says the status that officials see": (
        LEAD,
        "/",
        "2020 guidance, paragraph 125: ideally by June (the date). Outstanding",
        "Past guidance date",
    ),
    "the first day on which a document is outstanding": (
        LEAD,
        f"{MORAY}/2023-26.annual-report-3",
        "This has been outstanding since 30 August 2026 because it has no explanation.",
        "29 August 2026",
    ),
    "bank holidays bind nobody": (
        ADMINISTRATOR,
        "/partnerships/moray/set-up/closure-days",
        "Bank holidays do not bind anyone. Councils set their own local holidays, such as Easter Monday.",
        "You do not need to add",
    ),
    "privacy names no controller before it is set": (
        None,
        "/privacy",
        "It has not added its name to this page yet.",
        "To contact it, ask",
    ),
    "privacy names its article": (None, "/privacy", "article 6(1)(e) of the UK GDPR", "no lawful basis"),
    "privacy names the right to restrict": (None, "/privacy", "to restrict how we use it", "to correct it or to erase"),
    "what a group of officials is called": (
        OFFICIAL,
        "/national-group",
        "Scottish Government escalation group",
        "National group",
    ),
    "an open date is called the due date": (
        LEAD,
        f"{MORAY}/2026-29.annual-report-1",
        "Due date",
        "Expected by",
    ),
    "what an official decides changes no duty": (
        OFFICIAL,
        f"{MORAY}/2026-29.annual-report-1/not-required",
        "This records that the document is not expected here. It does not change any legal duty.",
        "took the place of",
    ),
    "the law knows no interim plan": (
        LEAD,
        f"{MORAY}/2026-29.plan-prepared/publication/facts",
        "One-year or interim plan",
        " Interim ",
    ),
    "the chief constable by the name in law": (
        LEAD,
        f"{MORAY}/2026-29.plan-prepared",
        "Chief Constable of the Police Service of Scotland (Police Scotland)",
        "Police Scotland (chief constable)",
    ),
    "what a change of the settings does": (
        ADMINISTRATOR,
        "/service-health",
        "Guidance dates, new expected dates, explanations and emails that we sent do not change.",
        "silently",
    ),
}


@pytest.fixture(scope="module")
def demo(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app over the demo of a Friday in November, at ten in the morning."""
    app = create_app(settings_for_tests(copy_demo(shared_folder, tmp_path_factory.mktemp("demo"))))
    make_quick(app)
    with time_machine.travel(MORNING, tick=False), app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def browser(demo: Flask, account: Account | None) -> Browser:
    if account is None:
        return Browser(demo, demo.response_class)
    user = find_user(account.email)
    assert user is not None
    return sign_in(demo, user)


@pytest.mark.parametrize(("account", "path", "now", "before"), PAGES.values(), ids=PAGES)
def test_a_page_says_what_is_right(demo: Flask, account: Account | None, path: str, now: str, before: str) -> None:
    page = browser(demo, account).get(path)
    assert page.status_code == 200
    words = " ".join(soup(page).get_text(" ").split()).replace(" .", ".").replace(" ,", ",")
    assert now in words
    assert before not in words


@pytest.mark.parametrize(
    ("account", "path"),
    [
        (None, "/register"),
        (None, "/help"),
        (None, "/sign-in"),
        (LEAD, "/"),
        (OFFICIAL, "/outstanding"),
        (None, "/no-page"),
    ],
)
def test_every_page_of_a_demonstration_says_that_it_is_one(demo: Flask, account: Account | None, path: str) -> None:
    assert BANNER in soup(browser(demo, account).get(path)).get_text()


def mails_of(account: Account) -> list[tuple[Message, EmailMessage]]:
    rows = db.session.execute(
        select(Message, MessageBody.content)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(Message.recipient == account.email)
        .order_by(Message.id)
    )
    return [(row[0], message_from_bytes(row[1], policy=default)) for row in rows]


def newest_digest_of(account: Account) -> tuple[Message, EmailMessage]:
    return [found for found in mails_of(account) if found[0].kind is MessageKind.DIGEST][-1]


def parts_of(mail: EmailMessage) -> dict[str, str]:
    """The text of each form, by its subtype, on one line."""
    return {
        part.get_content_subtype(): " ".join(BeautifulSoup(part.get_content(), "lxml").get_text(" ").split())
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    }


def test_every_email_of_a_demonstration_says_that_it_is_one(demo: Flask) -> None:
    mails = [mail for account in ACCOUNTS for _message, mail in mails_of(account)]
    assert mails
    for mail in mails:
        parts = parts_of(mail)
        assert BANNER in parts["html"]
        assert parts["plain"].startswith(BANNER)


def test_an_email_gives_its_reader_one_true_reason(demo: Flask) -> None:
    _message, mail = newest_digest_of(LEAD)
    words = parts_of(mail)["plain"]
    assert "You get this because you own" in words
    assert "lead the partnership’s planning or sit on" not in words
    assert "Your planning lead can" not in words


def test_the_page_of_an_email_says_its_own_count_of_days_and_the_step_apart(demo: Flask) -> None:
    steps = 0
    for message, mail in [found for found in mails_of(LEAD) if found[0].kind is MessageKind.DIGEST][-5:]:
        days = re.search(r"Overdue by (\d+) days \(guidance date 30 June 2026\)", parts_of(mail)["plain"])
        assert days is not None, "in the email for its step, or in the list of all that is late"
        shown = said(browser(demo, LEAD).get(f"/mails/{message.identity}"))
        assert f"In the email: Overdue by {days[1]} days." in shown
        step = re.search(
            rf"In the email: Overdue by {days[1]} days\. Scheduled step: (\d+) days after the guidance date", shown
        )
        if step is not None:
            steps += 1
            assert 0 <= int(days[1]) - int(step[1]) < 14, "a repeat waits for the list day"
    assert steps > 0


@pytest.mark.parametrize(
    ("month", "name"),
    [
        ("2026-01", "2nd January"),
        ("2026-05", "Early May bank holiday"),
        ("2026-06", "World Cup bank holiday"),
        ("2026-08", "Summer bank holiday"),
        ("2026-11", "St Andrew’s Day"),
        ("2026-12", "Boxing Day (substitute day)"),
    ],
)
def test_the_calendar_has_the_official_names_of_bank_holidays(demo: Flask, month: str, name: str) -> None:
    assert f"Bank holiday: {name}" in said(browser(demo, LEAD).get(f"/partnerships/moray/calendar?month={month}"))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2017, 1, 2), "New Year’s Day (substitute day)"),
        (date(2017, 1, 3), "2nd January (substitute day)"),
        (date(2022, 9, 19), "Bank holiday for the State Funeral of Queen Elizabeth II"),
        (date(2023, 5, 8), "Bank holiday for the coronation of King Charles III"),
        (date(2024, 12, 2), "St Andrew’s Day (substitute day)"),
        (date(2026, 11, 27), None),
    ],
)
def test_substitute_days_and_proclaimed_days_have_their_names(day: date, name: str | None) -> None:
    assert bank_holiday(day) == name


def test_no_bank_holiday_has_a_name_of_the_library_alone() -> None:
    days = [date.fromordinal(one) for one in range(date(2017, 1, 1).toordinal(), date(2040, 1, 1).toordinal())]
    names = {name for name in map(bank_holiday, days) if name}
    assert not [name for name in names if re.search(r"observed|Saint|May Day|Holiday$|FIFA|;", name)]


def test_royal_assent_was_on_27_march_2014() -> None:
    assert TOO_EARLY == "Enter a date on or after 27 March 2014, when the 2014 Act received Royal Assent."
    code = [path.read_text() for path in (ROOT / "cycle_tracker").rglob("*.py")]
    assert not [text for text in code if "26 March 2014" in text]


@pytest.mark.parametrize(
    ("today", "closed", "expected"),
    [
        # Four weeks after 30 November 2026 is the Monday on which Boxing Day is kept.
        (date(2026, 11, 30), (), date(2026, 12, 24)),
        (date(2026, 11, 30), (date(2026, 12, 24),), date(2026, 12, 23)),
        (date(2026, 9, 1), (), date(2026, 9, 29)),
    ],
)
def test_the_example_of_a_reply_date_is_a_working_day(today: date, closed: tuple[date, ...], expected: date) -> None:
    calendar = WorkingCalendar.closed_on(closed)
    assert last_working_reply_day(Audience.GOVERNANCE, today, calendar) == expected


def test_a_report_published_before_its_year_ended_is_asked_about_and_not_refused() -> None:
    """Aberdeen City took its report on 2023-24 to committee on 20 February 2024."""
    assert early_words(date(2024, 3, 31), date(2024, 2, 20)) == (
        "It was published before the year it reports on ended (31 March 2024). Check that the date is right."
    )
    assert early_words(date(2024, 3, 31), date(2024, 4, 1)) == ""
    assert early_words(None, date(2024, 2, 20)) == early_words(date(2024, 3, 31), None) == ""


def test_guidance_that_explains_is_named_after_what_gives_duty_and_date() -> None:
    law = "2014 Act, section 10(1)(a). See 2020 guidance, paragraphs 76 to 78"
    assert basis_words(Basis.STATUTE, law) == (
        "2014 Act, section 10(1)(a) (statute). See 2020 guidance, paragraphs 76 to 78"
    )
    assert bases(Basis.STATUTE, law, Basis.GUIDANCE, "2020 guidance, paragraph 125") == (
        "Based on 2014 Act, section 10(1)(a) (the duty) and 2020 guidance, paragraph 125 (the date). "
        "See 2020 guidance, paragraphs 76 to 78."
    )


@pytest.mark.parametrize("guide", ["planning-lead", "governance"])
def test_the_guides_do_not_say_that_the_law_gives_a_day_for_a_report(guide: str) -> None:
    text = " ".join((ROOT / f"docs/guide/{guide}.md").read_text().split())
    assert 'the date in the statutory guidance (30 June for an annual report: "ideally by June")' in text
    assert "It is not a legal deadline" in text
    assert "the law or the guidance" not in text


def test_a_partnership_is_found_by_the_names_in_use() -> None:
    names = {row["slug"]: row["other_names"].split(", ") for row in read_rows("partnerships")}
    assert "Zetland" not in names["shetland-islands"]
    assert "Eilean Siar" in names["na-h-eileanan-siar"]
    assert "Edinburgh City" in names["city-of-edinburgh"]


# Name of the report, column, what it says, and what it no longer says.
ALIGNED = [
    (
        "Local Child Poverty Action Report",
        "due_rule",
        "30 June was asked for the report on 2018-19 only",
        "by 30 June 2019",
    ),
    ("Children's rights report (UNCRC)", "due_rule", "the next to 31 March 2029", "Part 1"),
    ("Corporate parenting report", "due_rule", "The Act fixes no period", "31 March"),
    ("Local Outcomes Improvement Plan (LOIP)", "statute", "ss.6 and 7", "s.8"),
    ("LOIP annual progress report", "due_rule", "not confirmed", "guidance expects"),
    ("Integration joint board annual performance report", "statute", "s.42(4)", "s.41"),
    ("Education authority annual plan (National Improvement Framework)", "statute", "s.3F(1)", "s.3H"),
    (
        "Education authority annual report (National Improvement Framework)",
        "due_rule",
        "indicative",
        "guidance timeline:",
    ),
    ("Community learning and development plan", "due_rule", "There is no common date", "next September 2027"),
    ("Local carer strategy (covers young carers)", "prepared_by", "integration joint board, to which", "often via"),
    ("Community justice outcomes improvement plan annual report", "due_rule", "under s.24, not the Act", "publish by"),
    ("Equality mainstreaming report", "due_rule", "from 30 April 2016: 2026, 2028", "By 30 April 2013"),
    ("Early learning and childcare consultation and plan", "statute", "s.50(1)", "s.51"),
    ("Whole Family Wellbeing Funding return", "due_rule", "check that a return is still asked for", "while the fund"),
]


@pytest.mark.parametrize(("name", "column", "now", "before"), ALIGNED)
def test_an_aligned_report_has_the_rule_of_its_law(name: str, column: str, now: str, before: str) -> None:
    row = next(one for one in read_rows("aligned_reports") if one["name"] == name)
    assert now in row[column]
    assert before not in row[column]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Local Child Poverty Action Report", "expected_by_mmdd"),
        ("Corporate parenting report", "period_end_mmdd"),
        ("Community learning and development plan", "expected_by_mmdd"),
    ],
)
def test_no_day_is_made_up_where_nothing_gives_one(name: str, column: str) -> None:
    assert next(one for one in read_rows("aligned_reports") if one["name"] == name)[column] == ""


def test_the_aligned_reports_that_were_missing_are_there() -> None:
    assert {
        "British Sign Language plan",
        "Equality outcomes",
        "Accessibility strategy",
        "Parental involvement strategy",
        "Gaelic language plan",
        "Local police plan",
        "Local fire and rescue plan",
        "Violence Against Women Partnership return",
        "Child protection committee report",
    } <= {row["name"] for row in read_rows("aligned_reports")}
