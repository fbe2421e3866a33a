"""The day on which the tests of pages are held, and the two partnerships in which access is tried."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from tests.access_matrix import modules
from tests.access_matrix.stage import Parts
from tests.conftest import Database
from tests.factories import make_cycle, make_government, make_milestone, make_partnership, make_report
from tests.support.moray import place

__all__ = ["place"]

MORNING = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
"""A Friday, three days past the guidance date of the annual reports on 2025–26."""


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    """It is ten o'clock on 3 July 2026, and stays so until the test moves on."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def two_partnerships(app: Flask, database: Database) -> Iterator[Parts]:
    """Moray, where people hold their roles, and Fife, where they do not; the parts of each one's addresses, by slug."""
    with app.app_context():
        yield database.stand("two partnerships", make_two_partnerships)


def make_two_partnerships() -> Parts:
    """Put Moray and Fife with all that the tables name into an empty database."""
    parts: Parts = {}
    make_government()
    for slug in ("moray", "fife"):
        partnership = make_partnership(slug)
        make_cycle(partnership)
        make_report(partnership)
        make_report(partnership, key="2023-26.annual-report-2", year_end=date(2025, 3, 31))
        make_milestone(partnership, key="2026-29.step")
        make_milestone(partnership, key="2026-29.begun", state=State.IN_PROGRESS)
        db.session.flush()
        parts[slug] = {"slug": slug}
        for module in modules():
            if hasattr(module, "make"):
                parts[slug] |= module.make(partnership)
    db.session.commit()
    return parts
