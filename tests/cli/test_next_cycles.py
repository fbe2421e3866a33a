"""`open-next-cycles` for another day than today."""

import json

import time_machine
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.milestone import Milestone


def test_a_day_that_was_mistyped_makes_nothing(app: Flask, morning: time_machine.Traveller) -> None:
    """It made documents until that year, which nothing removes, or ended with a traceback."""
    with app.app_context():
        load_reference(clock.now())
        db.session.commit()
        for day in ("2030-01-01", "2206-04-01", "9999-12-31"):
            made = app.test_cli_runner().invoke(args=["open-next-cycles", "--on", day])
            assert (made.exit_code, "The year can be up to 2029." in made.output) == (2, True)
            assert db.session.scalar(select(func.count(Milestone.id))) == 0
        made = app.test_cli_runner().invoke(args=["open-next-cycles", "--on", "2029-12-31"])
        assert json.loads(made.output)["periods"] == 30 * 5
