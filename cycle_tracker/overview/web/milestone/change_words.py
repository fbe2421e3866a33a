"""Dates that moved or were proposed, and what the governance group decided, in plain sentences."""

from collections.abc import Iterator
from datetime import datetime

from cycle_tracker.governance.services.decision_words import deed_of, meeting_words, recorded_by
from cycle_tracker.milestones.web.entries import Entry, name_of
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.overview.queries.histories import History
from cycle_tracker.web.wording import day


def change_entries(history: History, *, shared_only: bool) -> list[Entry]:
    """What happened to the dates of a milestone, and what was decided on it.

    With `shared_only`, what officials may read of it: the new expected dates that were shared, and who noted them.
    """
    if shared_only:
        shown = [one for one in history.date_changes if one.shared and one.kind is DateChangeKind.EXPECTED]
        entries = [_noted(change, history, in_full=False) for change in shown if change.noted_at is not None]
        return entries + [_undone(change.undone_at, change) for change in shown if change.undone_at is not None]
    entries = [entry for change in history.date_changes for entry in _of_change(change, history)]
    entries += [_of_decision(one) for one in history.decisions if one.outcome is not DecisionOutcome.NEW_DATE]
    entries += [entry for one in history.decisions for entry in _of_dispute(one, history)]
    return entries


def _of_change(change: DateChange, history: History) -> Iterator[Entry]:
    """When it was proposed, and what became of it."""
    proposer = name_of(change.proposed_by_id, history.names)
    if change.proposed_at is not None:
        yield Entry(
            change.proposed_at, f"{proposer} proposed a new expected date of {day(change.new_due_on)}", change.reason
        )
    if change.declined_at is not None:
        yield _declined(change, proposer, history)
    if change.noted_at is not None:
        yield _noted(change, history, in_full=True)


def _declined(change: DateChange, proposer: str, history: History) -> Entry:
    at = change.declined_at
    if at is None:
        raise ValueError("it was not declined")
    proposed = f"proposed date of {day(change.new_due_on)}"
    if change.declined_by_id == change.proposed_by_id:
        return Entry(at, f"{proposer} withdrew the {proposed}")
    return Entry(at, f"{name_of(change.declined_by_id, history.names)} declined the {proposed}", change.declined_why)


def _noted(change: DateChange, history: History, *, in_full: bool) -> Entry:
    at, who = change.noted_at, name_of(change.noted_by_id, history.names)
    if at is None:
        raise ValueError("a date change that was not agreed has not happened")
    # Of one document the main reason stays in the partnership: officials read totals.
    cause = f"Main reason: {change.cause.label.lower()}." if change.cause and in_full else ""
    if change.kind is DateChangeKind.LOCAL:
        what = f"{who} moved the date from {day(change.old_due_on)} to {day(change.new_due_on)}"
        return Entry(at, what, " ".join(words for words in (change.reason, cause) if words))
    decision = next((one for one in history.decisions if _is_of(one, change)), None)
    what = f"agreed a new expected date of {day(change.new_due_on)}"
    seen = "Shared with the Scottish Government." if change.shared else "Not shared with the Scottish Government."
    details = [
        change.reason,
        cause,
        seen,
        f"{meeting_words(decision)}." if decision and in_full and meeting_words(decision) else "",
    ]
    return Entry(at, _by_whom(decision, who, what), " ".join(words for words in details if words))


def _undone(at: datetime, change: DateChange) -> Entry:
    """For officials, who do not see what became of a decision: that it counts no longer."""
    return Entry(at, f"The new expected date of {day(change.new_due_on)} no longer counts")


def _of_decision(decision: Decision) -> Entry:
    details = [decision.text, f"{meeting_words(decision)}." if meeting_words(decision) else ""]
    return Entry(
        decision.recorded_at,
        _by_whom(decision, decision.recorded_by.name, deed_of(decision)),
        " ".join(words for words in details if words),
    )


def _of_dispute(decision: Decision, history: History) -> Iterator[Entry]:
    """That the chair disputed it, and the date that holds again if it had noted another."""
    if decision.disputed_at is None or decision.disputed_by is None:
        return
    undone = next((one for one in history.date_changes if _is_of(decision, one) and one.undone_at), None)
    again = f" The due date is {day(undone.old_due_on)} again." if undone is not None else ""
    what = f"disputed that the governance group {deed_of(decision)}"
    yield Entry(decision.disputed_at, f"{decision.disputed_by.name} (chair) {what}", f"{decision.dispute}{again}")


def _by_whom(decision: Decision | None, who: str, what: str) -> str:
    """A sentence with the right subject: a person, a member for the group, or the group itself by its clerk."""
    if decision is None:
        return f"{who} {what}"
    if decision.made_by_id is not None:
        return f"{who}, for the governance group, {what}"
    return f"The governance group {what}, {recorded_by(decision)}"


def _is_of(decision: Decision, change: DateChange) -> bool:
    """True where the change was the group's decision."""
    return decision.outcome is DecisionOutcome.NEW_DATE and decision.recorded_at == change.noted_at
