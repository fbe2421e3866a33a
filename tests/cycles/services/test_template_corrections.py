"""Errors of a template, put right in cycles that were made from it."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.services.cycles import open_cycle, switch_on_steps
from cycle_tracker.cycles.services.loading import Loaded
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.milestones.services.milestones import move_local_date
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle, TemplateEdition
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

PERIOD = Period.named("2026-29")
ENTERED = date(2024, 4, 1)
NOW, LATER = moment(ENTERED), moment(date(2024, 9, 2))

# What the template of these entries had wrong.
WRONG: dict[str, dict[str, Any]] = {
    "invite-bodies": {
        "title": "Invite the other service providers and Scottish Ministers to take part",
        "duty_citation": "2014 Act, section 10(1)(a); 2020 guidance, paragraphs 76 to 78",
    },
    "plan-prepared": {
        "duty_citation": "2014 Act, section 8",
        "date_basis": "guidance",
        "date_citation": "2016 guidance, paragraph 39: in place for the first day of the period",
    },
    "review": {
        "duty_citation": "2014 Act, section 11(1)",
        "date_basis": "guidance",
        "date_citation": "2016 guidance, paragraphs 120 and 136: tied to the annual report, and never 15 months "
        "without one",
    },
    "scope-consultation": {"duty_citation": "2016 guidance, paragraph 90"},
    "engage-families": {"after": ["needs-assessment"], "due": "period_start - 5 months"},
    "national-review": {"date_citation": "19 to 26 months into the period, as seen before"},
}


@pytest.fixture
def cycle(core_app: Flask) -> Cycle:
    """Moray's cycle, made from a template with these errors."""
    load_reference(NOW)
    edition = db.session.scalars(select(TemplateEdition).where(TemplateEdition.edition == "guidance-2020")).one()
    edition.entries = [{**entry, **WRONG.get(entry["key"], {})} for entry in edition.entries]
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    opened = open_cycle(moray, PERIOD, entered_on=ENTERED, by=None, now=NOW)
    db.session.commit()
    return opened


@pytest.fixture
def lead(cycle: Cycle) -> User:
    return make_user()


def step(key: str) -> Milestone:
    return db.session.scalars(select(Milestone).where(Milestone.key == f"2026-29.{key}")).one()


def corrections_of(key: str) -> list[AuditEvent]:
    return list(
        db.session.scalars(
            select(AuditEvent).where(
                AuditEvent.subject == "milestone",
                AuditEvent.subject_id == step(key).id,
                AuditEvent.action == "reference-corrected",
            )
        )
    )


def test_citations_bases_titles_and_order_are_put_right_and_no_date_moves(cycle: Cycle) -> None:
    dates = {one.key: (one.opens_on, one.target_on, one.due_on) for one in db.session.scalars(select(Milestone))}
    loaded = load_reference(LATER)
    db.session.commit()
    invite, plan, review = step("invite-bodies"), step("plan-prepared"), step("review-2")
    assert invite.title.endswith("(Scottish Ministers: only for prison services in the area)")
    assert invite.duty_citation == "2014 Act, section 10(1)(a). See 2020 guidance, paragraphs 76 to 78"
    assert (plan.date_basis, plan.date_citation) == (
        Basis.STATUTE,
        "2014 Act, section 8(1); SSI 2016/255. See 2020 guidance, paragraph 40",
    )
    assert (review.duty_citation, review.date_basis) == ("2014 Act, section 11(1)(a)", Basis.SUGGESTED)
    assert "15 months" not in review.date_citation
    assert [one.key for one in step("engage-families").predecessors] == ["2026-29.scope-consultation"]
    assert "as seen before" not in step("national-review").date_citation
    assert loaded["steps to correct"] == Loaded(total=8, changed=8)
    assert {
        one.key: (one.opens_on, one.target_on, one.due_on) for one in db.session.scalars(select(Milestone))
    } == dates
    assert step("engage-families").due_on == date(2025, 11, 1)


def test_the_history_says_what_was_corrected_and_what_it_was_before(cycle: Cycle) -> None:
    load_reference(LATER)
    (event,) = corrections_of("plan-prepared")
    assert event.actor_id is None
    assert event.before["date_citation"] == WRONG["plan-prepared"]["date_citation"]
    assert set(event.after) == {"duty_citation", "date_basis", "date_citation"}
    (of_order,) = corrections_of("engage-families")
    assert of_order.after == {"order": True}
    assert not corrections_of("draft-plan")


def test_a_second_run_corrects_nothing(cycle: Cycle) -> None:
    load_reference(LATER)
    db.session.commit()
    again = load_reference(LATER)
    assert not any(one.new or one.changed for one in again.values())
    assert len(corrections_of("plan-prepared")) == 1


def test_a_row_whose_words_a_person_changed_is_left_as_it_is(cycle: Cycle) -> None:
    invite = step("invite-bodies")
    invite.title = "Write to the police, the fire service and the Reporter"
    db.session.commit()
    loaded = load_reference(LATER)
    assert step("invite-bodies").title == "Write to the police, the fire service and the Reporter"
    assert step("invite-bodies").duty_citation == WRONG["invite-bodies"]["duty_citation"]
    assert not corrections_of("invite-bodies")
    assert loaded["steps to correct"] == Loaded(total=8, changed=7, kept=1)


def test_a_row_that_is_already_right_is_not_taken_for_one_that_a_person_changed(cycle: Cycle) -> None:
    """Somebody put right what they saw. What they did not see, the basis of its date, is put right still."""
    right = "2014 Act, section 8(1); SSI 2016/255. See 2020 guidance, paragraph 40"
    plan, scope = step("plan-prepared"), step("scope-consultation")
    load_reference(LATER)
    its_duty, of_scope = plan.duty_citation, scope.duty_citation
    db.session.rollback()
    plan, scope = step("plan-prepared"), step("scope-consultation")
    plan.duty_citation, scope.duty_citation = its_duty, of_scope
    db.session.commit()
    loaded = load_reference(LATER)
    assert loaded["steps to correct"] == Loaded(total=7, changed=7)
    assert (plan.date_basis, plan.date_citation) == (Basis.STATUTE, right)
    (event,) = corrections_of("plan-prepared")
    assert set(event.after) == {"date_basis", "date_citation"}
    assert not corrections_of("scope-consultation")


def test_another_basis_of_the_duty_has_the_rules_asked_again_and_nothing_else_does(cycle: Cycle) -> None:
    """When people are notified depends on whether a duty is in law."""
    edition = cycle.template_edition
    edition.entries = [
        {**entry, "duty_basis": "practice"} if entry["key"] == "invite-bodies" else entry for entry in edition.entries
    ]
    invite, plan = step("invite-bodies"), step("plan-prepared")
    assert invite.duty_basis is Basis.STATUTE
    invite.duty_basis = Basis.PRACTICE
    assert invite.due_on is not None
    invite.next_notice_on = plan.next_notice_on = invite.due_on + timedelta(days=300)
    db.session.commit()
    load_reference(LATER)
    db.session.expire_all()
    assert invite.duty_basis is Basis.STATUTE
    assert invite.next_notice_on is not None
    assert invite.next_notice_on <= invite.due_on - timedelta(days=28)
    assert corrections_of("plan-prepared")
    assert plan.next_notice_on == invite.due_on + timedelta(days=300), "its duty is as it was"


def test_a_date_that_a_person_moved_keeps_its_basis_and_the_duty_is_put_right(cycle: Cycle, lead: User) -> None:
    review = step("review-1")
    move_local_date(review, date(2027, 9, 30), "After the summer recess.", by=lead, now=LATER)
    db.session.commit()
    load_reference(LATER)
    assert (review.due_on, review.date_basis, review.date_citation) == (date(2027, 9, 30), Basis.LOCAL, "")
    assert review.duty_citation == "2014 Act, section 11(1)(a)"


def test_an_order_that_a_person_changed_stays(cycle: Cycle) -> None:
    engage = step("engage-families")
    engage.predecessors = [step("lead-and-timetable")]
    db.session.commit()
    load_reference(LATER)
    assert [one.key for one in engage.predecessors] == ["2026-29.lead-and-timetable"]


def test_steps_switched_on_later_have_the_right_words(cycle: Cycle) -> None:
    db.session.delete(step("scope-consultation"))
    db.session.commit()
    load_reference(LATER)
    (made,) = switch_on_steps(cycle, ["scope-consultation"], entered_on=ENTERED, by=None, now=LATER)
    assert made.duty_citation == "2020 guidance, section 10"


def test_a_cycle_of_a_template_that_an_administrator_edited_is_left(cycle: Cycle) -> None:
    load_reference(LATER)
    right = cycle.template_edition
    edited = TemplateEdition(
        edition=right.edition,
        version=right.version + 1,
        title=right.title,
        first_period=right.first_period,
        entries=[{**entry, "title": f"Ours: {entry['title']}"} for entry in right.entries],
        loaded_at=LATER,
    )
    db.session.add(edited)
    fife = db.session.scalars(select(Partnership).where(Partnership.slug == "fife")).one()
    theirs = open_cycle(fife, PERIOD, entered_on=ENTERED, by=None, now=LATER)
    db.session.commit()
    load_reference(LATER)
    assert theirs.template_edition is edited
    titles = db.session.scalars(select(Milestone.title).where(Milestone.cycle_id == theirs.id)).all()
    assert all(title.startswith("Ours: ") for title in titles)
