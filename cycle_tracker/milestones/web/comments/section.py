"""The part of a milestone's page on which its people talk about it."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.milestones.queries.comments import LISTED_AT_MOST, newest_comments
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.services.comments import LONGEST_COMMENT
from cycle_tracker.milestones.web.comments.forms import CommentForm
from cycle_tracker.milestones.web.comments.presenters import CommentRow, said
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.milestones.web.places import people_in
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section


@dataclass(frozen=True)
class CommentsSection:
    """The newest comments. `all` is the address of all of them, where there are more; `form` is for those who may."""

    comments: list[CommentRow]
    all: str
    address: str
    seen_by: str
    form: CommentForm | None
    longest: int = LONGEST_COMMENT


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:  # noqa: ARG001
    """The comments, for the people of the partnership and auditors. One statement."""
    milestone = on_page.milestone
    if detail is not Detail.EVERYTHING or milestone.partnership is None:
        return None
    found = newest_comments(milestone, at_most=LISTED_AT_MOST + 1) if on_page.has.comments else []
    address = url_for("comments.index", slug=milestone.partnership.slug, key=milestone.key)
    talk = CommentsSection(
        comments=said(found[-LISTED_AT_MOST:], milestone, viewer),
        all=address if len(found) > LISTED_AT_MOST else "",
        address=address,
        seen_by=seen_by(milestone),
        form=CommentForm(formdata=None) if holds(viewer, Permission.COMMENT, milestone) else None,
    )
    return Section("milestones/comments/section.html", talk)


def seen_by(milestone: Milestone) -> str:
    """Who sees the comments, in words."""
    return (
        f"{people_in(milestone)}, and auditors. Scottish Government officials and administrators do not see comments."
    )
