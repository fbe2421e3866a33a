"""The health page: for the administrator, and for whoever audits the service."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.operations.web.service_health.presenters import health_page
from cycle_tracker.web.access import requires

bp = Blueprint("service_health", __name__)


@bp.get("/service-health")
@requires(Permission.READ_SERVICE_HEALTH)
def show() -> ResponseReturnValue:
    """When the jobs ran, what waits, what failed, and who could not be told."""
    return render_template("operations/service_health/service_health.html", health=health_page(clock.now()))
