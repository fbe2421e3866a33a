"""A newer version keeps the facts of the one before and opens its steps again."""

from datetime import date

import pytest

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.publications import list_steps_opened_again
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.services.document_copies import record_copies_sent
from cycle_tracker.documents.services.versions import approvals_of, known_versions
from cycle_tracker.models.publication import Version
from tests.documents.services.tayside import ADDRESS, APRIL, NOW, TODAY, Tayside, approve

pytestmark = pytest.mark.alike_on_both_databases


def test_a_revised_plan_keeps_the_old_facts_and_opens_its_steps_again(tayside: Tayside) -> None:
    publication = tayside.publish()
    approve(tayside, "Angus")
    approve(tayside, "Dundee City", approved_on=date(2026, 5, 12))
    record_copies_sent(publication, tayside.record.receivers, sent_on=APRIL, by=tayside.lead, today=TODAY, now=NOW)
    for step in list_steps_opened_again(tayside.plan):
        step.state, step.done_on = State.DONE, step.done_on or APRIL
    db.session.commit()
    tayside.revise()
    newer = tayside.present
    assert (newer.version, newer.first_published_on, newer.newer_on, newer.published_on) == (
        Version.REVISED,
        APRIL,
        date(2026, 5, 18),
        date(2026, 5, 18),
    )
    assert [one.address for one in newer.addresses] == [f"{ADDRESS}-revised"]
    assert newer.copies == []
    assert [one.organisation.name for one in tayside.record.approvals] == ["Dundee City Council"]
    assert (tayside.plan.state, tayside.plan.done_on) == (State.DONE, APRIL), "done on the day of the first version"
    assert tayside.state() is DocumentState.PUBLISHED_COPY_NOT_SENT
    (event,) = tayside.events("newer-version-published")
    assert event.before["addresses"] == [{"form": "full", "language": "en", "address": ADDRESS}]
    assert event.before["approvals"][0]["body"] == "Angus Council"
    assert len(event.before["copies"]) == 9
    assert (publication.version, publication.published_on, publication.is_present) == (Version.FINAL, APRIL, False)
    assert [one.address for one in publication.addresses] == [ADDRESS]
    assert len(publication.copies) == 9
    assert [one.organisation.name for one in approvals_of(tayside.plan, publication)] == ["Angus Council"]
    steps = {
        step.key.removeprefix("2026-29."): (step.state, step.due_on) for step in list_steps_opened_again(tayside.plan)
    }
    assert steps == {
        "invite-bodies": (State.IN_PROGRESS, date(2026, 6, 3)),
        "consultation-opening": (State.IN_PROGRESS, date(2026, 8, 12)),
        "consultation-closing": (State.IN_PROGRESS, date(2026, 10, 7)),
        "approvals": (State.IN_PROGRESS, date(2026, 12, 2)),
        "send-to-ministers": (State.IN_PROGRESS, date(2026, 6, 1)),
        "send-to-providers": (State.IN_PROGRESS, date(2026, 6, 1)),
        "publish-plan": (State.DONE, date(2026, 6, 15)),
    }


def test_only_the_steps_that_were_ticked_are_opened(tayside: Tayside) -> None:
    tayside.publish()
    closed = tayside.find("consultation-closing")
    closed.state, closed.done_on = State.DONE, APRIL
    tayside.revise(reopen=[])
    assert closed.state is State.DONE


def test_an_interim_plan_comes_before_the_final_one(tayside: Tayside) -> None:
    tayside.publish(version=Version.INTERIM)
    assert "An interim version is published. The final version is not published yet." in gaps_about(
        tayside.record.gaps, About.PUBLICATION
    )
    assert tayside.plan.is_open, "an interim plan is not the plan"
    tayside.revise(reopen=[])
    assert [(one.version, one.published_on, one.newer_on) for one in known_versions(tayside.plan)] == [
        (Version.INTERIM, APRIL, None),
        (Version.FINAL, date(2026, 5, 18), None),
    ]
    assert (tayside.plan.state, tayside.plan.done_on) == (State.DONE, date(2026, 5, 18))
