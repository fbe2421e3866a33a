from flask import Blueprint
from cycle_tracker.web.access import public
bp = Blueprint("register", __name__)
@bp.get("/register")
@public
def show():
    return "stub"
