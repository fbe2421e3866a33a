"""Absences in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cycle_tracker.models.delegation import Delegation
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class CoverRow:
    """One absence: what it says, who set it where another did, and the address that ends it."""

    what: str
    days: str
    note: str
    is_now: bool
    end_address: str


def own_lines(found: Iterable[Delegation], user_id: int, today: date) -> list[CoverRow]:
    """One's own absences, and those in which one covers for another."""
    return [
        CoverRow(
            what=f"{one.deputy.name} covers for you" if one.user_id == user_id else f"You cover for {one.user.name}",
            days=days_wording(one),
            note=_note(one, user_id),
            is_now=_is_now(one, today),
            end_address=url_for("delegations.end_mine", delegation_id=one.id),
        )
        for one in found
    ]


def lines_of(found: Iterable[Delegation], slug: str, today: date, *, may_end: bool) -> list[CoverRow]:
    """The absences of a person, as the planning lead of one of their partnerships sees them."""
    return [
        CoverRow(
            what=f"{one.deputy.name} covers for {one.user.name}",
            days=days_wording(one),
            note=_note(one, one.user_id),
            is_now=_is_now(one, today),
            end_address=url_for("delegations.end_within", slug=slug, person_id=one.user_id, delegation_id=one.id)
            if may_end
            else "",
        )
        for one in found
    ]


def days_wording(delegation: Delegation) -> str:
    """From when to when: `4 August 2026 to 14 August 2026`."""
    if delegation.from_on == delegation.to_on:
        return day(delegation.from_on)
    return f"{day(delegation.from_on)} to {day(delegation.to_on)}"


def _is_now(delegation: Delegation, today: date) -> bool:
    return delegation.from_on <= today <= delegation.to_on


def _note(delegation: Delegation, reader_id: int) -> str:
    notes = [] if delegation.set_by_id in {delegation.user_id, reader_id} else [f"Set by {delegation.set_by.name}"]
    if not delegation.deputy.active:
        notes.append(f"{delegation.deputy.name} is switched off, so there is no cover")
    return ". ".join(notes)
