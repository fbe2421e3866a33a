"""The documents that officials can ask about, and what officials may know of them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN, within
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.document_states import EXPLAINED_AHEAD
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries.document_facts import facts_of
from cycle_tracker.documents.queries.explanations import shared_explanations
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.requests.rules import RequestSubject


def list_documents_to_ask(viewer: Viewer, milestone_ids: Collection[int], *, hold: bool = False) -> Sequence[Milestone]:
    """The documents among these that are open, where the person may ask about them; others are left out.

    With partnership and owner, by partnership. In one statement. With `hold`, until the end of the transaction no one
    else asks about them or finishes them.
    """
    statement = (
        select(Milestone)
        .join(Milestone.partnership)
        .where(
            Milestone.id.in_(milestone_ids),
            IS_DOCUMENT,
            IS_OPEN,
            within(Milestone.partnership_id, viewer, Permission.ASK_FOR_UPDATES),
        )
        .options(contains_eager(Milestone.partnership), joinedload(Milestone.owner))
        .order_by(Partnership.name, Milestone.target_on, Milestone.id)
    )
    return db.session.scalars(statement.with_for_update(of=Milestone) if hold else statement).all()


def as_asked(documents: Sequence[Milestone], today: date) -> list[RequestSubject]:
    """What officials may know of these open documents, in their order; in one statement."""
    explanations = shared_explanations(documents)
    found = []
    for document in documents:
        explanation = explanations.get(document.id)
        state = document_state(facts_of(document, None, explanation, notified=False), today)
        expected_on = explanation.new_due_on if explanation and state in EXPLAINED_AHEAD else None
        place = document.partnership.name if document.partnership else "Scotland"
        joined = document.notify_from is not None
        subject = RequestSubject(
            document.title,
            place,
            state,
            document.measured_on,
            expected_on,
            document.date_basis,
            joined,
            document.own_start_on is not None,
        )
        found.append(subject)
    return found
