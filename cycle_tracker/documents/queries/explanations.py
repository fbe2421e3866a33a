"""New expected dates and their explanations, and every other change of a date."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import Select, func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of, numbers_of
from cycle_tracker.models.date_change import NOTED, DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone


def shared_explanations(milestones: Iterable[Milestone]) -> dict[int, DateChange]:
    """By milestone, the newest explanation that officials may see.

    One that is not shared moves the due date, and does not change what officials see.
    """
    return _by_milestone(_newest_of_each(shared=True), [milestone.id for milestone in milestones])


def newest_explanations(milestone_ids: Collection[int]) -> dict[int, DateChange]:
    """The newest explanation noted for each of these milestones, where there is one, shared or not."""
    return _by_milestone(_newest_of_each(shared=False), milestone_ids)


def list_date_changes(milestone_id: int) -> Sequence[DateChange]:
    """Every change of a milestone's date and every proposal of one, the newest first. One statement."""
    return db.session.scalars(_date_changes(), {"milestone": milestone_id}).all()


@built_once
def _date_changes() -> Select[DateChange]:
    of_milestone = DateChange.milestone_id == number_of("milestone")
    return select(DateChange).where(of_milestone).order_by(DateChange.id.desc())


def current_note(milestone_id: int, *, shared_only: bool) -> DateChange | None:
    """The one current note on why a date is late or was moved: the newest explanation, agreed or still proposed, that
    was neither declined nor taken back. Every form that asks why begins with its words. With `shared_only` the newest
    that officials may read, for a form whose words go to them. One statement."""
    return next((one for one in list_date_changes(milestone_id) if _is_note(one, shared_only=shared_only)), None)


def _is_note(change: DateChange, *, shared_only: bool) -> bool:
    stands = change.declined_at is None and change.undone_at is None
    return change.kind is DateChangeKind.EXPECTED and stands and (change.shared or not shared_only)


def newest_noted(changes: Iterable[DateChange], *, shared: bool) -> DateChange | None:
    """Of changes that are in this order, the newest explanation that was noted; or that officials may see."""
    return next(
        (
            change
            for change in changes
            if change.kind is DateChangeKind.EXPECTED and change.counts and (change.shared or not shared)
        ),
        None,
    )


def unshared_explanation(changes: Iterable[DateChange], due_on: date | None) -> DateChange | None:
    """The explanation of the present due date, where it was agreed and is not shared; None where there is none.
    `changes` are in the order of `list_date_changes`."""
    newest = newest_noted(changes, shared=False)
    return newest if newest is not None and not newest.shared and newest.new_due_on == due_on else None


@built_once
def _newest_of_each(*, shared: bool) -> Select[DateChange]:
    newest = select(func.max(DateChange.id)).where(
        DateChange.milestone_id.in_(numbers_of("milestones")),
        DateChange.kind == DateChangeKind.EXPECTED,
        NOTED,
        *([DateChange.shared] if shared else []),
    )
    newest = newest.group_by(DateChange.milestone_id)
    return select(DateChange).where(DateChange.id.in_(newest)).order_by(DateChange.id)


def _by_milestone(statement: Select[DateChange], milestone_ids: Collection[int]) -> dict[int, DateChange]:
    changes = db.session.scalars(statement, {"milestones": list(milestone_ids)})
    return {change.milestone_id: change for change in changes}
