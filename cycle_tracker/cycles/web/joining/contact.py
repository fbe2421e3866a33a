"""Where a partnership can be reached, and the letter to one that has not joined."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.cycles.services import partnerships
from cycle_tracker.cycles.services.letters import last_letter, letter_about, send_letter
from cycle_tracker.cycles.web.joining import presenters
from cycle_tracker.cycles.web.joining.forms import ContactForm, LetterForm
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("partnership_contact", __name__, url_prefix="/partnerships/<slug>")


@bp.route("/set-up/contact", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def change(slug: str) -> ResponseReturnValue:
    """Say where the partnership can be reached."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.SET_UP_PARTNERSHIPS)
    form = ContactForm(data={"web_address": partnership.web_address or "", "mailbox": partnership.mailbox or ""})
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            partnerships.set_contact(
                partnership, form.web_address.data, form.mailbox.data, by=current_user_row(), now=clock.now()
            )
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(url_for("joining.set_up", slug=slug))
    return render_template("cycles/joining/contact.html", partnership=partnership, form=form), attempt.status


@bp.route("/letter", methods=["GET", "POST"])
@requires(Permission.ASK_FOR_UPDATES)
def letter(slug: str) -> ResponseReturnValue:
    """Ask a partnership that has not joined: by its mailbox, or with a letter to copy."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.ASK_FOR_UPDATES)
    form = LetterForm(data={"text": letter_about(partnership, _titles(partnership))})
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            send_letter(partnership, form.text.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"We will email the letter to {partnership.mailbox} within a minute.", "success")
        return redirect(addresses.partnership(slug))
    last = presenters.last_letter_words(last_letter(partnership))
    return render_template("cycles/joining/letter.html", partnership=partnership, form=form, last=last), attempt.status


def _titles(partnership: Partnership) -> list[str]:
    """What there is no record of, the oldest first."""
    found = list_documents(clock.today(), within=frozenset({partnership.id}))
    return [one.title for one in found if one.state is DocumentState.NO_RECORD]
