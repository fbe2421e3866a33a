"""A milestone for its page: the row with its place, and of which kinds of thing there are any.

The page has a dozen parts, and most milestones have something in few of them. The statement that finds the milestone
says in which; the others are not asked for. Every kind has its column here, whichever capability shows it, because one
statement asks for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, not_, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.statements import built_once, columns_of, detached, number_of, parts_of, rows_of
from cycle_tracker.milestones.queries.milestones import ensure_may_see
from cycle_tracker.models.answer import Answer
from cycle_tracker.models.approval import Approval, Direction, Disagreement, OwnStart, Revision
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.evidence import Comment, Evidence, StoredFile
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.officials import ActOnBehalf, UpdateRequest
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationAddress, PublicationCopy
from cycle_tracker.models.user import User


class Attached(NamedTuple):
    """Of which kinds of thing a milestone has any."""

    acts_on_behalf: bool
    """What officials recorded about it for the partnership."""
    answers: bool
    approvals: bool
    before_own_start: bool
    """A plan of its period that started after the year on which this reports had ended."""
    beside_plan: bool
    """What is recorded beside a plan: its own start, notices of disagreement, directions."""
    comments: bool
    copies: bool
    """Copies that were sent of a plan which is not published itself."""
    date_changes: bool
    escalations: bool
    events: bool
    evidence: bool
    notices: bool
    predecessors: bool
    publication: bool
    requests: bool
    revisions: bool
    """Revisions of a plan: in preparation, published after one, or abandoned."""
    versions: bool
    """Rows of its versions besides the present one: earlier ones, corrected ones, undone ones."""
    waiting: bool
    """Milestones that wait for this one, and its sub-tasks."""


@dataclass(frozen=True)
class OnPage:
    """A milestone, of what it has any, and what is published of it, a draft too. `copies` were sent of a plan before it
    was published itself."""

    milestone: Milestone
    has: Attached
    publication: Publication | None
    copies: Sequence[PublicationCopy] = ()


def get_milestone_on_page(viewer: Viewer, slug: str, key: str) -> OnPage:
    """One milestone for its page, which only reads it: in one statement, one more for what is published, and one for
    copies that were sent before that.

    Raises NoResultFound where there is none or the person may not see it.
    """
    found = rows_of(_on_page(), slug=slug, key=key)
    if not found:
        raise NoResultFound
    *place, owner, lead = parts_of(found[0], *_WITH_PLACE)
    milestone, partnership, cycle = place
    on_page = detached(
        Milestone,
        milestone,
        partnership=detached(Partnership, partnership),
        cycle=detached(Cycle, cycle) if cycle else None,
        owner=detached(User, owner) if owner else None,
        lead_organisation=detached(Organisation, lead) if lead else None,
    )
    ensure_may_see(viewer, on_page)
    return _with_publication(on_page, Attached(*found[0][-len(Attached._fields) :]))


def put_on_page(milestone: Milestone) -> OnPage:
    """The same for a milestone that was fetched already."""
    return _with_publication(milestone, Attached(*rows_of(_attached(), milestone=milestone.id)[0]))


_WITH_PLACE = (Milestone, Partnership, Cycle, User, Organisation)


@built_once
def _on_page() -> Select[*tuple[Any, ...]]:
    return (
        select(*columns_of(*_WITH_PLACE), *_kinds())
        .select_from(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .outerjoin(Milestone.lead_organisation)
        .where(Partnership.slug == bindparam("slug"), Milestone.key == bindparam("key"))
    )


@built_once
def _attached() -> Select[*tuple[Any, ...]]:
    return select(*_kinds()).where(Milestone.id == number_of("milestone"))


# Of a copy: it was sent of the plan before that was published, and not of a revision of it.
_COMES_FIRST = and_(PublicationCopy.publication_id.is_(None), PublicationCopy.revision_id.is_(None))


def _kinds() -> list[ColumnElement[bool]]:
    """A column for each kind of thing, in the order of `Attached`."""
    part, plan = aliased(Milestone), aliased(Milestone)
    columns: dict[str, ColumnElement[bool]] = {
        "acts_on_behalf": _any(ActOnBehalf.milestone_id),
        "answers": _any(Answer.milestone_id),
        "approvals": _any(Approval.milestone_id),
        "before_own_start": _any(plan.cycle_id, plan.own_start_on > Milestone.reports_on, of=Milestone.cycle_id),
        "beside_plan": or_(
            *(_any(one.milestone_id, one.undone_at.is_(None)) for one in (OwnStart, Disagreement, Direction))
        ),
        "comments": _any(Comment.milestone_id),
        "copies": _any(PublicationCopy.milestone_id, _COMES_FIRST),
        "date_changes": _any(DateChange.milestone_id),
        "escalations": _any(Escalation.milestone_id),
        "events": _any(AuditEvent.subject_id, AuditEvent.subject == "milestone"),
        "evidence": _any(Evidence.milestone_id),
        # Those that count have an index, and are asked for first.
        "notices": or_(_any(Notice.milestone_id, Notice.ended_at.is_(None)), _any(Notice.milestone_id)),
        "predecessors": _any(predecessors.c.milestone_id),
        "publication": _any(Publication.milestone_id, Publication.is_present.is_(True)),
        "revisions": _any(Revision.milestone_id),
        "requests": _any(UpdateRequest.milestone_id),
        "versions": _any(Publication.milestone_id, not_(Publication.is_present)),
        "waiting": or_(_any(predecessors.c.predecessor_id), _any(part.parent_id)),
    }
    return [columns[name].label(f"has_{name}") for name in Attached._fields]


def _any(column: Any, *conditions: ColumnElement[bool], of: Any = Milestone.id) -> ColumnElement[bool]:
    # Of one column, not of all: SQLite then looks into the index of sub-tasks instead of at every milestone.
    return exists(select(column).where(column == of, *conditions).correlate(Milestone))


def _with_publication(milestone: Milestone, has: Attached) -> OnPage:
    copies = _waiting_copies(milestone) if has.copies else []
    if not has.publication:
        return OnPage(milestone, has, None, copies)
    rows = [parts_of(row, *_PUBLISHED) for row in rows_of(_publication(), milestone=milestone.id)]
    published, kept, *_ = rows[0]
    addresses = {address[0]: address for _, _, address, _, _ in rows if address}
    sent = {copy[0]: (copy, receiver) for _, _, _, copy, receiver in rows if copy}
    publication = detached(
        Publication,
        published,
        milestone=milestone,
        kept_copy=detached(StoredFile, kept) if kept else None,
        addresses=[detached(PublicationAddress, addresses[number]) for number in sorted(addresses)],
        copies=[
            detached(PublicationCopy, copy, receiver=detached(Organisation, receiver))
            for _, (copy, receiver) in sorted(sent.items())
        ],
    )
    return OnPage(milestone, has, publication, copies)


def _waiting_copies(milestone: Milestone) -> list[PublicationCopy]:
    rows = [parts_of(row, PublicationCopy, Organisation) for row in rows_of(_waiting(), milestone=milestone.id)]
    return [detached(PublicationCopy, copy, receiver=detached(Organisation, receiver)) for copy, receiver in rows]


@built_once
def _waiting() -> Select[*tuple[Any, ...]]:
    return (
        select(*columns_of(PublicationCopy, Organisation))
        .select_from(PublicationCopy)
        .join(PublicationCopy.receiver)
        .where(PublicationCopy.milestone_id == number_of("milestone"), _COMES_FIRST)
        .order_by(PublicationCopy.id)
    )


_PUBLISHED = (Publication, StoredFile, PublicationAddress, PublicationCopy, Organisation)


@built_once
def _publication() -> Select[*tuple[Any, ...]]:
    return (
        select(*columns_of(*_PUBLISHED))
        .select_from(Publication)
        .outerjoin(Publication.kept_copy)
        .outerjoin(Publication.addresses)
        .outerjoin(Publication.copies)
        .outerjoin(PublicationCopy.receiver)
        .where(Publication.milestone_id == number_of("milestone"), Publication.is_present)
    )
