"""Pages about a document that ask for a reason and do one thing: most of them undo a record."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.core import clock
from cycle_tracker.documents.web.forms import ReasonForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_user_row
from cycle_tracker.web.saving import Attempt


def do_with_reason(
    document: Milestone,
    act: Callable[..., object],
    *,
    template: str,
    saved: Callable[[], str],
    onward: str = "",
    **shown: Any,
) -> ResponseReturnValue:
    """The page that asks why, or, once the reason is sent, `act(reason, by=, now=)` and the page of the document
    or the address `onward`.

    `saved` returns the message after the commit. The template gets `shown` besides the document and the form.
    """
    form = ReasonForm()
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            act(form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(saved(), "success")
        return redirect(onward or page_of(document))
    return render_template(
        template, document=document, form=form, changed=changed_by_others(attempt, document), **shown
    ), attempt.status
