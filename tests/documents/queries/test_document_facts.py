"""What one statement says of many documents is what the rows of each say: for every version, copy and explanation."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.document_facts import facts_of, known_documents, published_and_notified
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy, Version
from tests.factories import make_government, make_milestone, make_organisation, make_partnership, make_report

pytestmark = pytest.mark.alike_on_both_databases

NOW = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)
PUBLISHED, INTERIM_UNTIL, EXPLAINED = date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 30)
DAYS = [date(2026, 3, 1), date(2026, 6, 30), INTERIM_UNTIL, date(2026, 10, 1), date(2026, 11, 2), date(2026, 12, 1)]
# Of each explanation, the oldest first: whether it is shared, and whether it is noted.
EXPLANATIONS: tuple[list[tuple[bool, bool]], ...] = (
    [],
    [(True, True)],
    [(True, True), (False, True)],
    [(True, True), (True, False)],
    [(False, True)],
)


def make_document(
    partnership: Partnership, kind: Kind, state: State, version: Version | None, receiver: Organisation | None
) -> Milestone:
    key = f"2023-26.{kind}-{state}-{version}-{db.session.query(Milestone).count()}"
    if kind is Kind.PLAN:
        document = make_milestone(partnership, key=key, kind=kind, due_on=date(2026, 4, 1), state=state)
    else:
        document = make_report(partnership, key=key, state=state)
    if version is not None:
        until = INTERIM_UNTIL if version is Version.INTERIM else None
        published = Publication(
            milestone=document, version=version, published_on=PUBLISHED, interim_until=until, recorded_from=NOW
        )
        db.session.add(published)
        if receiver is not None:
            published.copies.append(PublicationCopy(receiver=receiver, sent_on=PUBLISHED))
    return document


def explain(document: Milestone, explanations: list[tuple[bool, bool]]) -> DateChange | None:
    """Explain a document; the newest explanation that officials may read."""
    newest = None
    for number, (shared, noted) in enumerate(explanations):
        change = DateChange(
            milestone_id=document.id,
            kind=DateChangeKind.EXPECTED,
            new_due_on=EXPLAINED + timedelta(days=7 * number),
            reason="The data came late.",
            shared=shared,
            noted_at=NOW if noted else None,
        )
        db.session.add(change)
        newest = change if shared and noted else newest
    return newest


def test_one_statement_says_of_each_document_what_its_rows_say(core_app: Flask) -> None:
    place, government, other = make_partnership(), make_government(), make_organisation("Moray Council")
    kinds, states = (Kind.PLAN, Kind.ANNUAL_REPORT), (State.NOT_STARTED, State.DONE, State.NOT_REQUIRED)
    made = [
        (document := make_document(place, kind, state, version, receiver), explain(document, explanations))
        for kind, state, version, receiver in product(kinds, states, (None, *Version), (None, government, other))
        for explanations in EXPLANATIONS
        if receiver is None or (version is not None and not explanations)
    ]
    db.session.commit()
    documents = [document for document, _ in made]
    known, published = known_documents([one.id for one in documents]), published_and_notified(documents)
    for document, explanation in made:
        publication, notified = published.get(document.id, (None, False))
        facts = facts_of(document, publication, explanation, notified=notified)
        found = known[document.id]
        assert (found.facts.published, found.facts.is_prepared) == (facts.published, facts.is_prepared), document.key
        for day in DAYS:
            assert document_state(found.facts, day) is document_state(facts, day), (document.key, day)
        assert found.is_explained == (explanation is not None)
        assert found.published_on == (PUBLISHED if facts.published else None)
