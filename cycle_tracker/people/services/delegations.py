"""Being away: who covers, from when to when, set by the person or by a planning lead, and ended early.

A deputy gets the emails that they may see, and may change what the person owns where they may change what they own
themselves: nothing that the deputy could not do before, and no vote in a group.
"""

from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import day
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.delegations import list_between, list_possible_deputies
from cycle_tracker.people.rules import Absence, closes_loop, ensure_days_away, may_set_away
from cycle_tracker.people.services.account_mails import notify_of_standing_in


def set_away(
    person: User,
    deputy: User,
    from_on: date,
    to_on: date,
    *,
    by: User,
    today: date,
    now: datetime,
    within_id: int | None = None,
) -> Delegation:
    """Set cover for a person. We email the deputy, and the person if it was set by another,
    who leads the planning of the partnership `within_id`.

    Raises RuleBroken where it is not theirs to say and, beside the field, for days that cannot be or that meet those of
    another absence of theirs, for a deputy who does not work where the person does, and for one whose own deputies
    would lead back to the person. Said twice alike it is one.
    """
    _ensure_person(person)
    _ensure_may_set(person, by, today, within_id)
    _wait_for_others(person, deputy)
    ensure_days_away(from_on, to_on, today)
    wanted = Absence(person.id, deputy.id, from_on, to_on)
    others = list_between(from_on, to_on)
    meets = next((one for one in others if one.user_id == person.id), None)
    if meets is not None and _absence(meets) == wanted:
        return meets
    if meets is not None:
        raise RuleBroken(
            f"These dates overlap with cover already set ({meets.deputy.name}, {_days(meets)}). "
            "End that cover first, or choose other dates.",
            field="from_on",
        )
    _ensure_may_stand_in(person, deputy, today)
    if closes_loop(wanted, [_absence(one) for one in others]):
        raise RuleBroken(_why_loop(deputy, list(others)), field="deputy")
    delegation = Delegation(user=person, deputy=deputy, from_on=from_on, to_on=to_on, set_by=by, set_at=now)
    db.session.add(delegation)
    db.session.flush()
    audit.forget_who_is_away()
    _record(delegation, "away-set", by=by, now=now)
    notify_of_standing_in(deputy, f"You are covering for {person.name}", delegation, now=now)
    if by.id != person.id:
        notify_of_standing_in(person, f"{deputy.name} is covering for you", delegation, now=now)
    return delegation


def end_away(delegation: Delegation, *, by: User, today: date, now: datetime, within_id: int | None = None) -> None:
    """End it: from now on the emails are the person's again. The deputy may too.

    Raises RuleBroken where that was done already, and where it is not theirs to do.
    """
    if by.id != delegation.deputy_id:
        _ensure_may_set(delegation.user, by, today, within_id)
    if delegation.ended_at is not None:
        raise RuleBroken("This cover has already ended.")
    delegation.ended_at = now
    audit.forget_who_is_away()
    _record(delegation, "away-ended", by=by, now=now)
    for who in (delegation.user, delegation.deputy):
        if who.id != by.id and who.active:
            notify_of_standing_in(
                who, f"{delegation.deputy.name} is no longer covering for {delegation.user.name}", delegation, now=now
            )
    db.session.flush()


def _ensure_person(person: User) -> None:
    if person.is_post:
        raise RuleBroken(f"{person.name} is a post and needs no cover. The people who act for it read its mailbox.")
    if not person.active:
        raise RuleBroken(f"{person.name} is switched off. Reassign their work instead.")


def _ensure_may_set(person: User, by: User, today: date, within_id: int | None) -> None:
    if by.id == person.id:
        return
    viewers = viewers_of([by.id, person.id], today)
    if len(viewers) < len({by.id, person.id}) or not may_set_away(viewers[by.id], viewers[person.id], within_id):
        raise RuleBroken(
            f"{person.name} is in a governance group or has a national role. They, or an administrator, need to set "
            "their cover."
        )


def _wait_for_others(person: User, deputy: User) -> None:
    """Two who name each other at the same moment would make a circle, so one of them waits for the other."""
    both = select(User.id).where(User.id.in_([person.id, deputy.id])).order_by(User.id)
    db.session.execute(both.with_for_update())


def _ensure_may_stand_in(person: User, deputy: User, today: date) -> None:
    """Raises RuleBroken for the person themselves, a post, somebody switched off, and anybody who works elsewhere."""
    if deputy.id == person.id:
        raise RuleBroken("Choose someone else. A person cannot cover for themselves.", field="deputy")
    viewer = viewers_of([person.id], today).get(person.id)
    if viewer is None or deputy.id not in {one.id for one in list_possible_deputies(viewer, today)}:
        raise RuleBroken(f"{deputy.name} has no role where {person.name} works, so cannot cover.", field="deputy")


def _why_loop(deputy: User, others: list[Delegation]) -> str:
    away = next((one for one in others if one.user_id == deputy.id), None)
    if away is None:
        return f"{deputy.name} cannot cover on those dates. Choose someone else."
    return f"{deputy.name} is away then too ({_days(away)}). Choose someone else."


def _absence(delegation: Delegation) -> Absence:
    return Absence(delegation.user_id, delegation.deputy_id, delegation.from_on, delegation.to_on)


def _days(delegation: Delegation) -> str:
    if delegation.from_on == delegation.to_on:
        return f"on {day(delegation.from_on)}"
    return f"{day(delegation.from_on)} to {day(delegation.to_on)}"


def _record(delegation: Delegation, action: str, *, by: User, now: datetime) -> None:
    audit.record(
        "user",
        delegation.user_id,
        action,
        by=by,
        at=now,
        after={
            "delegation_id": delegation.id,
            "deputy_id": delegation.deputy_id,
            "from_on": delegation.from_on,
            "to_on": delegation.to_on,
        },
    )
