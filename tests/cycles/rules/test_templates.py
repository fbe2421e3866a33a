"""Every date of every period, against the rows of the cycle written out by hand."""

import json
from datetime import date
from functools import cache

import pytest

from config import ROOT
from cycle_tracker.core.errors import TemplateError
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Fact, Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.rules.editions import edition_for
from cycle_tracker.cycles.rules.templates import (
    PlannedMilestone,
    Template,
    generate,
    generate_national,
    read_template,
    template_from_json,
)

REFERENCE = ROOT / "cycle_tracker" / "reference"
PERIODS = ("2017-20", "2020-23", "2023-26", "2026-29", "2029-32")

Row = tuple[int, str, date | None, date | None]

WITHOUT_A_DATE = (None, None)

BY_HAND_2026_29: list[Row] = [
    (1, "lead-and-timetable", date(2024, 10, 1), date(2025, 1, 1)),
    (2, "needs-assessment", date(2025, 1, 1), date(2025, 7, 1)),
    (3, "invite-bodies", date(2025, 4, 1), date(2025, 10, 1)),
    (4, "scope-consultation", None, date(2025, 4, 1)),
    (5, "engage-families", date(2025, 4, 1), date(2025, 10, 1)),
    (6, "priorities", None, date(2025, 9, 1)),
    (7, "resources", None, date(2025, 10, 1)),
    (8, "draft-plan", None, date(2025, 10, 1)),
    (9, "consultation-opening", date(2025, 10, 1), date(2025, 12, 1)),
    (9, "consultation-closing", date(2025, 10, 1), date(2026, 1, 1)),
    (11, "approvals", date(2026, 2, 1), date(2026, 4, 1)),
    (12, "plan-prepared", None, date(2026, 4, 1)),
    (13, "send-to-ministers", *WITHOUT_A_DATE),
    (14, "send-to-providers", *WITHOUT_A_DATE),
    (15, "publish-plan", *WITHOUT_A_DATE),
    (18, "review-1", date(2027, 4, 1), date(2027, 6, 30)),
    (18, "review-2", date(2028, 4, 1), date(2028, 6, 30)),
    (18, "review-3", date(2029, 4, 1), date(2029, 6, 30)),
    (19, "draft-report-1", date(2027, 4, 1), date(2027, 5, 15)),
    (19, "draft-report-2", date(2028, 4, 1), date(2028, 5, 15)),
    (19, "draft-report-3", date(2029, 4, 1), date(2029, 5, 15)),
    (20, "annual-report-1", date(2027, 4, 1), date(2027, 6, 30)),
    (20, "annual-report-2", date(2028, 4, 1), date(2028, 6, 30)),
    (20, "annual-report-3", date(2029, 4, 1), date(2029, 6, 30)),
    (21, "tell-government-1", *WITHOUT_A_DATE),
    (21, "tell-government-2", *WITHOUT_A_DATE),
    (21, "tell-government-3", *WITHOUT_A_DATE),
    (24, "reply-to-feedback", *WITHOUT_A_DATE),
    (27, "close-cycle", date(2029, 6, 30), date(2029, 9, 30)),
]

ON_DEMAND = {10, 16, 17, 22, 25, 26}


def by_formula(start: int) -> list[Row]:
    """The same for the period that starts on 1 April of `start`: every month before it counted out by hand."""
    annual = "guidance" if start >= 2020 else ""
    years = (1, 2, 3)
    return [
        (1, "lead-and-timetable", date(start - 2, 10, 1), date(start - 1, 1, 1)),
        (2, "needs-assessment", date(start - 1, 1, 1), date(start - 1, 7, 1)),
        (3, "invite-bodies", date(start - 1, 4, 1), date(start - 1, 10, 1)),
        (4, "scope-consultation", None, date(start - 1, 4, 1)),
        (5, "engage-families", date(start - 1, 4, 1), date(start - 1, 10, 1)),
        (6, "priorities", None, date(start - 1, 9, 1)),
        (7, "resources", None, date(start - 1, 10, 1)),
        (8, "draft-plan", None, date(start - 1, 10, 1)),
        (9, "consultation-opening", date(start - 1, 10, 1), date(start - 1, 12, 1)),
        (9, "consultation-closing", date(start - 1, 10, 1), date(start, 1, 1)),
        (11, "approvals", date(start, 2, 1), date(start, 4, 1)),
        (12, "plan-prepared", None, date(start, 4, 1)),
        (13, "send-to-ministers", None, None),
        (14, "send-to-providers", None, None),
        (15, "publish-plan", None, None),
        *((18, f"review-{k}", date(start + k, 4, 1), date(start + k, 6, 30)) for k in years),
        *((19, f"draft-report-{k}", date(start + k, 4, 1), date(start + k, 5, 15)) for k in years),
        *((20, f"annual-report-{k}", date(start + k, 4, 1), date(start + k, 6, 30) if annual else None) for k in years),
        *((21, f"tell-government-{k}", None, None) for k in years),
        (24, "reply-to-feedback", None, None),
        (27, "close-cycle", date(start + 3, 6, 30), date(start + 3, 9, 30)),
    ]


@cache
def template_for(name: str) -> Template:
    """The template of the edition that holds for a period, read from its file."""
    base = read_template((REFERENCE / "guidance-2016.toml").read_text())
    edition = edition_for(Period.named(name))
    if edition == base.edition:
        return base
    return read_template((REFERENCE / f"{edition}.toml").read_text(), base=base)


def planned_for(name: str) -> list[PlannedMilestone]:
    return generate(template_for(name), Period.named(name))


def rows(planned: list[PlannedMilestone]) -> list[Row]:
    return [(one.entry.row, one.template_key, one.opens_on, one.target_on) for one in planned]


def test_every_date_of_2026_29_is_that_of_the_rules_written_out() -> None:
    assert rows(planned_for("2026-29")) == BY_HAND_2026_29 == by_formula(2026)


@pytest.mark.parametrize("name", PERIODS)
def test_every_date_of_every_period_is_that_of_the_rules(name: str) -> None:
    assert rows(planned_for(name)) == by_formula(int(name[:4]))


@pytest.mark.parametrize("name", PERIODS)
def test_every_key_carries_its_period_and_is_given_once(name: str) -> None:
    planned = planned_for(name)
    assert [one.key for one in planned] == [f"{name}.{one.template_key}" for one in planned]
    assert len({one.key for one in planned}) == len(planned) == 29


@pytest.mark.parametrize("name", PERIODS)
def test_what_is_done_on_demand_and_directions_are_not_generated(name: str) -> None:
    national = generate_national(template_for(name), Period.named(name))
    made = {one.entry.row for one in [*planned_for(name), *national]}
    assert made == set(range(1, 28)) - ON_DEMAND


@pytest.mark.parametrize("name", PERIODS)
def test_the_core_is_the_plan_its_copies_its_publication_and_three_reports(name: str) -> None:
    core = generate(template_for(name), Period.named(name), core_only=True)
    assert [(one.entry.row, one.template_key) for one in core] == [
        (12, "plan-prepared"),
        (13, "send-to-ministers"),
        (15, "publish-plan"),
        (20, "annual-report-1"),
        (20, "annual-report-2"),
        (20, "annual-report-3"),
    ]


@pytest.mark.parametrize("name", PERIODS)
def test_the_national_review_belongs_to_no_partnership(name: str) -> None:
    start = int(name[:4])
    national = generate_national(template_for(name), Period.named(name))
    assert rows(national) == [(23, "national-review", date(start + 1, 11, 1), date(start + 2, 6, 1))]
    assert "national-review" not in {one.template_key for one in planned_for(name)}


def test_dates_that_hang_on_another_milestone_say_on_which() -> None:
    hanging = {one.template_key: (one.follows, one.due_rule) for one in planned_for("2026-29") if one.follows}
    assert hanging == {
        "send-to-ministers": ("plan-prepared", "@plan-prepared + 14 days"),
        "send-to-providers": ("plan-prepared", "@plan-prepared + 14 days"),
        "publish-plan": ("plan-prepared", "@plan-prepared + 28 days"),
        "tell-government-1": ("annual-report-1", "@annual-report-1 + 7 days"),
        "tell-government-2": ("annual-report-2", "@annual-report-2 + 7 days"),
        "tell-government-3": ("annual-report-3", "@annual-report-3 + 7 days"),
        "reply-to-feedback": ("national-review", "@national-review + 60 days"),
    }


def test_reports_say_which_31_march_they_cover_and_nothing_else_does() -> None:
    assert {one.template_key: one.reports_on for one in planned_for("2023-26") if one.reports_on} == {
        "annual-report-1": date(2024, 3, 31),
        "annual-report-2": date(2025, 3, 31),
        "annual-report-3": date(2026, 3, 31),
    }


def test_the_first_edition_names_no_month_for_a_report() -> None:
    reports = [one for one in planned_for("2017-20") if one.entry.kind is Kind.ANNUAL_REPORT]
    assert [one.target_on for one in reports] == [None, None, None]
    assert {one.entry.date_citation for one in reports} == {"2016 guidance, paragraph 130, names no month"}


def test_titles_name_the_period_and_the_year() -> None:
    titles = {one.template_key: one.title for one in planned_for("2026-29")}
    assert titles["plan-prepared"] == "Children’s Services Plan 2026–29"
    assert titles["annual-report-3"] == "Annual report on 2028–29"
    assert not [title for title in titles.values() if "{" in title]


def test_statutory_duties_cite_the_act_and_no_suggested_date_passes_for_law() -> None:
    entries = template_for("2026-29").entries
    assert {entry.row for entry in entries if entry.duty_basis is Basis.STATUTE} == {3, 9, 12, 13, 14, 15, 18, 20}
    assert all("2014 Act, section" in entry.duty_citation for entry in entries if entry.duty_basis is Basis.STATUTE)
    assert [entry.key for entry in entries if entry.date_basis is Basis.STATUTE] == ["plan-prepared"]
    assert {entry.row for entry in entries if entry.kind in DOCUMENTS} == {12, 20}


def test_generating_twice_gives_the_same() -> None:
    assert planned_for("2026-29") == planned_for("2026-29")


@pytest.mark.parametrize("name", ["2017-20", "2026-29"])
def test_a_template_comes_back_from_json_as_it_was(name: str) -> None:
    template = template_for(name)
    kept = json.loads(json.dumps(template.to_json()))
    assert template_from_json(template.edition, template.title, template.first_period, kept) == template


def test_steps_that_a_record_completes_say_which_and_of_which_document() -> None:
    completed = {one.template_key: (one.entry.fact, one.fact_of) for one in planned_for("2026-29") if one.entry.fact}
    reports = {
        f"{step}-{year}": (Fact.PUBLISHED, f"annual-report-{year}")
        for step in ("draft-report", "tell-government")
        for year in (1, 2, 3)
    }
    assert completed == {
        "approvals": (Fact.AGREED, "plan-prepared"),
        "send-to-ministers": (Fact.MINISTERS_SENT, "plan-prepared"),
        "send-to-providers": (Fact.PROVIDERS_SENT, "plan-prepared"),
        "publish-plan": (Fact.PUBLISHED, "plan-prepared"),
        **reports,
    }


def test_a_template_that_was_kept_before_facts_had_names_is_read_as_one_of_today() -> None:
    """It said `done_with`, of the document that the date follows, and nothing of the other steps."""
    template = template_for("2026-29")
    old_words = {"send-to-ministers": "told", "publish-plan": "published", "tell-government": "told"}
    kept = json.loads(json.dumps(template.to_json()))
    for row in kept:
        del row["fact"], row["fact_of"]
        row["done_with"] = old_words.get(row["key"])
    assert template_from_json(template.edition, template.title, template.first_period, kept) == template
    own = {**kept[0], "key": "our-own", "due": "@plan-prepared + 3 days", "done_with": "published"}
    found = template_from_json("ours", "Ours", 2026, [own]).entries[0]
    assert (found.fact, found.fact_of) == (Fact.PUBLISHED, "plan-prepared")


ENTRY = """
[[entry]]
key = "draft-plan"
row = 8
title = "Draft the plan"
stage = "plan"
kind = "step"
duty_basis = "local"
duty_citation = ""
date_basis = "suggested"
date_citation = ""
due = "period_start - 6 months"
"""
HEAD = 'edition = "a"\ntitle = "A"\nfirst_period = 2026\n'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('stage = "plan"', 'stage = "dream"'),
        ('kind = "step"', 'kind = "leap"'),
        ('duty_basis = "local"', ""),
        ('key = "draft-plan"', 'key = "draft-plan"\ncolour = "red"'),
        ("period_start - 6 months", "six months before"),
        ("period_start - 6 months", "@nowhere + 1 day"),
        ('due = "period_start - 6 months"', 'after = ["nowhere"]'),
        ('due = "period_start - 6 months"', 'repeat = "often"'),
        ('due = "period_start - 6 months"', 'fact = "signed"\nfact_of = "draft-plan"'),
        ('due = "period_start - 6 months"', 'fact = "agreed"'),
        ('due = "period_start - 6 months"', 'fact = "agreed"\nfact_of = "nowhere"'),
    ],
)
def test_an_entry_that_cannot_be_read_is_refused(old: str, new: str) -> None:
    read_template(HEAD + ENTRY)
    with pytest.raises(TemplateError):
        read_template(HEAD + ENTRY.replace(old, new))


def test_an_edition_changes_entries_of_the_one_it_amends_and_keeps_their_place() -> None:
    base = read_template(HEAD + ENTRY + ENTRY.replace("draft-plan", "other-step"))
    amended = read_template(HEAD + '[[entry]]\nkey = "draft-plan"\ntitle = "Write the plan"\n', base=base)
    assert [(entry.key, entry.title) for entry in amended.entries] == [
        ("draft-plan", "Write the plan"),
        ("other-step", "Draft the plan"),
    ]
    assert base.entries[0].title == "Draft the plan"
