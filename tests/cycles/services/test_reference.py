"""The facts of the field, loaded once and again."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.extensions import Base, db
from cycle_tracker.cycles.services.loading import Loaded
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.services.publications import scottish_government
from cycle_tracker.models.cycle import TemplateEdition
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.reference import AlignedReport, Criterion
from cycle_tracker.partnerships.queries.bodies import find_organisation

pytestmark = pytest.mark.alike_on_both_databases

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def loaded(core_app: Flask) -> dict[str, Loaded]:
    return load_reference(NOW)


def test_the_30_partnerships_are_led_by_all_32_councils_and_14_health_boards(loaded: dict[str, Loaded]) -> None:
    assert _count(Partnership) == 30
    leading = select(func.count(PartnershipBody.organisation_id.distinct())).join(PartnershipBody.organisation)
    councils = db.session.scalar(leading.where(Organisation.kind == OrganisationKind.COUNCIL))
    boards = db.session.scalar(leading.where(Organisation.kind == OrganisationKind.HEALTH_BOARD))
    assert (councils, boards) == (32, 14)
    assert _count(Organisation) == 32 + 14 + 30 + 6


def test_lead_bodies_lead_from_the_first_period_on(loaded: dict[str, Loaded]) -> None:
    bodies = db.session.scalars(select(PartnershipBody).where(PartnershipBody.role == BodyRole.LEAD)).all()
    assert {(body.from_on, body.to_on) for body in bodies} == {(date(2017, 4, 1), None)}
    assert len(bodies) == 32 + 30


def test_integration_joint_boards_are_service_providers_of_their_areas(loaded: dict[str, Loaded]) -> None:
    """Highland has none, Tayside has three, and Clackmannanshire and Stirling share one."""
    rows = db.session.execute(
        select(Partnership.slug, Organisation.name, PartnershipBody.from_on, PartnershipBody.to_on)
        .join(PartnershipBody, PartnershipBody.partnership_id == Partnership.id)
        .join(PartnershipBody.organisation)
        .where(Organisation.kind == OrganisationKind.INTEGRATION_JOINT_BOARD, PartnershipBody.role == BodyRole.PROVIDER)
        .order_by(Partnership.slug, Organisation.code)
    ).all()
    assert {(row.from_on, row.to_on) for row in rows} == {(date(2017, 4, 1), None)}
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.slug, []).append(row.name.removesuffix(" Integration Joint Board"))
    assert names.pop("tayside") == ["Angus", "Dundee City", "Perth and Kinross"]
    assert {slug: names.pop(slug) for slug in ("clackmannanshire", "stirling")} == {
        "clackmannanshire": ["Clackmannanshire and Stirling"],
        "stirling": ["Clackmannanshire and Stirling"],
    }
    assert len(names) == 30 - 4
    assert {len(boards) for boards in names.values()} == {1}
    assert "highland" not in names
    assert loaded["integration joint boards"] == Loaded(total=32 - 1, new=32 - 1)
    assert find_organisation("S37000014") is find_organisation("S37000032") is not None


def test_tayside_is_led_by_three_councils_and_a_board(loaded: dict[str, Loaded]) -> None:
    tayside = db.session.scalars(select(Partnership).where(Partnership.slug == "tayside")).one()
    assert [body.organisation.name for body in tayside.bodies if body.role is BodyRole.LEAD] == [
        "Angus Council",
        "Dundee City Council",
        "Perth and Kinross Council",
        "NHS Tayside",
    ]


def test_boards_serve_as_many_councils_as_they_do(loaded: dict[str, Loaded]) -> None:
    served = db.session.execute(
        select(Organisation.name, func.count())
        .join(PartnershipBody, PartnershipBody.organisation_id == Organisation.id)
        .where(Organisation.kind == OrganisationKind.HEALTH_BOARD)
        .group_by(Organisation.name)
        .having(func.count() > 1)
        .order_by(func.count().desc(), Organisation.name)
    ).all()
    assert [tuple(row) for row in served] == [
        ("NHS Greater Glasgow and Clyde", 6),
        ("NHS Lothian", 4),
        ("NHS Ayrshire and Arran", 3),
        ("NHS Forth Valley", 3),
        ("NHS Grampian", 3),
        ("NHS Highland", 2),
        ("NHS Lanarkshire", 2),
    ]


def test_criteria_aligned_reports_and_old_codes_are_all_there(loaded: dict[str, Loaded]) -> None:
    assert _count(Criterion) == 16
    assert [one.number for one in db.session.scalars(select(Criterion).order_by(Criterion.position))][5:7] == [
        "6a",
        "6b",
    ]
    assert _count(AlignedReport) == 30
    old_codes = db.session.scalars(select(OldCode).order_by(OldCode.code)).all()
    assert len(old_codes) == 8 + 4
    names = {one.id: one.name for one in db.session.scalars(select(Organisation))}
    by_code = {one.code: names[one.organisation_id] for one in old_codes}
    assert by_code["S12000015"] == "Fife Council"
    assert by_code["S08000021"] == "NHS Greater Glasgow and Clyde"


def test_a_partnership_is_found_by_the_other_names_that_people_use(loaded: dict[str, Loaded]) -> None:
    outer_hebrides = db.session.scalars(select(Partnership).where(Partnership.slug == "na-h-eileanan-siar")).one()
    assert outer_hebrides.other_names == "Western Isles, Outer Hebrides, Eilean Siar, Comhairle nan Eilean Siar"


def test_scottish_government_has_no_mailbox_until_it_tells_one(loaded: dict[str, Loaded]) -> None:
    assert scottish_government().mailbox is None


def test_both_editions_of_the_template_are_kept_as_their_first_version(loaded: dict[str, Loaded]) -> None:
    editions = db.session.scalars(select(TemplateEdition).order_by(TemplateEdition.first_period)).all()
    assert [(one.edition, one.version, one.first_period) for one in editions] == [
        ("guidance-2016", 1, 2017),
        ("guidance-2020", 1, 2020),
    ]
    report = {one.edition: _entry(one, "annual-report") for one in editions}
    assert report["guidance-2016"]["due"] == ""
    assert report["guidance-2020"]["due"] == "year_{k}_end + 3 months"


def test_a_second_run_changes_not_one_row(loaded: dict[str, Loaded]) -> None:
    assert any(one.new for one in loaded.values())
    db.session.commit()
    before = _rows_hash()
    again = load_reference(LATER)
    db.session.commit()
    assert not any(one.new or one.changed for one in again.values())
    assert _rows_hash() == before


def test_what_the_files_say_otherwise_is_put_right(loaded: dict[str, Loaded]) -> None:
    moray = db.session.scalars(select(Organisation).where(Organisation.name == "Moray Council")).one()
    moray.name = "The Moray Council"
    db.session.flush()
    again = load_reference(LATER)
    assert moray.name == "Moray Council"
    assert again["organisations"] == Loaded(total=82, new=0, changed=1)


def test_what_an_administrator_edited_or_merged_stays(loaded: dict[str, Loaded]) -> None:
    fife = db.session.scalars(select(Organisation).where(Organisation.code == "S12000047")).one()
    fife.name, fife.code, fife.edited = "Fife Council, as it is now", "S12000099", True
    db.session.add(OldCode(code="S12000047", organisation_id=fife.id))
    falkirk = db.session.scalars(select(Organisation).where(Organisation.code == "S37000013")).one()
    kept = Organisation(code="X1", name="Falkirk IJB", kind=OrganisationKind.INTEGRATION_JOINT_BOARD)
    db.session.add(kept)
    db.session.flush()
    falkirk.merged_into_id, falkirk.in_use, falkirk.edited = kept.id, False, True
    (part,) = db.session.scalars(select(PartnershipBody).where(PartnershipBody.organisation_id == falkirk.id))
    part.organisation = kept
    db.session.flush()
    before = _count(PartnershipBody), _count(Organisation)
    again = load_reference(LATER)
    assert not any(one.new or one.changed for one in again.values())
    assert (_count(PartnershipBody), _count(Organisation)) == before
    assert find_organisation("S12000047") is fife


def test_what_people_decided_stays(loaded: dict[str, Loaded]) -> None:
    scottish_government().mailbox = "plans@example.org"
    ended = db.session.scalars(select(PartnershipBody).order_by(PartnershipBody.id)).first()
    assert ended is not None
    ended.to_on = date(2026, 3, 31)
    edited = db.session.scalars(select(TemplateEdition).where(TemplateEdition.edition == "guidance-2020")).one()
    db.session.add(
        TemplateEdition(
            edition=edited.edition,
            version=2,
            title=edited.title,
            first_period=edited.first_period,
            entries=edited.entries[:-1],
            loaded_at=NOW,
        )
    )
    db.session.flush()
    again = load_reference(LATER)
    assert scottish_government().mailbox == "plans@example.org"
    assert ended.to_on == date(2026, 3, 31)
    assert not any(one.new or one.changed for one in again.values())


def _entry(edition: TemplateEdition, key: str) -> dict[str, str]:
    return next(entry for entry in edition.entries if entry["key"] == key)


def _count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _rows_hash() -> str:
    """One hash over every row of every table."""
    found = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table).order_by(*table.primary_key.columns)):
            found.update(repr(tuple(row)).encode())
    return found.hexdigest()
