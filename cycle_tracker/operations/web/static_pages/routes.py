"""Help, privacy, cookies and the accessibility statement."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.web.access import public

bp = Blueprint("static_pages", __name__)


@bp.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """What each person does here, and what the words mean."""
    return render_template("operations/static_pages/help.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept of people, and why."""
    return render_template(
        "operations/static_pages/privacy.html",
        controller=current_app.config["DATA_CONTROLLER"],
        data_protection_contact=current_app.config["DATA_PROTECTION_CONTACT"],
    )


@bp.get("/cookies")
@public
def cookies() -> ResponseReturnValue:
    """The one cookie."""
    return render_template("operations/static_pages/cookies.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement that the law asks for (SI 2018/952, regulation 8)."""
    return render_template("operations/static_pages/accessibility.html")
