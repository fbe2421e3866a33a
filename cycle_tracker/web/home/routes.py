from flask import Blueprint
from cycle_tracker.web.access import public
bp = Blueprint("home", __name__)
@bp.get("/")
@public
def show():
    return "stub"
