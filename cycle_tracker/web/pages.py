"""Every group of pages, in the order of the address map."""

import importlib
import importlib.util

from flask import Blueprint

from cycle_tracker.web.account.routes import bp as account
from cycle_tracker.web.home.routes import bp as home
from cycle_tracker.web.probes.routes import bp as probes
from cycle_tracker.web.register.routes import bp as register
from cycle_tracker.web.service_health.routes import bp as service_health
from cycle_tracker.web.static_pages.routes import bp as static_pages

BLUEPRINTS: list[Blueprint] = [home, account, service_health, register, static_pages, probes]

# Until these packages are written.
for _name in ("cycles", "milestones", "outstanding", "escalations"):
    if importlib.util.find_spec(f"cycle_tracker.web.{_name}.routes" if importlib.util.find_spec(
        f"cycle_tracker.web.{_name}") else f"cycle_tracker.web.{_name}"):
        BLUEPRINTS.append(importlib.import_module(f"cycle_tracker.web.{_name}.routes").bp)
