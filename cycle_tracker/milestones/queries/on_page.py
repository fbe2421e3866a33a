"""A milestone for its page: the row with its place, and of which kinds of thing there are any.

The page has a dozen parts, and most milestones have something in few of them. The statement that finds the milestone
says in which; the others are not asked for. Every kind has its column here, whichever capability shows it, because one
statement asks for all of them.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of, rows_of
from cycle_tracker.milestones.queries.milestones import ensure_may_see, with_place
from cycle_tracker.models.answer import Answer
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.evidence import Comment, Evidence
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.update_request import UpdateRequest


class Attached(NamedTuple):
    """Of which kinds of thing a milestone has any."""

    answers: bool
    approvals: bool
    comments: bool
    date_changes: bool
    escalations: bool
    events: bool
    evidence: bool
    notices: bool
    predecessors: bool
    publication: bool
    requests: bool
    waiting: bool
    """Milestones that wait for this one, and its sub-tasks."""


@dataclass(frozen=True)
class OnPage:
    """A milestone, of what it has any, and what is published of it, a draft too."""

    milestone: Milestone
    has: Attached
    publication: Publication | None


def get_milestone_on_page(viewer: Viewer, slug: str, key: str) -> OnPage:
    """One milestone for its page, in one statement, and one more for what is published.

    Raises NoResultFound where there is none or the person may not see it.
    """
    milestone, *has = db.session.execute(_on_page(), {"slug": slug, "key": key}).one()
    ensure_may_see(viewer, milestone)
    return _with_publication(milestone, Attached(*has))


def put_on_page(milestone: Milestone) -> OnPage:
    """The same for a milestone that was fetched already."""
    return _with_publication(milestone, Attached(*rows_of(_attached(), milestone=milestone.id)[0]))


def _with_publication(milestone: Milestone, has: Attached) -> OnPage:
    if not has.publication:
        return OnPage(milestone, has, None)
    found = db.session.scalars(_publication(), {"milestone": milestone.id}).unique().one()
    return OnPage(milestone, has, found)


@built_once
def _on_page() -> Select[*tuple[Any, ...]]:
    return with_place().add_columns(*_kinds())


@built_once
def _attached() -> Select[*tuple[Any, ...]]:
    return select(*_kinds()).where(Milestone.id == number_of("milestone"))


def _kinds() -> list[ColumnElement[bool]]:
    """A column for each kind of thing, in the order of `Attached`."""
    part = aliased(Milestone)
    columns: dict[str, ColumnElement[bool]] = {
        "answers": _any(Answer.milestone_id),
        "approvals": _any(Approval.milestone_id),
        "comments": _any(Comment.milestone_id),
        "date_changes": _any(DateChange.milestone_id),
        "escalations": _any(Escalation.milestone_id),
        "events": _any(AuditEvent.subject_id, AuditEvent.subject == "milestone"),
        "evidence": _any(Evidence.milestone_id),
        # Those that count have an index, and are asked for first.
        "notices": or_(_any(Notice.milestone_id, Notice.ended_at.is_(None)), _any(Notice.milestone_id)),
        "predecessors": _any(predecessors.c.milestone_id),
        "publication": _any(Publication.milestone_id),
        "requests": _any(UpdateRequest.milestone_id),
        "waiting": or_(_any(predecessors.c.predecessor_id), _any(part.parent_id)),
    }
    return [columns[name].label(f"has_{name}") for name in Attached._fields]


def _any(column: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # Of one column, not of all: SQLite then looks into the index of sub-tasks instead of at every milestone.
    return exists(select(column).where(column == Milestone.id, *conditions).correlate(Milestone))


@built_once
def _publication() -> Select[Publication]:
    return (
        select(Publication)
        .where(Publication.milestone_id == number_of("milestone"))
        .options(
            joinedload(Publication.addresses),
            joinedload(Publication.copies).joinedload(PublicationCopy.receiver),
            joinedload(Publication.kept_copy),
        )
    )
