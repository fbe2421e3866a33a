"""Who is owed a copy of a plan: by area, and as the parts of organisations are on the day of the plan."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.rules.gaps import About
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, Version
from tests.factories import LONG_AGO, at_seven, make_government, make_milestone, make_organisation, make_partnership
from tests.support.selection import examples

TODAY = date(2026, 7, 3)
DAY = timedelta(days=1)
MINISTERS_AND_NATIONAL_BODIES = 1 + 5
# Partnerships with other than one integration joint board.
BOARDS = {"highland": 0, "tayside": 3}


def plan_of(partnership: Partnership, published_on: date | None = None) -> DocumentRecord:
    """The record of a plan, published on a day or not yet."""
    plan = make_milestone(partnership, kind=Kind.PLAN, due_on=date(2026, 4, 1))
    if published_on is not None:
        db.session.add(
            Publication(milestone=plan, version=Version.FINAL, published_on=published_on, recorded_from=at_seven(TODAY))
        )
        db.session.flush()
    return get_record(plan, TODAY)


def test_each_area_owes_copies_to_ministers_national_bodies_and_its_integration_joint_boards(core_app: Flask) -> None:
    load_reference(now())
    partnerships = db.session.scalars(select(Partnership).order_by(Partnership.slug)).all()
    owed = {one.slug: [body.name for body in plan_of(one).receivers] for one in partnerships}
    assert {slug: len(names) for slug, names in owed.items()} == {
        one.slug: MINISTERS_AND_NATIONAL_BODIES + BOARDS.get(one.slug, 1) for one in partnerships
    }
    assert {slug: len(owed[slug]) for slug in ("moray", "highland", "tayside")} == {
        "moray": 7,
        "highland": 6,
        "tayside": 9,
    }
    shared = "Clackmannanshire and Stirling Integration Joint Board"
    assert [slug for slug, names in owed.items() if shared in names] == ["clackmannanshire", "stirling"]
    assert owed["moray"][0] == "Scottish Government"
    assert owed["moray"][-1] == "Moray Integration Joint Board"


def test_a_report_is_owed_to_no_integration_joint_board(core_app: Flask) -> None:
    load_reference(now())
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    report = get_record(make_milestone(moray, kind=Kind.ANNUAL_REPORT), TODAY)
    assert [body.name for body in report.receivers] == ["Scottish Government"]
    assert "Moray Integration Joint Board" in [body.name for body in report.may_receive]


def test_a_missing_copy_to_the_integration_joint_board_is_shown(core_app: Flask) -> None:
    load_reference(now())
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    moray.notify_from = LONG_AGO
    gaps = [gap.words for gap in plan_of(moray, date(2026, 4, 7)).gaps if gap.about is About.COPIES]
    assert gaps[-1] == "No copy to Moray Integration Joint Board is recorded."


roles = st.sampled_from(list(BodyRole))
histories = st.lists(st.tuples(roles, st.integers(0, 40), st.integers(0, 40)), max_size=3)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, published=st.none() | st.integers(0, 60))
def test_a_board_is_owed_a_copy_while_it_takes_part_and_does_not_lead(
    core_app: Flask, history: list[tuple[BodyRole, int, int]], published: int | None
) -> None:
    """Whatever parts it had, one after the other: only the part on the day of the plan counts."""
    make_government()
    moray = make_partnership()
    board = make_organisation("Moray IJB", kind=OrganisationKind.INTEGRATION_JOINT_BOARD)
    first, parts = TODAY - 60 * DAY, []
    for role, wait, length in history:
        first += wait * DAY
        parts.append((role, first, first + length * DAY))
        first += (length + 1) * DAY
    for role, from_on, to_on in parts:
        part = PartnershipBody(partnership_id=moray.id, organisation_id=board.id, role=role, from_on=from_on)
        part.to_on = to_on
        db.session.add(part)
    db.session.flush()
    day = TODAY if published is None else TODAY - published * DAY
    held = [role for role, from_on, to_on in parts if from_on <= day <= to_on]
    record = plan_of(moray, None if published is None else day)
    assert (board in record.receivers) is bool(held and held != [BodyRole.LEAD])
    assert (board in record.lead_bodies) is (held == [BodyRole.LEAD])
    db.session.rollback()


@pytest.mark.parametrize("kind", sorted(set(OrganisationKind) - {OrganisationKind.INTEGRATION_JOINT_BOARD}))
def test_of_an_areas_service_providers_only_those_of_the_act_are_owed_a_copy(
    core_app: Flask, kind: OrganisationKind
) -> None:
    make_government()
    moray = make_partnership()
    body = Organisation(code="X1", name="A provider", kind=kind)
    db.session.add(
        PartnershipBody(partnership_id=moray.id, organisation=body, role=BodyRole.PROVIDER, from_on=LONG_AGO)
    )
    db.session.flush()
    record = plan_of(moray)
    named = {OrganisationKind.OTHER_SERVICE_PROVIDER, OrganisationKind.SCOTTISH_GOVERNMENT}
    assert (body in record.receivers) is (kind in named)
    assert body in record.may_receive


def test_a_national_body_that_takes_part_is_owed_one_copy(core_app: Flask) -> None:
    load_reference(now())
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    police = db.session.scalars(select(Organisation).where(Organisation.code == "N01")).one()
    db.session.add(
        PartnershipBody(partnership_id=moray.id, organisation=police, role=BodyRole.MEMBER, from_on=LONG_AGO)
    )
    db.session.flush()
    assert [one.code for one in plan_of(moray).receivers].count("N01") == 1
