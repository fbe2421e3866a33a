"""The versions of a document as rows: what is present, what was known when, and what hangs on each."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.publications import list_steps_opened_again
from cycle_tracker.documents.queries.receipts import list_government_copies, list_to_receive
from cycle_tracker.documents.queries.versions import list_versions
from cycle_tracker.documents.rules.versions import KnownVersion, present_of
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import (
    correct_publication,
    keep_copy,
    undo_publication,
)
from cycle_tracker.documents.services.publications import PublishedAddress
from cycle_tracker.documents.services.versions import approvals_of, arrange_versions, as_known, known_versions
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Publication, PublicationCopy, Version
from cycle_tracker.models.user import User
from tests.documents.services.moray import ADDRESS, COUNCIL_AGREED, NOW, PDF, PUBLISHED, STEPS, TODAY, Moray
from tests.factories import make_user
from tests.support.parallel import at_once

pytestmark = pytest.mark.alike_on_both_databases

Act = Callable[[Publication, User], None]
NEWER = date(2026, 5, 11)
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def revise(
    moray: Moray, on: date | None = NEWER, now: datetime = LATER, document: Milestone | None = None
) -> Publication:
    plan = document or moray.plan
    present = next(one for one in known_versions(plan) if one.is_present)
    found = record_newer_version(
        present,
        address=f"{ADDRESS}-{present.number + 1}",
        published_on=on,
        reason="A priority was missing.",
        reopen=[one for one in list_steps_opened_again(plan) if not one.is_open],
        by=moray.lead,
        today=TODAY,
        now=now,
    )
    db.session.commit()
    return found


def correct(moray: Moray, now: datetime = LATER, document: Milestone | None = None, **changed: object) -> None:
    present = next(one for one in known_versions(document or moray.plan) if one.is_present)
    facts = {
        "version": present.version,
        "published_on": present.first_published_on,
        "newer_on": present.newer_on,
        "interim_until": present.interim_until,
        "places": [PublishedAddress(one.form, one.language, one.address) for one in present.addresses],
        "by": moray.lead,
        **changed,
    }
    correct_publication(present, **facts, today=TODAY, now=now)  # type: ignore[arg-type]
    db.session.commit()


def known_then(moment: datetime) -> list[tuple[Version, date | None, bool]]:
    """The versions that were known at a moment, the oldest first, and which was present: as "as at" reads them."""
    rows = db.session.scalars(
        select(Publication)
        .where(
            Publication.recorded_from <= moment,
            func.coalesce(Publication.recorded_to, moment + HOUR) > moment,
        )
        .order_by(Publication.number)
    ).all()
    found = present_of([as_known(row) for row in rows])
    return [(row.version, row.published_on, found is not None and found.number == row.number) for row in rows]


def shape(moray: Moray) -> list[tuple[Version, date | None, bool, bool, date | None]]:
    return [
        (one.version, one.published_on, one.is_present, one.is_newer, one.first_published_on)
        for one in known_versions(moray.plan)
    ]


def test_what_was_known_at_any_moment_is_read_from_the_rows(moray: Moray) -> None:
    moray.publish(version=Version.INTERIM)
    correct(moray, NOW + HOUR, published_on=date(2026, 4, 23))
    revise(moray, date(2026, 5, 4), NOW + 2 * HOUR)
    revise(moray, NEWER, NOW + 3 * HOUR)
    correct(moray, NOW + 4 * HOUR, published_on=date(2026, 5, 5), newer_on=date(2026, 5, 12))
    undo_publication(moray.publication, "Not this one.", by=moray.lead, now=NOW + 5 * HOUR)
    db.session.commit()
    interim, first, revised = (Version.INTERIM, Version.FINAL, Version.REVISED)
    assert known_then(NOW - HOUR) == []
    assert known_then(NOW) == [(interim, PUBLISHED, True)]
    assert known_then(NOW + HOUR) == [(interim, date(2026, 4, 23), True)]
    assert known_then(NOW + 2 * HOUR) == [
        (interim, date(2026, 4, 23), False),
        (first, date(2026, 5, 4), True),
    ]
    assert known_then(NOW + 3 * HOUR) == [
        (interim, date(2026, 4, 23), False),
        (first, date(2026, 5, 4), False),
        (revised, NEWER, True),
    ]
    assert known_then(NOW + 4 * HOUR) == [
        (interim, date(2026, 4, 23), False),
        (first, date(2026, 5, 5), False),
        (revised, date(2026, 5, 12), True),
    ]
    assert known_then(NOW + 9 * HOUR) == [(interim, date(2026, 4, 23), False), (first, date(2026, 5, 5), True)]


def test_who_corrected_the_facts_recorded_them_and_who_recorded_them_first_is_kept(moray: Moray) -> None:
    moray.publish()
    other = make_user("Iain Bell", role=Role.LEAD, partnership=moray.partnership)
    correct(moray, by=other, published_on=date(2026, 4, 25))
    (listed,) = list_versions(moray.plan.id)
    assert [(one.name, one.at) for one in listed.recordings] == [("Ailsa Grant", NOW), ("Iain Bell", LATER)]
    assert [one.address for one in listed.addresses] == [ADDRESS]
    correct(moray, NOW + 2 * HOUR, places=[PublishedAddress(Form.FULL, "en", f"{ADDRESS}/elsewhere")])
    (same,) = list_versions(moray.plan.id)
    assert len(same.recordings) == 2, "another address changes no fact that a past day is read by"


def test_a_revised_plan_is_present_and_the_version_before_keeps_what_is_its_own(moray: Moray) -> None:
    moray.approve_all()
    first = moray.publish()
    moray.send(list(moray.record.receivers), date(2026, 4, 28))
    keep_copy(first, store_file("plan.pdf", PDF, now=NOW), by=moray.lead, now=NOW)
    revised = revise(moray)
    assert shape(moray) == [
        (Version.FINAL, PUBLISHED, False, False, PUBLISHED),
        (Version.REVISED, NEWER, True, True, PUBLISHED),
    ]
    assert (len(first.copies), len(first.addresses), first.kept_copy is not None) == (7, 1, True)
    assert (revised.copies, len(revised.addresses), revised.kept_copy) == ([], 1, None)
    assert [len(approvals_of(moray.plan, one)) for one in (first, revised, None)] == [2, 0, 0]
    assert moray.record.approvals == []
    assert moray.state() is DocumentState.PUBLISHED_COPY_NOT_SENT
    moray.approve("NHS Grampian", date(2026, 5, 9))
    assert [one.publication_id for one in moray.record.approvals] == [revised.id], "for the version that is published"


def test_approvals_wait_for_the_version_that_is_published(moray: Moray) -> None:
    moray.publish(version=Version.DRAFT)
    moray.approve("NHS Grampian", date(2026, 3, 23))
    assert [one.publication_id for one in moray.record.approvals] == [None], "a draft is not approved"
    interim = moray.publish(version=Version.INTERIM)
    assert (approvals_of(moray.plan, interim), len(moray.record.approvals)) == ([], 1)
    plan = revise(moray)
    assert [one.publication_id for one in moray.record.approvals] == [plan.id]
    correct(moray, version=Version.INTERIM)
    assert [one.publication_id for one in moray.record.approvals] == [None], "it turned out to be an interim plan"
    correct(moray, version=Version.FINAL)
    assert [one.publication_id for one in moray.record.approvals] == [plan.id]


def test_undoing_a_revised_version_brings_back_the_one_before_with_all_that_is_its_own(moray: Moray) -> None:
    moray.approve_all()
    first = moray.publish()
    moray.send(list(moray.record.receivers), date(2026, 4, 28))
    before, done = moray.prepared(), moray.done("plan-prepared", *STEPS)
    revised = revise(moray)
    moray.approve("NHS Grampian", date(2026, 5, 18))
    assert moray.done(*STEPS) == {"publish-plan": NEWER}
    undo_publication(revised, "It was another plan.", by=moray.lead, now=NOW + 2 * HOUR)
    db.session.commit()
    assert moray.publication.id == first.id
    assert (revised.is_present, revised.recorded_to) == (False, NOW + 2 * HOUR)
    assert moray.prepared() == before == (COUNCIL_AGREED, PreparedFrom.APPROVALS)
    assert moray.done("plan-prepared", *STEPS) == done
    assert moray.state() is DocumentState.COMPLETE
    assert moray.plan.complete
    assert [one.approved_on for one in approvals_of(moray.plan, None)] == [date(2026, 5, 18)], "of the next version"
    again = revise(moray, date(2026, 5, 19), NOW + 3 * HOUR)
    assert again.number == 3
    assert [one.approved_on for one in moray.record.approvals] == [date(2026, 5, 18)]
    assert [one.number for one in list_versions(moray.plan.id)] == [3, 1], "what was undone is only in the history"


def test_undoing_the_document_leaves_its_draft(moray: Moray) -> None:
    draft = moray.publish(version=Version.DRAFT, on=date(2026, 1, 12))
    plan = moray.publish()
    assert moray.publication.id == plan.id
    undo_publication(plan, "It is not out yet.", by=moray.lead, now=LATER)
    db.session.commit()
    assert moray.publication.id == draft.id
    assert (moray.plan.is_open, moray.prepared()) == (True, None)
    undo_publication(draft, "Nor is this.", by=moray.lead, now=LATER)
    db.session.commit()
    assert (moray.record.publication, list_versions(moray.plan.id)) == (None, [])
    assert db.session.scalar(select(func.count()).where(AuditEvent.action == "publication-undone")) == 2


def test_the_day_of_the_first_version_decides_and_a_correction_of_it_reaches_every_newer_one(moray: Moray) -> None:
    report = moray.find("annual-report-1")
    moray.publish(report, date(2026, 5, 1), version=Version.INTERIM, confirmed=True)
    revise(moray, date(2026, 5, 8), document=report)
    revise(moray, date(2026, 5, 15), document=report)
    assert (report.state, report.done_on) == (State.DONE, date(2026, 5, 1))
    correct(moray, document=report, published_on=date(2026, 5, 2), confirmed=True)
    versions = known_versions(report)
    assert [one.version for one in versions] == [Version.INTERIM, Version.FINAL, Version.REVISED]
    assert [one.first_published_on for one in versions] == [date(2026, 5, 2)] * 3
    assert [one.newer_on for one in versions] == [None, date(2026, 5, 8), date(2026, 5, 15)]
    assert report.done_on == date(2026, 5, 2)


def test_a_version_cannot_come_less_far_than_the_one_before_it(moray: Moray) -> None:
    moray.publish()
    revise(moray)
    for version in (Version.DRAFT, Version.INTERIM):
        with pytest.raises(RuleBroken, match="An earlier plan is recorded as published") as refused:
            correct(moray, version=version)
        assert refused.value.field == "which"
        db.session.rollback()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"newer_on": date(2026, 5, 11)}, "newer_on"),
        ({"published_on": date(2026, 5, 13)}, "published_on"),
    ],
)
def test_corrected_days_keep_the_order_in_which_the_versions_were_published(
    moray: Moray, changed: dict[str, Any], field: str
) -> None:
    """Only the first day was compared with the newest one: a version in between stood before it or after it."""
    moray.publish()
    revise(moray, date(2026, 5, 12))
    revise(moray, date(2026, 5, 14), LATER + HOUR)
    with pytest.raises(RuleBroken, match="between the dates of the versions") as refused:
        correct(moray, LATER + 2 * HOUR, **changed)
    assert refused.value.field == field
    db.session.rollback()
    correct(moray, LATER + 2 * HOUR, published_on=date(2026, 5, 12), newer_on=date(2026, 5, 12))
    assert {one.published_on for one in known_versions(moray.plan)} == {date(2026, 5, 12)}


def test_copies_of_earlier_and_undone_versions_are_not_awaited(moray: Moray) -> None:
    official = viewer_of(make_user("Una Ross", role=Role.OFFICIAL).id, TODAY)
    moray.publish()
    moray.send(list(moray.record.receivers[:1]), date(2026, 4, 28))
    (copy,) = db.session.scalars(select(PublicationCopy))
    assert [one.copy_id for one in list_to_receive(official)] == [copy.id]
    revise(moray)
    assert (list_to_receive(official), list_government_copies(official, [copy.id])) == ([], [])
    assert not moray.plan.complete
    undo_publication(moray.publication, "A slip.", by=moray.lead, now=LATER)
    db.session.commit()
    db.session.refresh(moray.plan)
    assert moray.plan.complete
    assert [one.copy_id for one in list_to_receive(official)] == [copy.id]


def test_no_document_has_two_present_versions(moray: Moray) -> None:
    moray.publish()
    db.session.add(Publication(milestone_id=moray.plan.id, number=2, recorded_from=NOW))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    assert arrange_versions(moray.plan) is not None


def undo_it(version: Publication, by: User) -> None:
    undo_publication(version, "Recorded by mistake.", by=by, now=LATER + HOUR)


def replace_it(version: Publication, by: User) -> None:
    record_newer_version(
        version, address="", published_on=NEWER, reason="More.", reopen=[], by=by, today=TODAY, now=LATER + HOUR
    )


def correct_it(version: Publication, by: User) -> None:
    correct_publication(
        version,
        version=version.version,
        published_on=PUBLISHED,
        newer_on=NEWER - timedelta(days=1),
        places=[],
        by=by,
        today=TODAY,
        now=LATER + HOUR,
    )


@pytest.mark.parametrize(
    ("one", "other"), [(undo_it, undo_it), (replace_it, replace_it), (undo_it, replace_it), (correct_it, replace_it)]
)
def test_what_two_people_do_with_a_version_at_once_leaves_one_present_and_is_done_once(
    core_app: Flask, moray: Moray, one: Act, other: Act
) -> None:
    moray.publish()
    number, by, plan = revise(moray).id, moray.lead.id, moray.plan.id
    db.session.remove()

    def attempt(act: Act) -> bool:
        version, person = db.session.get_one(Publication, number), db.session.get_one(User, by)
        try:
            act(version, person)
            db.session.commit()
        except (ChangedMeanwhile, IntegrityError, StaleDataError):
            db.session.rollback()
            return False
        return True

    done = at_once(core_app, lambda: attempt(one), lambda: attempt(other))
    assert sum(done) == 1 or (all(done) and one is correct_it)
    known = known_versions(db.session.get_one(Milestone, plan))
    found = present_of([as_known(row) for row in known])
    assert [row.number for row in known if row.is_present] == [found.number if found else None]


@pytest.mark.parametrize("act", [undo_it, replace_it, correct_it])
def test_nothing_is_done_with_a_version_that_is_present_no_longer(moray: Moray, act: Act) -> None:
    """Undone a second time, it would have been known until then."""
    moray.publish()
    undone = revise(moray)
    undo_it(undone, moray.lead)
    undone.recorded_to = LATER
    with pytest.raises(ChangedMeanwhile, match="no longer the present version"):
        act(undone, moray.lead)
    assert undone.recorded_to == LATER


def test_a_version_that_was_undone_is_never_present(moray: Moray) -> None:
    publication = moray.publish()
    publication.recorded_to = NOW
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_what_is_kept_beside_each_version_is_what_the_rules_say(moray: Moray) -> None:
    moray.publish(version=Version.DRAFT)
    moray.publish(version=Version.INTERIM)
    revise(moray, date(2026, 5, 4))
    revise(moray, None)
    revise(moray, date(2026, 5, 12))
    rows = known_versions(moray.plan)
    known = [as_known(row) for row in rows]
    first = next(one for one in known if one.number == 3)
    assert isinstance(first, KnownVersion)
    assert [(row.is_newer, row.first_on) for row in rows] == [
        (False, None),
        (False, None),
        (False, None),
        (True, first.published_on),
        (True, first.published_on),
    ]
    assert [row.is_present for row in rows] == [False, False, False, False, True]
