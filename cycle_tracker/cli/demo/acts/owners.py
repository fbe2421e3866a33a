"""Who owns what in the demo: the lead, somebody who contributes, or now and then nobody yet."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import update

from cycle_tracker.cli.demo.chances import one_in
from cycle_tracker.cli.demo.people import People
from cycle_tracker.cli.demo.scenes import entry_name
from cycle_tracker.core.extensions import db
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

# Steps that somebody other than the lead owns where there is such a person.
CONTRIBUTED = frozenset({"needs-assessment", "engage-families", "resources", "draft-report", "review"})


def assign_owners(milestones: Iterable[Milestone], slug: str, people: People) -> None:
    """Give the milestones of a cycle their owners, in one statement for each of them."""
    owned: dict[int, list[int]] = defaultdict(list)
    for milestone in milestones:
        owner = _owner(milestone, slug, people)
        if owner is not None:
            owned[owner.id].append(milestone.id)
    for owner_id, milestone_ids in owned.items():
        db.session.execute(update(Milestone).where(Milestone.id.in_(milestone_ids)).values(owner_id=owner_id))


def _owner(milestone: Milestone, slug: str, people: People) -> User | None:
    if entry_name(milestone) in CONTRIBUTED:
        return people.contributor_or_lead(slug)
    if not milestone.is_document and one_in(14, slug, milestone.key, "owner"):
        return None
    return people.leads[slug]
