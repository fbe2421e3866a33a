"""One function for each thing that a test needs to be there. Each adds, flushes and gives the row."""

from datetime import date, datetime
from itertools import count
from typing import Any

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.cycle import Cycle, TemplateEdition
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.services.notices import start_notices

_numbers = count(1)

LONG_AGO = date(2017, 4, 1)


def make_organisation(
    name: str = "Moray Council",
    *,
    kind: OrganisationKind = OrganisationKind.COUNCIL,
    mailbox: str | None = None,
) -> Organisation:
    return _add(Organisation(code=f"T{next(_numbers):08d}", name=name, kind=kind, mailbox=mailbox))


def make_government(mailbox: str | None = None) -> Organisation:
    return make_organisation("Scottish Government", kind=OrganisationKind.SCOTTISH_GOVERNMENT, mailbox=mailbox)


def make_partnership(slug: str = "moray", *, name: str = "", notify_from: date | None = LONG_AGO) -> Partnership:
    return _add(Partnership(slug=slug, name=name or slug.replace("-", " ").title(), notify_from=notify_from))


def make_user(
    name: str = "Ailsa Grant",
    *,
    role: Role | None = None,
    partnership: Partnership | None = None,
    email: str = "",
    **fields: Any,
) -> User:
    """A person; with a role, granted in the partnership, or everywhere where there is none. They take their mail daily,
    so that each notice comes on its own day."""
    number = next(_numbers)
    fields = {"rhythm": Rhythm.DAILY, **fields}
    address = email or f"{name.lower().replace(' ', '.')}.{number}@example.test"
    user = _add(User(name=name, email=address, fs_uniquifier=f"session-{number}", **fields))
    if role is not None:
        grant_role(user, role, partnership)
    return user


def grant_role(user: User, role: Role, partnership: Partnership | None = None) -> RoleGrant:
    scope = Scope.PARTNERSHIP if partnership else Scope.NATIONAL
    return _add(
        RoleGrant(user_id=user.id, role=role, scope=scope, partnership_id=partnership.id if partnership else None)
    )


def make_governance_group(partnership: Partnership, *members: str) -> list[User]:
    """The partnership's governance group with one member for each name."""
    group = _add(Group(partnership=partnership, name=f"{partnership.name} governance group"))
    people = [make_user(name, role=Role.GOVERNANCE, partnership=partnership) for name in members]
    for person in people:
        _add(Membership(group_id=group.id, user_id=person.id, role=MembershipRole.MEMBER))
    return people


def make_cycle(partnership: Partnership, period: str = "2026-29", *, opened_on: date | None = LONG_AGO) -> Cycle:
    number = next(_numbers)
    edition = _add(
        TemplateEdition(
            edition="for-tests",
            version=number,
            title="For tests",
            first_period=2017,
            entries=[],
            loaded_at=now(),
        )
    )
    start = Period.named(period).start
    return _add(Cycle(partnership=partnership, period_start=start, template_edition=edition, opened_on=opened_on))


def make_milestone(
    partnership: Partnership | None,
    *,
    key: str = "",
    kind: Kind = Kind.STEP,
    due_on: date | None = date(2026, 5, 14),
    owner: User | None = None,
    entered_on: date = LONG_AGO,
    **fields: Any,
) -> Milestone:
    """A milestone worked to its target date, with its bookmark set."""
    values = {
        "title": "Draft the plan",
        "stage": Stage.PLAN,
        "duty_basis": Basis.LOCAL,
        "date_basis": Basis.LOCAL,
        "state": State.NOT_STARTED,
        "target_on": due_on,
        "expected_date": False,
        **fields,
    }
    milestone = Milestone(
        partnership=partnership,
        key=key or f"2026-29.step-{next(_numbers)}",
        kind=kind,
        due_on=due_on,
        owner=owner,
        entered_on=entered_on,
        **values,
    )
    _add(milestone)
    start_notices(milestone)
    db.session.flush()
    return milestone


def make_report(
    partnership: Partnership,
    *,
    key: str = "2023-26.annual-report-3",
    year_end: date = date(2026, 3, 31),
    owner: User | None = None,
    **fields: Any,
) -> Milestone:
    """An annual report with the guidance date of the 2020 guidance: 30 June after the year that it covers."""
    values = {
        "title": f"Annual report on {year_end.year - 1}–{year_end.year % 100}",
        "stage": Stage.REVIEW,
        "duty_basis": Basis.STATUTE,
        "duty_citation": "2014 Act, section 13: as soon as practicable after 31 March",
        "date_basis": Basis.GUIDANCE,
        "date_citation": "2020 guidance, paragraph 125: ideally by June",
        "reports_on": year_end,
        "opens_on": year_end.replace(month=4, day=1),
        **fields,
    }
    due_on = values.pop("due_on", year_end.replace(month=6, day=30))
    return make_milestone(partnership, key=key, kind=Kind.ANNUAL_REPORT, due_on=due_on, owner=owner, **values)


def at_seven(day: date) -> datetime:
    """Seven in the morning of a day, in London: when the job runs."""
    from cycle_tracker.core.clock import LONDON

    return datetime(day.year, day.month, day.day, 7, tzinfo=LONDON)


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
