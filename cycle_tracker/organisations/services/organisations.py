"""Organisations of the address book: added, changed, accepted, and taken out of use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from cycle_tracker.access.queries.tenures import body_lasts_beyond
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.models.organisation import SET_BY_LAW, OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.queries.organisations import find_by_name
from cycle_tracker.organisations.rules import LONGEST_CODE, clean_code, is_code, is_own_code, own_code
from cycle_tracker.partnerships.queries.bodies import find_organisation
from cycle_tracker.people.services.users import valid_email

LONGEST_NAME, LONGEST_MAILBOX = 200, 254


@dataclass(frozen=True)
class OrganisationDetails:
    """What an organisation is, as it was typed. Without a code it gets one of the service's own, or keeps its code."""

    name: str
    kind: OrganisationKind
    mailbox: str = ""
    code: str = ""


def add_organisation(
    details: OrganisationDetails, *, partnership: Partnership | None = None, by: User | None, now: datetime
) -> Organisation:
    """A new organisation; with a partnership, one that is for it alone until an administrator accepts it.

    Raises RuleBroken, beside the field, for what cannot be, and for a name or code that is in the list already.
    """
    if partnership is not None:
        lock(partnership)
    _ensure_kind(details.kind)
    name, mailbox, code = valid_name(details.name), valid_mailbox(details.mailbox), valid_code(details.code)
    within = partnership.id if partnership else None
    _ensure_new_name(name, within=within)
    _ensure_new_code(code)
    organisation = Organisation(
        code=code or uuid4().hex[:LONGEST_CODE], name=name, kind=details.kind, mailbox=mailbox or None
    )
    organisation.added_by_id = within
    db.session.add(organisation)
    db.session.flush()
    organisation.code = code or own_code(organisation.id)
    _record(organisation, "added", by=by, now=now, after=_facts(organisation))
    db.session.flush()
    return organisation


def change_organisation(
    organisation: Organisation, details: OrganisationDetails, *, by: User | None, now: datetime
) -> bool:
    """Set what an organisation is. Its old official code still finds it. Returns whether anything changed.

    Raises RuleBroken, beside the field, for what cannot be: those that the law names keep their kind and code.
    """
    name, mailbox = valid_name(details.name), valid_mailbox(details.mailbox)
    code = valid_code(details.code) or organisation.code
    if organisation.kind in SET_BY_LAW and (details.kind, code) != (organisation.kind, organisation.code):
        raise RuleBroken(f"The law names {organisation.name}, so its kind and code stay as they are.", field="kind")
    if details.kind is not organisation.kind:
        _ensure_kind(details.kind)
    if name != organisation.name:
        _ensure_new_name(name, within=organisation.added_by_id if organisation.is_waiting else None, but=organisation)
    if code != organisation.code:
        _ensure_new_code(code, but=organisation)
    before, old_code = _facts(organisation), organisation.code
    organisation.name, organisation.kind, organisation.mailbox = name, details.kind, mailbox or None
    if code != old_code:
        _change_code(organisation, code)
    after = _facts(organisation)
    if after == before:
        return False
    if {**after, "mailbox": ""} != {**before, "mailbox": ""}:
        organisation.edited = True
    _record(organisation, "changed", by=by, now=now, before=before, after=after)
    db.session.flush()
    return True


def accept_organisation(organisation: Organisation, *, by: User, now: datetime) -> None:
    """Let every partnership use what one added. Doing it twice does it once.

    Raises RuleBroken for a name that is in the list already: then the two are to be merged.
    """
    _lock_as_it_is(organisation)
    if not organisation.is_waiting:
        return
    same = find_by_name(organisation.name, within=None)
    if same is not None:
        raise RuleBroken(
            f"{same.name} is already in the list. Merge this organisation into it, or rename this one first."
        )
    organisation.accepted_at = now
    _record(organisation, "accepted", by=by, now=now)
    db.session.flush()


def set_in_use(organisation: Organisation, *, in_use: bool, by: User, today: date, now: datetime) -> None:
    """Say whether an organisation can be chosen. Raises RuleBroken for one that still has a role, that the law names or
    that was merged."""
    _lock_as_it_is(organisation)
    if organisation.in_use is in_use:
        return
    if organisation.merged_into_id is not None:
        raise RuleBroken("This organisation was merged into another one, so it cannot be used again.")
    if organisation.kind in SET_BY_LAW:
        raise RuleBroken(f"The law names {organisation.name}, so it stays in use.")
    if not in_use:
        _ensure_no_part(organisation, today)
    organisation.in_use = in_use
    _record(organisation, "used-again" if in_use else "not-in-use", by=by, now=now)
    db.session.flush()


def _lock_as_it_is(organisation: Organisation) -> None:
    """Wait for whoever decides about it, and see what they decided."""
    lock(organisation)
    db.session.refresh(organisation)


def valid_name(name: str) -> str:
    """A name on one line. Raises RuleBroken for an empty one or one that is too long."""
    tidy = one_line(name)
    if not 1 <= len(tidy) <= LONGEST_NAME:
        raise RuleBroken(f"The name must be 1 to {LONGEST_NAME} characters.", field="name")
    return tidy


def valid_mailbox(mailbox: str) -> str:
    """An email address in small letters, or nothing. Raises RuleBroken for what is no address."""
    tidy = one_line(mailbox)
    try:
        address = valid_email(tidy) if tidy else ""
    except RuleBroken as rule:
        raise RuleBroken(rule.message, field="mailbox") from rule
    if len(address) > LONGEST_MAILBOX:
        raise RuleBroken(f"The mailbox must be {LONGEST_MAILBOX} characters or fewer.", field="mailbox")
    return address


def valid_code(text: str) -> str:
    """A code as it is kept, or nothing. Raises RuleBroken for what is none."""
    code = clean_code(text)
    if code and not is_code(code):
        raise RuleBroken(
            f"The code must be {LONGEST_CODE} characters or fewer: letters, digits and single hyphens between them.",
            field="code",
        )
    return code


def _ensure_kind(kind: OrganisationKind) -> None:
    if kind in SET_BY_LAW:
        raise RuleBroken("Choose a kind from the list.", field="kind")


def _ensure_new_name(name: str, *, within: int | None, but: Organisation | None = None) -> None:
    same = find_by_name(name, within=within)
    if same is not None and (but is None or same.id != but.id):
        raise RuleBroken(f"{same.name} is already in the list.", field="name")


def _ensure_new_code(code: str, but: Organisation | None = None) -> None:
    """The service’s own codes are numbered: one that somebody took would stand in the way of a later organisation."""
    if is_own_code(code) and (but is None or code != own_code(but.id)):
        raise RuleBroken(f"Codes such as {own_code(123)} are made by this service. Enter another one.", field="code")
    same = find_organisation(code) if code else None
    if same is not None and (but is None or same.id != but.id):
        raise RuleBroken(f"{same.name} has this code, or had it before.", field="code")


def _ensure_no_part(organisation: Organisation, today: date) -> None:
    """An organisation that has a part today or later is in use."""
    rows = db.session.scalars(
        select(Partnership.name)
        .join(PartnershipBody, PartnershipBody.partnership_id == Partnership.id)
        .where(PartnershipBody.organisation_id == organisation.id, body_lasts_beyond(today))
        .distinct()
        .order_by(Partnership.name)
    ).all()
    if rows:
        raise RuleBroken(
            f"{organisation.name} still has a role in {', '.join(rows)}. Set the last day of that role first."
        )


def _change_code(organisation: Organisation, code: str) -> None:
    """The old code still finds the organisation, unless the service had made it up. It may get an older one again."""
    taken_again = [one for one in organisation.old_codes if one.code == code]
    for one in taken_again:
        organisation.old_codes.remove(one)
    if not is_own_code(organisation.code):
        organisation.old_codes.append(OldCode(code=organisation.code))
    organisation.code = code


def _facts(organisation: Organisation) -> dict[str, Any]:
    return {
        "code": organisation.code,
        "name": organisation.name,
        "kind": organisation.kind,
        "mailbox": organisation.mailbox or "",
    }


def _record(organisation: Organisation, action: str, *, by: User | None, now: datetime, **facts: Any) -> None:
    audit.record(
        "organisation", organisation.id, action, by=by, at=now, partnership_id=organisation.added_by_id, **facts
    )
