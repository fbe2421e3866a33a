"""Invitations that no one has accepted yet, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cycle_tracker.core.clock import london_day
from cycle_tracker.models.access import Invitation
from cycle_tracker.people.services.invitations import place_of
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import day

INVITATION_COLUMNS = ("Name", "Email address", "Role", "Where", "Invited by", "Invited on", "Valid until", "Status")


@dataclass(frozen=True)
class InvitationRow:
    """One invitation that no one has accepted yet."""

    id: int
    name: str
    email: str
    role: str
    where: str
    invited: str
    until: str
    run_out: bool


def invitation_lines(invitations: Iterable[Invitation], now: datetime) -> list[InvitationRow]:
    """Invitations that no one has accepted yet."""
    return [
        InvitationRow(
            id=one.id,
            name=one.name,
            email=one.email,
            role=one.role.label,
            where=place_of(one),
            invited=f"{day(london_day(one.invited_at))}, by {one.invited_by.name}",
            until=day(london_day(one.expires_at)),
            run_out=one.expires_at <= now,
        )
        for one in invitations
    ]


def invitation_rows(invitations: Iterable[Invitation], now: datetime) -> list[Sequence[Cell]]:
    """The same as a file has it."""
    return [
        (
            one.name,
            one.email,
            one.role.label,
            place_of(one),
            one.invited_by.name,
            london_day(one.invited_at),
            london_day(one.expires_at),
            "Expired" if one.expires_at <= now else "Open",
        )
        for one in invitations
    ]
