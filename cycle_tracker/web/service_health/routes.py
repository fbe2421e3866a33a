from flask import Blueprint
from cycle_tracker.web.access import public
bp = Blueprint("service_health", __name__)
@bp.get("/service_health")
@public
def show():
    return "stub"
