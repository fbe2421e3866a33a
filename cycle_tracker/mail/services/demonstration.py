"""Whether all that is here was made up. Every page and every email then says so: real partnerships are shown as late.

`seed-demo` leaves the word in the database, and the setting `DEMONSTRATION` says it too. A process asks once: what is a
demonstration stays one, and `seed-demo` refuses to add to anything real.
"""

from typing import cast

from flask import current_app
from sqlalchemy import column, insert, select, table

from cycle_tracker.core.extensions import db

NAME = "demonstration"
WORDS = "Demonstration data. Nothing here is about any real partnership."
# Not the model: those who only send emails do without its module.
_settings = table("service_settings", column("name"), column("value"))


def is_demonstration() -> bool:
    """Whether it is one. Asks the database once."""
    known = known_demonstration()
    if known is None:
        known = db.session.scalar(select(_settings.c.value).where(_settings.c.name == NAME)) is not None
        current_app.extensions[NAME] = known
    return known


def known_demonstration() -> bool | None:
    """The same without asking the database; None where that was not asked yet."""
    return True if current_app.config["DEMONSTRATION"] else cast("bool | None", current_app.extensions.get(NAME))


def mark_as_demonstration() -> None:
    """Leave the word that all of this is made up."""
    if db.session.scalar(select(_settings.c.value).where(_settings.c.name == NAME)) is None:
        db.session.execute(insert(_settings).values(name=NAME, value="1"))
    current_app.extensions[NAME] = True
