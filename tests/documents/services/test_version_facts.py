"""What was known of each fact of a version stays known, and hangs on no other."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.publication import Publication, Version
from tests.documents.services.test_facts import Moray
from tests.documents.services.test_versions import LATER, correct, moray

__all__ = ["moray"]

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
