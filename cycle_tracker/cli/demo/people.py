"""The people of the demo: one for each role, and those that every partnership needs. Their names are made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cycle_tracker.cli.demo.names import name_of
from cycle_tracker.cli.demo.parts import JOINED_TODAY, STAR, WITHOUT_GROUP
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.group import MembershipRole
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.users import add_user, grant_role, set_password

HOST = "example.org"
PASSWORD = "demo-cycle-tracker"  # noqa: S105  printed for everybody to see
BOARD_OF_SIX = "NHS Greater Glasgow and Clyde"


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demo, with the post that they have."""

    post: str
    name: str
    email: str
    role: Role
    slug: str | None = None
    place: MembershipRole | None = None
    organisation: str | None = None


LEAD = Account("Moray planning lead", name_of(0), f"lead.moray@{HOST}", Role.LEAD, STAR)
CONTRIBUTOR = Account("Moray contributor", name_of(1), f"contributor.moray@{HOST}", Role.CONTRIBUTOR, STAR)
BOARD_OFFICER = Account(
    f"{BOARD_OF_SIX} officer", name_of(2), f"officer.ggc@{HOST}", Role.CONTRIBUTOR, organisation=BOARD_OF_SIX
)
CHAIR = Account(
    "Moray governance chair", name_of(3), f"chair.moray@{HOST}", Role.GOVERNANCE, STAR, MembershipRole.CHAIR
)
MEMBER = Account("Moray governance member", name_of(4), f"member.moray@{HOST}", Role.GOVERNANCE, STAR)
CLERK = Account("Moray governance clerk", name_of(5), f"clerk.moray@{HOST}", Role.CLERK, STAR)
OFFICIAL = Account("Scottish Government official", name_of(6), f"official@{HOST}", Role.OFFICIAL)
AUDITOR = Account("Auditor", name_of(7), f"auditor@{HOST}", Role.AUDITOR)
ADMINISTRATOR = Account("Administrator", name_of(8), f"administrator@{HOST}", Role.ADMINISTRATOR)

ACCOUNTS = (LEAD, CONTRIBUTOR, BOARD_OFFICER, CHAIR, MEMBER, CLERK, OFFICIAL, AUDITOR, ADMINISTRATOR)


# The numbers of the names of the others: leads, chairs and officers of lead bodies, each from here on.
LEADS_NAMED_FROM, CHAIRS_NAMED_FROM, OFFICERS_NAMED_FROM = 20, 60, 100

# By partnership, the lead bodies of which an officer is here, who records what their body decided.
OFFICERS = {"tayside": ("Angus Council", "Dundee City Council", "Perth and Kinross Council")}


# By partnership, whose officer its planning lead is: what other bodies decide they record on their behalf.
EMPLOYED_BY = {STAR: "Moray Council"}


@dataclass(frozen=True)
class People:
    """Who does what in the story: planning leads and governance chairs by partnership, and owners of some steps."""

    leads: dict[str, User]
    chairs: dict[str, User]
    contributors: dict[str, User]
    official: User

    def actor(self, slug: str, action: int) -> User:
        """Who takes on an action of the present plan, by its number: the officer of six councils' board one in each,
        another everywhere, so that no mail of theirs names the same thing six times."""
        contributor = self.contributor_or_lead(slug)
        shared = sorted(one for one, who in self.contributors.items() if who is contributor)
        mine = shared.index(slug) + 1 == action if len(shared) > 1 else action % 2 == 1
        return contributor if mine else self.leads[slug]

    def contributor_or_lead(self, slug: str) -> User:
        """The person who takes on work that is not the lead's own, where the partnership has one."""
        return self.contributors.get(slug, self.leads[slug])


def add_people(partnerships: Sequence[Partnership], now: datetime) -> People:
    """Everybody of the demo. Those of ACCOUNTS can sign in; the others are there to be mailed."""
    by_slug = {partnership.slug: partnership for partnership in partnerships}
    accounts = {account: _add_account(account, by_slug, now) for account in ACCOUNTS}
    for slug, bodies in OFFICERS.items():
        for number, body in enumerate(bodies, start=OFFICERS_NAMED_FROM):
            _add_officer(body, name_of(number), by_slug[slug], now)
    leads = {STAR: accounts[LEAD]} | {
        one.slug: _add(name_of(number), "lead", Role.LEAD, one, now)
        for number, one in enumerate(_others(partnerships), start=LEADS_NAMED_FROM)
    }
    for slug, body in EMPLOYED_BY.items():
        leads[slug].organisation = _organisation(body)
    return People(
        leads=leads,
        chairs={STAR: accounts[CHAIR]}
        | {
            one.slug: _add(name_of(number), "chair", Role.GOVERNANCE, one, now)
            for number, one in enumerate(_others(partnerships), start=CHAIRS_NAMED_FROM)
            if one.slug not in (JOINED_TODAY, WITHOUT_GROUP)
        },
        contributors=dict.fromkeys(_slugs_of(BOARD_OF_SIX), accounts[BOARD_OFFICER]) | {STAR: accounts[CONTRIBUTOR]},
        official=accounts[OFFICIAL],
    )


def officer_of(body: Organisation) -> User | None:
    """The officer of a lead body, where the demo has one."""
    return find_user(_officer_email(body.name))


def _add_officer(body: str, name: str, partnership: Partnership, now: datetime) -> None:
    officer = add_user(_officer_email(body), name=name, by=None, now=now)
    officer.organisation = _organisation(body)
    grant_role(officer, Role.CONTRIBUTOR, partnership, by=None, now=now)


def _officer_email(body: str) -> str:
    return f"officer.{body.lower().replace(' ', '-')}@{HOST}"


def _others(partnerships: Sequence[Partnership]) -> list[Partnership]:
    return [partnership for partnership in partnerships if partnership.slug != STAR]


def _add(name: str, post: str, role: Role, partnership: Partnership, now: datetime) -> User:
    user = add_user(f"{post}.{partnership.slug}@{HOST}", name=name, by=None, now=now)
    place = MembershipRole.CHAIR if role is Role.GOVERNANCE else None
    grant_role(user, role, partnership, place=place, by=None, now=now)
    return user


def _add_account(account: Account, partnerships: dict[str, Partnership], now: datetime) -> User:
    user = add_user(account.email, name=account.name, by=None, now=now)
    set_password(user, PASSWORD, by=None, now=now)
    if account.organisation is not None:
        _grant_in_organisation(user, account.role, account.organisation)
    else:
        partnership = partnerships[account.slug] if account.slug else None
        grant_role(user, account.role, partnership, place=account.place, by=None, now=now)
    return user


def _grant_in_organisation(user: User, role: Role, name: str) -> None:
    """A role in every partnership that the organisation has a part in."""
    organisation = _organisation(name)
    user.organisation = organisation
    db.session.add(RoleGrant(user_id=user.id, role=role, scope=Scope.ORGANISATION, organisation_id=organisation.id))
    db.session.flush()


def _organisation(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def _slugs_of(organisation: str) -> list[str]:
    return list(
        db.session.scalars(
            select(Partnership.slug)
            .join(PartnershipBody, PartnershipBody.partnership_id == Partnership.id)
            .join(PartnershipBody.organisation)
            .where(Organisation.name == organisation)
            .order_by(Partnership.slug)
        )
    )
