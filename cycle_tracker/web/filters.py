"""The wording of dates and statuses, and the question who may do what, for templates."""

from flask import Flask

from cycle_tracker.domain.permissions import Permission
from cycle_tracker.web import wording
from cycle_tracker.web.access import can


def init_app(app: Flask) -> None:
    """Give templates the filters `day` and `moment`, and the globals `can`, `Permission` and `count_of`."""
    app.add_template_filter(wording.day, "day")
    app.add_template_filter(wording.moment, "moment")
    app.add_template_global(can, "can")
    app.add_template_global(wording.count, "count_of")
    app.jinja_env.globals["Permission"] = Permission
