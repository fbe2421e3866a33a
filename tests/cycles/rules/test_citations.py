"""What every step cites, for one period of each edition of the guidance, written out by hand."""

import pytest

from cycle_tracker.core.periods import Period
from cycle_tracker.core.wording import basis_words
from cycle_tracker.cycles.rules.templates import generate, generate_national
from tests.cycles.rules.test_templates import template_for

Cited = tuple[str, str, str]

PREPARED_2017 = "2014 Act, section 8(1); SSI 2016/255 (statute). See 2016 guidance, paragraph 39"
PREPARED_2026 = "2014 Act, section 8(1); SSI 2016/255 (statute). See 2020 guidance, paragraph 40"
FINDINGS = (
    "in earlier reviews, findings about 19 to 26 months into the period, and the national report after them (practice)"
)
REVIEWED_2017 = "with the annual report (2016 guidance, paragraph 120); the Act sets no timescale (suggested)"
REVIEWED_2026 = "with the annual report (2020 guidance, section 11); the Act sets no timescale (suggested)"
REPORT = "2014 Act, section 13: as soon as practicable after 31 March (statute)"
SENT_SOON = "14 days after the plan is prepared (suggested)"

# Key in the cycle, what the duty is based on, what the date is based on.
BY_HAND: dict[str, list[Cited]] = {
    "2017-20": [
        ("lead-and-timetable", "local", "18 to 15 months before the period (suggested)"),
        (
            "needs-assessment",
            "2016 guidance, paragraphs 24 to 29 (guidance)",
            "15 to 9 months before the period (suggested)",
        ),
        (
            "invite-bodies",
            "2014 Act, section 10(1)(a) (statute). See 2016 guidance, paragraphs 80 to 82",
            "12 to 6 months before the period (suggested)",
        ),
        ("scope-consultation", "2016 guidance, paragraph 90 (guidance)", "12 months before the period (suggested)"),
        ("engage-families", "2016 guidance, paragraph 91 (guidance)", "12 to 6 months before the period (suggested)"),
        (
            "priorities",
            "2016 guidance, Appendix D, step 2: no more than 3 to 5 priorities (guidance)",
            "7 months before the period (suggested)",
        ),
        (
            "resources",
            "2016 guidance, section 9: best use of available resources (2014 Act, section 9(2)(a)(iv)) (guidance)",
            "6 months before the period (suggested)",
        ),
        ("draft-plan", "local", "6 months before the period (suggested)"),
        (
            "consultation-opening",
            "2014 Act, section 10(1)(b) (statute)",
            "from 6 months before the period, open by 4 months before (suggested)",
        ),
        ("consultation-closing", "2014 Act, section 10(1)(b) (statute)", "3 months before the period (suggested)"),
        ("approvals", "local", "2 months before the period to its first day (suggested)"),
        ("plan-prepared", PREPARED_2017, PREPARED_2017),
        (
            "send-to-ministers",
            "2014 Act, section 10(7)(a)(i): as soon as reasonably practicable (statute)",
            SENT_SOON,
        ),
        (
            "send-to-providers",
            "2014 Act, section 10(7)(a)(ii): as soon as reasonably practicable (statute)",
            SENT_SOON,
        ),
        (
            "publish-plan",
            "2014 Act, section 10(7)(b): as soon as reasonably practicable (statute)",
            "28 days after the plan is prepared (suggested)",
        ),
        *((f"review-{k}", "2014 Act, section 11(1)(a) (statute)", REVIEWED_2017) for k in (1, 2, 3)),
        *((f"draft-report-{k}", "local", "15 May (suggested)") for k in (1, 2, 3)),
        *((f"annual-report-{k}", REPORT, "2016 guidance, paragraph 130, names no month (guidance)") for k in (1, 2, 3)),
        *((f"tell-government-{k}", "practice", "7 days after the report is published (suggested)") for k in (1, 2, 3)),
        ("reply-to-feedback", "local", "60 days after the feedback (suggested)"),
        (
            "close-cycle",
            "local",
            "after the third annual report, and within 6 months of the end of the plan period (suggested)",
        ),
        ("national-review", "Reviews of 2017–20, 2020–23 and 2023–26 (practice)", FINDINGS),
    ],
    "2026-29": [
        ("lead-and-timetable", "local", "18 to 15 months before the period (suggested)"),
        (
            "needs-assessment",
            "2020 guidance, introduction and Appendix B, step 2 (guidance)",
            "15 to 9 months before the period (suggested)",
        ),
        (
            "invite-bodies",
            "2014 Act, section 10(1)(a) (statute). See 2020 guidance, paragraphs 76 to 78",
            "12 to 6 months before the period (suggested)",
        ),
        ("scope-consultation", "2020 guidance, section 10 (guidance)", "12 months before the period (suggested)"),
        ("engage-families", "2020 guidance, section 10 (guidance)", "12 to 6 months before the period (suggested)"),
        (
            "priorities",
            "2020 guidance, Appendix B, step 2: no more than 3 to 5 priorities (guidance). "
            "See national review criterion 5",
            "7 months before the period (suggested)",
        ),
        (
            "resources",
            "2020 guidance, paragraph 48: best use of available resources (2014 Act, section 9(2)(a)(iv)) (guidance). "
            "See national review criterion 12",
            "6 months before the period (suggested)",
        ),
        ("draft-plan", "local", "6 months before the period (suggested)"),
        (
            "consultation-opening",
            "2014 Act, section 10(1)(b) (statute)",
            "from 6 months before the period, open by 4 months before (suggested)",
        ),
        ("consultation-closing", "2014 Act, section 10(1)(b) (statute)", "3 months before the period (suggested)"),
        ("approvals", "local", "2 months before the period to its first day (suggested)"),
        ("plan-prepared", PREPARED_2026, PREPARED_2026),
        (
            "send-to-ministers",
            "2014 Act, section 10(7)(a)(i): as soon as reasonably practicable (statute)",
            SENT_SOON,
        ),
        (
            "send-to-providers",
            "2014 Act, section 10(7)(a)(ii): as soon as reasonably practicable (statute)",
            SENT_SOON,
        ),
        (
            "publish-plan",
            "2014 Act, section 10(7)(b): as soon as reasonably practicable (statute)",
            "28 days after the plan is prepared (suggested)",
        ),
        *((f"review-{k}", "2014 Act, section 11(1)(a) (statute)", REVIEWED_2026) for k in (1, 2, 3)),
        *((f"draft-report-{k}", "local", "15 May (suggested)") for k in (1, 2, 3)),
        *(
            (f"annual-report-{k}", REPORT, "2020 guidance, paragraph 125: ideally by June (guidance)")
            for k in (1, 2, 3)
        ),
        *((f"tell-government-{k}", "practice", "7 days after the report is published (suggested)") for k in (1, 2, 3)),
        ("reply-to-feedback", "local", "60 days after the feedback (suggested)"),
        (
            "close-cycle",
            "local",
            "after the third annual report, and within 6 months of the end of the plan period (suggested)",
        ),
        ("national-review", "Reviews of 2017–20, 2020–23 and 2023–26 (practice)", FINDINGS),
    ],
}


def cited_for(name: str) -> list[Cited]:
    template, period = template_for(name), Period.named(name)
    planned = [*generate(template, period), *generate_national(template, period)]
    return [
        (
            one.template_key,
            basis_words(one.entry.duty_basis, one.entry.duty_citation),
            basis_words(one.entry.date_basis, one.entry.date_citation),
        )
        for one in planned
    ]


@pytest.mark.parametrize("name", BY_HAND)
def test_every_row_cites_what_is_written_out_by_hand(name: str) -> None:
    assert cited_for(name) == BY_HAND[name]


@pytest.mark.parametrize("name", ["2020-23", "2023-26", "2026-29", "2029-32"])
def test_no_plan_from_1_april_2020_cites_the_superseded_edition(name: str) -> None:
    assert not [cited for cited in cited_for(name) if "2016 guidance" in f"{cited[1]} {cited[2]}"]


def test_the_first_plans_cite_no_guidance_that_came_after_them() -> None:
    assert not [cited for cited in cited_for("2017-20") if "2020 guidance" in f"{cited[1]} {cited[2]}"]
