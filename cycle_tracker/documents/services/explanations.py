"""A new expected date with its explanation: it waives nothing, and the lag stays to be seen; and sharing it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Cause, Kind
from cycle_tracker.core.wording import day
from cycle_tracker.documents.queries.explanations import list_date_changes, unshared_explanation
from cycle_tracker.documents.queries.proposals import find_proposal
from cycle_tracker.documents.rules.explanations import ensure_new_date, not_open_yet, stands_apart
from cycle_tracker.models.date_change import NOTED, DateChange, DateChangeKind
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notices import restart_notices

NOTHING_TO_SHARE = "There is no explanation to share. It is shared already, or the date has changed."


def note_expected_date(
    milestone: Milestone,
    expected_on: date,
    explanation: str,
    *,
    shared: bool,
    by: User,
    today: date,
    now: datetime,
    proposed_by: User | None = None,
    at_a_meeting: bool = False,
    cause: Cause | None = None,
) -> DateChange:
    """Note a new expected date. `due_on` becomes that date and `target_on` keeps the guidance date.

    It counts only where somebody notes it who is not the owner, the proposer or one of the partnership's leads; or
    `at_a_meeting`, where the governance group decided it and its clerk records that, whoever the clerk is.
    Raises RuleBroken for such a person, for a document that does not open until later, for a day that is not to come,
    and for an explanation that says nothing.
    A proposal that waits is noted with it where it says the same, and otherwise declined: another date was noted.
    """
    ensure_open(milestone)
    ensure_begun(milestone, today)
    if not at_a_meeting:
        ensure_stands_apart(milestone, by, today, proposed_by_id=proposed_by.id if proposed_by else None)
    ensure_new_date(expected_on, explanation, present=milestone.due_on, today=today)
    change = _answered_proposal(
        milestone, expected_on, explanation, by=by, today=today, now=now, at_a_meeting=at_a_meeting
    )
    if change is None:
        change = DateChange(
            milestone_id=milestone.id,
            kind=DateChangeKind.EXPECTED,
            new_due_on=expected_on,
            reason=explanation.strip(),
            proposed_by_id=proposed_by.id if proposed_by else None,
        )
        db.session.add(change)
    change.cause, change.noted_by_id, change.noted_at = cause, by.id, now
    _work_to(milestone, change, shared=shared, by=by, now=now)
    return change


def _work_to(milestone: Milestone, change: DateChange, *, shared: bool, by: User, now: datetime) -> None:
    """The milestone is due on the new date from now on."""
    change.old_due_on, change.shared = milestone.due_on, shared
    audit.record_milestone(
        milestone,
        "expected-date-noted",
        by=by,
        at=now,
        before={"due_on": milestone.due_on},
        after={"due_on": change.new_due_on, "shared": shared},
        reason=change.reason,
    )
    milestone.due_on, milestone.expected_date, milestone.after_interim = change.new_due_on, True, False
    restart_notices(milestone, resolution=Resolution.NEW_DATE, now=now)
    db.session.flush()


def undo_expected_date(milestone: Milestone, change: DateChange, reason: str, *, by: User, now: datetime) -> bool:
    """Take back a new expected date that nobody should have noted: the due date before it holds again, and reminders
    restart from there. Its explanation counts no longer.

    Returns False, and changes nothing, for what is no longer open or has had yet another date since.
    """
    if not milestone.is_open or milestone.due_on != change.new_due_on or _newest_change(milestone) is not change:
        return False
    change.undone_at = now
    db.session.flush()
    earlier = _newest_change(milestone)
    milestone.due_on = change.old_due_on
    explained = (
        earlier is not None and earlier.kind is DateChangeKind.EXPECTED and earlier.new_due_on == change.old_due_on
    )
    follows = milestone.kind is Kind.PLAN and change.old_due_on not in (None, milestone.measured_on)
    milestone.after_interim = follows and not explained
    milestone.expected_date = explained or milestone.after_interim
    audit.record_milestone(
        milestone,
        "expected-date-undone",
        by=by,
        at=now,
        before={"due_on": change.new_due_on},
        after={"due_on": change.old_due_on},
        reason=reason,
    )
    restart_notices(milestone, resolution=Resolution.REOPENED, now=now)
    db.session.flush()
    return True


def _newest_change(milestone: Milestone) -> DateChange | None:
    """The change that gave the milestone its due date; None if no one has moved it."""
    return db.session.scalars(
        select(DateChange)
        .where(DateChange.milestone_id == milestone.id, NOTED)
        .order_by(DateChange.noted_at.desc(), DateChange.id.desc())
        .limit(1)
    ).one_or_none()


def share_explanation(document: Milestone, *, by: User, now: datetime) -> DateChange:
    """Share the explanation of the present due date of a plan or a report. From now on officials read it, and follow
    its date. It changes no date and no reminder.

    Who may propose a date may share what others agreed: the date counts already. It is not taken back, for officials
    may have read it; a newer explanation stands beside it. Raises RuleBroken where there is nothing to share.
    """
    change = unshared_explanation(list_date_changes(document.id), document.due_on)
    if change is None or not document.is_document or not document.is_open:
        raise RuleBroken(NOTHING_TO_SHARE)
    change.shared = True
    audit.record_milestone(
        document, "explanation-shared", by=by, at=now, before={"shared": False}, after={"shared": True}
    )
    # It counts as a change of the document: of two people who act at once the second is shown what the first did.
    flag_modified(document, "state")
    db.session.flush()
    return change


def ensure_open(milestone: Milestone) -> None:
    """Raises RuleBroken for what is done or closed: it needs no new date."""
    if not milestone.is_open:
        raise RuleBroken(f"This is {milestone.state.label.lower()}, so it needs no new date.")


def ensure_begun(milestone: Milestone, today: date) -> None:
    """Raises RuleBroken for a plan or a report whose time has not begun."""
    why = not_open_yet(is_document=milestone.is_document, opens_on=milestone.opens_on, today=today)
    if why:
        raise RuleBroken(why)


def ensure_stands_apart(
    milestone: Milestone,
    by: User,
    today: date,
    *,
    proposed_by_id: int | None = None,
    what: str = "agree the new date",
) -> None:
    """Raises RuleBroken for the owner, the proposer and the partnership's leads; `what` is not theirs to do."""
    if not stands_apart(
        viewer_of(by.id, today),
        milestone.partnership_id,
        owner_id=milestone.owner_id,
        proposed_by_id=proposed_by_id,
    ):
        raise RuleBroken(f"The owner and the planning leads cannot {what}. Someone else must do it.")


def _answered_proposal(
    milestone: Milestone,
    expected_on: date,
    explanation: str,
    *,
    by: User,
    today: date,
    now: datetime,
    at_a_meeting: bool,
) -> DateChange | None:
    """The proposal that waits, where this date and these words are its own; one that says another thing is declined."""
    proposal = find_proposal(milestone)
    if proposal is None:
        return None
    if (proposal.new_due_on, proposal.reason) == (expected_on, explanation.strip()):
        if not at_a_meeting:
            ensure_stands_apart(milestone, by, today, proposed_by_id=proposal.proposed_by_id)
        return proposal
    proposal.declined_by_id, proposal.declined_at = by.id, now
    proposal.declined_why = f"Another date was agreed instead, {day(expected_on)}."
    return None
