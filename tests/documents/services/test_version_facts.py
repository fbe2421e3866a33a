"""What was known of each fact of a version stays known, and hangs on no other."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.queries.versions import find_kept_copy, list_versions, recorders_of_present
from cycle_tracker.documents.services.publication_corrections import keep_copy, undo_publication
from cycle_tracker.documents.services.versions import approvals_of
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.models.evidence import StoredContent
from cycle_tracker.models.partnership import BodyRole
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.organisations.services.parts import add_body
from tests.documents.services.moray import NOW, PDF, PUBLISHED, TODAY, Moray
from tests.documents.services.test_versions import HOUR, LATER, NEWER, correct, revise
from tests.factories import make_user

pytestmark = pytest.mark.alike_on_both_databases

UNTIL, CORRECTED = date(2026, 9, 30), date(2027, 3, 31)


def test_the_last_day_that_an_interim_plan_covers_is_kept_where_it_alone_is_corrected(moray: Moray) -> None:
    interim = moray.publish(version=Version.INTERIM, interim_until=UNTIL)
    correct(moray, interim_until=CORRECTED)
    rows = db.session.scalars(select(Publication).order_by(Publication.recorded_from)).all()
    assert [(row.version, row.interim_until, row.recorded_to) for row in rows] == [
        (Version.INTERIM, UNTIL, LATER),
        (Version.INTERIM, CORRECTED, None),
    ]
    assert moray.publication.id == interim.id


def test_only_an_interim_plan_covers_a_part_of_the_period(moray: Moray) -> None:
    assert moray.publish(interim_until=UNTIL).interim_until is None


def test_a_correction_of_a_newer_version_keeps_what_was_known_of_it_and_of_the_first(moray: Moray) -> None:
    moray.publish()
    revised = revise(moray)
    correct(moray, LATER + HOUR, newer_on=date(2026, 5, 12))
    kept, known = db.session.scalars(
        select(Publication).where(Publication.number == revised.number).order_by(Publication.recorded_from)
    )
    assert (kept.newer_on, kept.first_published_on, kept.recorded_to) == (NEWER, PUBLISHED, LATER + HOUR)
    assert (known.newer_on, known.first_published_on, known.recorded_to) == (date(2026, 5, 12), PUBLISHED, None)


@pytest.mark.parametrize("on", [PUBLISHED, None])
def test_a_decision_of_the_day_of_publication_or_of_an_unknown_day_is_of_that_version(
    moray: Moray, on: date | None
) -> None:
    first = moray.publish()
    moray.approve("NHS Grampian", on)
    moray.approve("Moray Council", date(2026, 4, 25))
    revised = revise(moray)
    assert [one.organisation.name for one in approvals_of(moray.plan, first)] == ["NHS Grampian"]
    assert [one.organisation.name for one in approvals_of(moray.plan, revised)] == ["Moray Council"]


def test_a_version_is_published_on_the_day_of_the_one_it_replaces_or_later(moray: Moray) -> None:
    moray.publish()
    revise(moray)
    with pytest.raises(RuleBroken, match="before the version it replaces") as refused:
        revise(moray, date(2026, 5, 4))
    assert refused.value.field == "published_on"
    db.session.rollback()
    assert revise(moray, NEWER).newer_on == NEWER


def test_a_day_of_the_first_version_that_somebody_confirmed_is_not_asked_about_again(moray: Moray) -> None:
    report = moray.find("annual-report-1")
    moray.publish(report, date(2026, 5, 1), confirmed=True)
    revised = revise(moray, date(2026, 5, 8), document=report)
    correct(moray, document=report, newer_on=date(2026, 5, 9))
    assert (revised.first_published_on, revised.newer_on) == (date(2026, 5, 1), date(2026, 5, 9))


def test_of_a_newer_report_it_counts_who_led_on_its_own_day(moray: Moray) -> None:
    report, joined = moray.find("annual-report-1"), moray.body("Highland Council")
    moray.publish(report, date(2026, 5, 1), confirmed=True)
    add_body(moray.partnership, joined, BodyRole.LEAD, date(2026, 5, 5), by=moray.lead, now=NOW)
    db.session.commit()
    assert joined not in get_record(report, TODAY).lead_bodies
    revise(moray, date(2026, 5, 8), document=report)
    assert joined in get_record(report, TODAY).lead_bodies


def test_the_copy_kept_of_a_version_is_found_for_its_own_document_alone(moray: Moray) -> None:
    report = moray.find("annual-report-1")
    plan, of_report = moray.publish(), moray.publish(report, date(2026, 5, 1), confirmed=True)
    keep_copy(of_report, store_file("report.pdf", PDF, now=NOW), by=moray.lead, now=NOW)
    db.session.commit()
    assert (plan.number, of_report.number) == (1, 1)
    assert find_kept_copy(moray.plan, 1) is None
    found = find_kept_copy(report, 1)
    assert found is not None
    assert found.name == "report.pdf"


def test_the_bytes_of_a_kept_copy_that_another_replaces_go(moray: Moray) -> None:
    publication = moray.publish()
    first, second = (store_file(f"{name}.pdf", PDF, now=NOW) for name in ("first", "second"))
    for file in (first, second):
        keep_copy(publication, file, by=moray.lead, now=NOW)
    db.session.commit()
    assert db.session.scalars(select(StoredContent.file_id)).all() == [second.id]


def test_who_recorded_an_earlier_version_did_not_record_the_present_one(moray: Moray) -> None:
    other = make_user("Iain Bell", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    moray.publish().recorded_by_id = other.id
    assert recorders_of_present(list_versions(moray.plan.id)) == {other.id}
    revise(moray)
    assert recorders_of_present(list_versions(moray.plan.id)) == {moray.lead.id}


def test_of_two_decisions_of_one_body_only_the_newest_waits_once_both_versions_are_undone(moray: Moray) -> None:
    first = moray.publish()
    moray.approve("NHS Grampian", PUBLISHED)
    revised = revise(moray)
    moray.approve("NHS Grampian", NEWER)
    for publication in (revised, first):
        undo_publication(publication, "A slip.", by=moray.lead, now=LATER)
    db.session.commit()
    assert [one.approved_on for one in approvals_of(moray.plan, None)] == [NEWER]
