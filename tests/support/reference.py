"""What the product loads of its own. To put its rows back takes a fraction of the time that loading them takes."""

from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.partnership import Partnership
from tests.support.databases import Database

LONG_BEFORE = date(2024, 4, 1)


def stand_reference(database: Database, at: datetime) -> None:
    """Put the 30 partnerships and the templates, as they are loaded at this moment, into an emptied database."""

    def load() -> None:
        load_reference(at)
        db.session.commit()

    database.stand(f"reference loaded at {at}", load)


def stand_cycle(database: Database, slug: str, at: datetime) -> Partnership:
    """Put them in with the cycle of 2026–29 of one partnership, which joined and opened it long before, and give it."""

    def load() -> None:
        load_reference(at)
        place = find_partnership(slug)
        place.notify_from = LONG_BEFORE
        open_cycle(place, Period.named("2026-29"), entered_on=LONG_BEFORE, by=None, now=at)
        db.session.commit()

    database.stand(f"cycle of {slug} opened at {at}", load)
    return find_partnership(slug)


def find_partnership(slug: str) -> Partnership:
    return db.session.scalars(select(Partnership).where(Partnership.slug == slug)).one()
