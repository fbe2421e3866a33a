"""What the database keeps up about partnerships: the stamp of their list, and which of them have published."""

from contextlib import suppress
from datetime import UTC, date, datetime
from threading import Barrier, BrokenBarrierError

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.partnership_stamp import PartnershipStamp
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.partnerships.queries.partnerships import list_names
from tests.factories import make_partnership, make_report
from tests.support.pages import counted_statements
from tests.support.parallel import at_once

pytestmark = pytest.mark.usefixtures("core_app")

NOW = datetime(2026, 7, 3, 9, tzinfo=UTC)


def stamp() -> int | None:
    return db.session.scalar(select(PartnershipStamp.stamp))


def has_published(partnership: Partnership) -> bool:
    db.session.flush()
    return bool(db.session.scalar(select(Partnership.has_published).where(Partnership.id == partnership.id)))


def test_a_list_is_read_once_under_a_stamp_and_again_under_the_next() -> None:
    moray, fife = make_partnership("moray", name="Moray"), make_partnership("fife", name="Fife")
    db.session.flush()
    first = stamp()
    with counted_statements() as statements:
        assert [one.name for one in list_names(stamp=first)] == ["Fife", "Moray"]
        assert [one.name for one in list_names(frozenset({moray.id}), stamp=first)] == ["Moray"]
    assert len(statements) == 1
    fife.name = "Fife and Kinross"
    db.session.flush()
    assert [one.name for one in list_names(stamp=stamp())] == ["Fife and Kinross", "Moray"]


def test_what_a_list_shows_of_a_partnership_changes_its_stamp_and_nothing_else_does() -> None:
    assert stamp() is None
    place = make_partnership("moray")
    db.session.flush()
    seen = {stamp()}
    for name, value in (("name", "Murray"), ("slug", "murray"), ("notify_from", date(2026, 7, 1))):
        setattr(place, name, value)
        db.session.flush()
        seen.add(stamp())
    assert None not in seen
    assert len(seen) == 4
    place.other_names = "Elgin"
    db.session.flush()
    assert stamp() in seen
    last = stamp()
    db.session.delete(place)
    db.session.flush()
    assert stamp() not in {last, *seen}


def test_without_a_stamp_a_list_is_always_read() -> None:
    make_partnership("moray")
    assert [one.slug for one in list_names()] == ["moray"]
    make_partnership("fife")
    assert [one.slug for one in list_names()] == ["fife", "moray"]


def test_a_partnership_has_published_while_one_of_its_documents_is_and_a_draft_is_none() -> None:
    moray, fife = make_partnership("moray"), make_partnership("fife")
    first, second = make_report(moray, key="first"), make_report(moray, key="second")
    assert not has_published(moray)
    draft = Publication(milestone=first, version=Version.DRAFT, recorded_from=NOW)
    db.session.add(draft)
    assert not has_published(moray)
    draft.version = Version.FINAL
    other = Publication(milestone=second, version=Version.FINAL, recorded_from=NOW)
    db.session.add(other)
    assert has_published(moray)
    assert not has_published(fife)
    draft.is_present = False
    assert has_published(moray)
    db.session.delete(other)
    assert not has_published(moray)
    draft.is_present = True
    assert has_published(moray)


@pytest.mark.parametrize("remains", [True, False])
def test_two_documents_that_change_at_the_same_moment_leave_the_mark_right(core_app: Flask, remains: bool) -> None:
    """On PostgreSQL neither transaction saw what the other did, and the register left a partnership out."""
    moray = make_partnership("moray")
    first, second = make_report(moray, key="first"), make_report(moray, key="second")
    there = [Publication(milestone=one, version=Version.FINAL, recorded_from=NOW) for one in (first, second)]
    there[0].is_present = not remains
    db.session.add_all(there)
    db.session.commit()
    place, numbers = moray.id, [one.id for one in there]
    db.session.remove()
    both_have_changed = Barrier(2)

    def change(number: int, is_present: bool) -> None:
        db.session.get_one(Publication, number).is_present = is_present
        db.session.flush()
        with suppress(BrokenBarrierError):  # the other waits for this one
            both_have_changed.wait(timeout=0.3)
        db.session.commit()

    at_once(core_app, lambda: change(numbers[0], remains), lambda: change(numbers[1], False))
    assert db.session.scalar(select(Partnership.has_published).where(Partnership.id == place)) is remains
