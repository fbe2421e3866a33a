"""Changing when people are notified: checked, recorded with what applied before, and the bookmarks set back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.core.extensions import db
from cycle_tracker.models.notice import NoticePolicy
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.deadlines import change_of, policies_now
from cycle_tracker.reminders.queries.policies import SUBJECT, PolicyScope, find_policy, national_at
from cycle_tracker.reminders.rules.policies import PolicyChange
from cycle_tracker.reminders.rules.policy_rules import ensure_may_set
from cycle_tracker.reminders.services.bookmarks import ask_again

# The version of a place at which nothing was changed yet.
NEVER_SET = 0


def version_of(policy: NoticePolicy | None) -> int:
    """What a form carries, so that of two people who change the same policy the second learns of the first."""
    return policy.version if policy else NEVER_SET


def as_kept(policy: NoticePolicy | None, wanted: PolicyChange, today: date) -> PolicyChange:
    """The change as it will be kept. Days before that were a place's own and are given up are set back from today on,
    and only other days before begin a new count of what is not sent late."""
    own = wanted.before
    if own is None and policy is not None and policy.before is not None:
        own = ()
    same = policy is not None and (list(own) if own is not None else None) == policy.before
    in_force_from = policy.in_force_from if policy is not None and same else today
    return PolicyChange(in_force_from, before=own, repeats=wanted.repeats, rungs=wanted.rungs)


def check_policy(where: PolicyScope, wanted: PolicyChange, *, by_a_lead: bool) -> None:
    """Raises RuleBroken where this may not be set there."""
    ensure_may_set(wanted, national_at(where, policies_now().changes), by_a_lead=by_a_lead)


def set_policy(
    where: PolicyScope, wanted: PolicyChange, *, version: int, by_a_lead: bool, by: User, today: date, now: datetime
) -> NoticePolicy | None:
    """Let this hold at a place from today on; a part that is None is as it would be without it.

    Raises RuleBroken where a rule refuses, and ChangedMeanwhile where somebody else changed it since `version`.
    What is as it was changes nothing.
    """
    policy = find_policy(where.place)
    if version_of(policy) != version:
        raise ChangedMeanwhile("Someone else changed these settings first.")
    check_policy(where, wanted, by_a_lead=by_a_lead)
    kept = as_kept(policy, wanted, today)
    if policy is not None and change_of(policy) == kept:
        return policy
    if policy is None:
        if wanted.before is None and wanted.repeats is None and wanted.rungs is None:
            return None
        policy = NoticePolicy(place=where.place, kind=where.kind, partnership_id=where.partnership_id)
        db.session.add(policy)
    before = parts_of(policy)
    policy.before = list(kept.before) if kept.before is not None else None
    policy.first_after = kept.repeats.first_after if kept.repeats else None
    policy.repeat_every = kept.repeats.repeat_every if kept.repeats else None
    policy.rungs = (
        [[rung.days, [one.value for one in rung.audiences]] for rung in kept.rungs] if kept.rungs is not None else None
    )
    policy.in_force_from = kept.in_force_from
    try:
        db.session.flush()
    except IntegrityError as error:
        raise ChangedMeanwhile("Someone else changed these settings at the same time.") from error
    audit.record(
        SUBJECT,
        policy.id,
        "policy-set",
        by=by,
        at=now,
        partnership_id=where.partnership_id,
        before=before,
        after={"place": policy.place, **parts_of(policy)},
    )
    ask_again(where.which, today)
    db.session.flush()
    return policy


def parts_of(policy: NoticePolicy) -> dict[str, Any]:
    """What a place changes, as the audit keeps it; a part that is None is as it would be without it."""
    return {
        "before": policy.before or None,
        "first_after": policy.first_after,
        "repeat_every": policy.repeat_every,
        "rungs": policy.rungs,
    }
