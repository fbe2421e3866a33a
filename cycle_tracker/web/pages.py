"""Every group of pages, in the order of the address map."""

from flask import Blueprint

from cycle_tracker.web.account.routes import bp as account
from cycle_tracker.web.cycles.routes import bp as cycles
from cycle_tracker.web.escalations.routes import bp as escalations
from cycle_tracker.web.home.routes import bp as home
from cycle_tracker.web.milestones.routes import bp as milestones
from cycle_tracker.web.outstanding.routes import bp as outstanding
from cycle_tracker.web.probes.routes import bp as probes
from cycle_tracker.web.register.routes import bp as register
from cycle_tracker.web.service_health.routes import bp as service_health
from cycle_tracker.web.static_pages.routes import bp as static_pages

BLUEPRINTS: tuple[Blueprint, ...] = (
    home,
    cycles,
    milestones,
    outstanding,
    escalations,
    service_health,
    register,
    account,
    static_pages,
    probes,
)
