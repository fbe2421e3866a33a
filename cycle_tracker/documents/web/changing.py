"""The one way in which the forms about a document are saved: a change, a rule that refuses, or a change too late."""

from collections.abc import Callable
from typing import Protocol

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.milestones.services.milestones import ensure_unchanged
from cycle_tracker.milestones.web.forms import MilestoneForm, save
from cycle_tracker.milestones.web.newest import read_newest
from cycle_tracker.models import Milestone
from cycle_tracker.web.access import current_viewer


class Page(Protocol):
    """What shows the page of a form; `changed` is what others did meanwhile."""

    def __call__(self, **more: object) -> str: ...


def change_document(
    document: Milestone, form: MilestoneForm, change: Callable[[], object], *, done: str, page: Page
) -> ResponseReturnValue:
    """Make a change from a form and go to the document's page, or show the form's page with what stands in the way.

    The form of a person whose change came too late keeps what they typed, beside what was changed. That is asked
    first: what a form offers depends on what is recorded already.
    """
    if not form.is_submitted():
        form.for_version(document)
        return page()
    try:
        ensure_unchanged(document, form.version.data)
        if form.validate() and save(form, document, change):
            flash(done, "success")
            return redirect(milestone_page(document))
    except ChangedMeanwhile:
        form.for_version(document)
        return page(changed=read_newest(document, current_viewer())), 409
    return page()


def milestone_page(document: Milestone) -> str:
    """The address of the document's page."""
    if document.partnership is None:
        raise ValueError("a national document has no page of its own")
    return url_for("milestones.show", slug=document.partnership.slug, key=document.key)
