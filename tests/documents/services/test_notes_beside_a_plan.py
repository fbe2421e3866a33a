"""Notices of disagreement with a plan, and directions about it: recorded, corrected and undone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import PowerUsed
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.beside_plan.listed import (
    LISTED_AT_MOST,
    Beside,
    beside_plans,
    list_beside_plans,
    list_public_beside_plans,
)
from cycle_tracker.documents.queries.beside_plan.notes import list_directions, list_disagreements
from cycle_tracker.documents.services.beside_plan.notes import (
    DirectionDetails,
    NoticeDetails,
    correct_disagreement,
    record_direction,
    record_disagreement,
    undo_direction,
    undo_disagreement,
)
from cycle_tracker.documents.services.beside_plan.own_starts import propose_own_start
from cycle_tracker.models.approval import Direction, Disagreement
from cycle_tracker.models.audit import AuditEvent
from tests.documents.services.moray import NOW, TODAY, Moray
from tests.factories import make_user

pytestmark = pytest.mark.alike_on_both_databases

NOTICE = NoticeDetails(
    service="School nursing",
    matters="The hours in the plan.",
    address="https://www.ijb.example.org/notice",
    published_on=date(2026, 5, 4),
)
DIRECTED = DirectionDetails(
    given_on=date(2026, 5, 6),
    given_to="Moray Council and NHS Grampian",
    section=PowerUsed.SECTION_17,
    about="A plan is to be prepared by 31 July 2026.",
)


def disagree(moray: Moray, details: NoticeDetails = NOTICE, body: str = "Moray Integration") -> Disagreement:
    found = record_disagreement(
        moray.plan, moray.body(body), details, on_behalf=False, by=moray.lead, today=TODAY, now=NOW
    )
    db.session.commit()
    return found


def actions() -> list[str]:
    found = select(AuditEvent.action).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id)
    return [one for one in db.session.scalars(found) if one.startswith(("disagreement", "direction"))]


def test_a_notice_without_reasons_is_incomplete_until_they_are_known(moray: Moray) -> None:
    due_on, version = moray.plan.due_on, moray.plan.version
    notice = disagree(moray)
    (listed,) = list_beside_plans(moray.cycle.period)
    assert (listed.kind, listed.body, listed.subject) == (Beside.DISAGREEMENT, notice.organisation.name, NOTICE.service)
    assert (listed.on, listed.address, listed.reasons) == (NOTICE.published_on, NOTICE.address, False)
    assert (moray.plan.due_on, moray.plan.version) == (due_on, version + 1), "it has no due date"
    known = replace(NOTICE, reasons="They are too few.")
    correct_disagreement(moray.plan, notice, known, by=moray.lead, today=TODAY, now=NOW)
    db.session.commit()
    assert [one.reasons for one in list_beside_plans(moray.cycle.period)] == [True]
    undo_disagreement(moray.plan, notice, "It was about another plan.", by=moray.lead, now=NOW)
    db.session.commit()
    assert list_beside_plans(moray.cycle.period) == list_disagreements(moray.plan) == []
    assert (notice.undone_by_id, notice.undone_why) == (moray.lead.id, "It was about another plan.")
    assert actions() == ["disagreement-recorded", "disagreement-corrected", "disagreement-undone"]
    with pytest.raises(RuleBroken, match="undone already"):
        undo_disagreement(moray.plan, notice, "Again.", by=moray.lead, now=NOW)


def test_ministers_and_the_other_service_providers_disagree_and_lead_bodies_do_not(moray: Moray) -> None:
    nothing_known = NoticeDetails()
    for body in moray.record.receivers:
        disagree(moray, nothing_known, body.name)
    assert len(list_disagreements(moray.plan)) == 7
    for body in moray.record.lead_bodies:
        with pytest.raises(RuleBroken) as refused:
            disagree(moray, nothing_known, body.name)
        assert refused.value.field == "body"


def test_a_day_to_come_and_what_is_no_address_are_refused(moray: Moray) -> None:
    for wrong in (replace(NOTICE, published_on=date(2026, 5, 21)), replace(NOTICE, address="javascript:alert(1)")):
        with pytest.raises(RuleBroken):
            disagree(moray, wrong)
    wrong_day = replace(DIRECTED, given_on=date(2026, 5, 21))
    with pytest.raises(RuleBroken):
        record_direction(moray.plan, wrong_day, by=moray.lead, today=TODAY, now=NOW)


def test_a_direction_is_listed_until_it_is_undone_with_a_reason(moray: Moray) -> None:
    official = make_user("Fiona Shaw", role=Role.OFFICIAL)
    direction = record_direction(moray.plan, DIRECTED, by=official, today=TODAY, now=NOW)
    db.session.commit()
    (listed,) = list_beside_plans(moray.cycle.period)
    assert (listed.kind, listed.body, listed.section) == (Beside.DIRECTION, DIRECTED.given_to, PowerUsed.SECTION_17)
    assert (listed.subject, listed.on, listed.is_published) == (DIRECTED.about, DIRECTED.given_on, False)
    assert list_directions(moray.plan) == [direction]
    with pytest.raises(RuleBroken):
        undo_direction(moray.plan, direction, " ", by=official, now=NOW)
    undo_direction(moray.plan, direction, "It was withdrawn before it was given.", by=official, now=NOW)
    db.session.commit()
    assert list_beside_plans(moray.cycle.period) == list_directions(moray.plan) == []
    assert actions() == ["direction-recorded", "direction-undone"]


def test_the_register_has_what_is_public_of_its_plans_and_of_those_that_are_not_published(moray: Moray) -> None:
    propose_own_start(moray.plan, date(2026, 7, 1), "A law", on_behalf=False, by=moray.lead, now=NOW)
    disagree(moray)
    db.session.commit()
    for filters, found in (
        ({}, 1),
        ({"partnership": "moray"}, 1),
        ({"partnership": "fife"}, 0),
        ({"period": moray.cycle.period}, 1),
        ({"period": moray.cycle.period.next()}, 0),
    ):
        assert len(list_public_beside_plans([], **filters)) == found, filters
    (unpublished,) = list_public_beside_plans([])
    assert (unpublished.kind, unpublished.is_published) == (Beside.DISAGREEMENT, False), "a proposal is not public"
    moray.publish()
    assert list_public_beside_plans([]) == []
    (published,) = list_public_beside_plans([moray.plan.id])
    assert published.is_published
    assert list_beside_plans(moray.cycle.period, within=frozenset()) == []


def test_a_page_has_the_first_records_and_a_file_has_all_of_them(moray: Moray) -> None:
    db.session.add_all(
        Direction(
            milestone_id=moray.plan.id,
            given_on=date(2026, 5, 1),
            section=PowerUsed.SECTION_16,
            given_to=f"Body {number}",
            about="The plan",
            recorded_by_id=moray.lead.id,
            recorded_at=NOW,
        )
        for number in range(LISTED_AT_MOST + 1)
    )
    db.session.commit()
    assert len(list_public_beside_plans([])) == len(list_beside_plans(moray.cycle.period)) == LISTED_AT_MOST + 1
    assert len(list_public_beside_plans([], on_a_page=True)) == LISTED_AT_MOST
    assert len(beside_plans(moray.cycle.period, None).rows()) == LISTED_AT_MOST
