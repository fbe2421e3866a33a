"""All comments on a milestone, writing one, and taking one's own back."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.queries.comments import LISTED_AT_MOST, count_comments, get_own_comment, list_comments
from cycle_tracker.milestones.queries.milestones import get_milestone, holds
from cycle_tracker.milestones.services.comments import LONGEST_COMMENT, take_back_comment, write_comment
from cycle_tracker.milestones.web.comments.forms import CommentForm
from cycle_tracker.milestones.web.comments.presenters import said
from cycle_tracker.milestones.web.comments.section import seen_by
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.paging import Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("comments", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/comments")


@bp.route("")
@requires(Permission.READ_PARTNERSHIP)
def index(slug: str, key: str) -> ResponseReturnValue:
    """All comments, the newest last."""
    return _page(get_milestone(current_viewer(), slug, key, to=Permission.READ_PARTNERSHIP))


@bp.route("", methods=["POST"])
@requires(Permission.COMMENT)
def write(slug: str, key: str) -> ResponseReturnValue:
    """Say something."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.COMMENT)
    form = CommentForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            write_comment(milestone, form.text.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Comment added.", "success")
        return redirect(page_of(milestone, anchor="comments"))
    return _page(milestone, form), attempt.status


@bp.route("/<int(max=2147483647):comment_id>/take-back", methods=["POST"])
@requires(Permission.COMMENT)
def take_back(slug: str, key: str, comment_id: int) -> ResponseReturnValue:
    """Take one's own comment back. A button pressed twice does it once."""
    milestone, comment = get_own_comment(current_viewer(), slug, key, comment_id)
    if FlaskForm().validate_on_submit():
        take_back_comment(milestone, comment, by=current_user_row(), now=clock.now())
        db.session.commit()
        flash("Comment deleted.", "success")
    return redirect(page_of(milestone, anchor="comments"))


def _page(milestone: Milestone, form: CommentForm | None = None) -> str:
    viewer = current_viewer()
    count = count_comments(milestone)
    page = min(page_asked_for(), last_page(count, LISTED_AT_MOST))
    found = list_comments(milestone, page=page)
    if form is None and holds(viewer, Permission.COMMENT, milestone):
        form = CommentForm(formdata=None)
    return render_template(
        "milestones/comments/index.html",
        milestone=milestone,
        comments=said(found, milestone, viewer),
        pages=Pages(found, page=page, count=count, per_page=LISTED_AT_MOST),
        form=form,
        seen_by=seen_by(milestone),
        longest=LONGEST_COMMENT,
    )
