"""`flask user`: accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.group import MembershipRole
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.bodies import find_organisation
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services import users

ALIASES = {
    "planning-lead": Role.LEAD,
    "governance": Role.GOVERNANCE,
    "chair": Role.GOVERNANCE,
    "admin": Role.ADMINISTRATOR,
}


class RoleType(click.ParamType[Role]):
    """A role by its name, in whatever case, or by a name that people give it."""

    name = "role"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Role:
        word = value.strip().lower().replace("_", "-").replace(" ", "-")
        if word in ALIASES:
            return ALIASES[word]
        try:
            return Role(word)
        except ValueError:
            self.fail(f"“{value}” is not a role. Use one of {', '.join([*Role, *ALIASES])}.", param, ctx)


@dataclass(frozen=True)
class Where:
    """A partnership, an organisation, or with neither all of Scotland."""

    partnership: Partnership | None
    organisation: Organisation | None

    @property
    def words(self) -> str:
        """The place as it is said to the operator."""
        if self.partnership is not None:
            return self.partnership.name
        return f"all partnerships of {self.organisation.name}" if self.organisation else "all of Scotland"


@click.group("user")
def user() -> None:
    """Manage accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="First and last name.")
@click.option("--role", "role_name", required=True, help="For example lead, contributor, chair, official.")
@click.option("--partnership", "slug", help="The partnership's short name, such as moray.")
@click.option(
    "--organisation", "code", help="An official code. Gives the role in all partnerships of this organisation."
)
@click.option("--password", help="Without a password, the person signs in with a link by email.")
@with_appcontext
def add(email: str, name: str, role_name: str, slug: str | None, code: str | None, password: str | None) -> None:
    """Add a person, or add a role to a person who already has an account."""
    role = RoleType().convert(role_name, None, None)
    place = MembershipRole.CHAIR if role_name.strip().lower() == "chair" else None
    where = Where(_partnership(slug), _organisation(code))
    try:
        said = _add(email, name, role, place, where, password)
    except RuleBroken as refused:
        db.session.rollback()
        raise click.UsageError(refused.message) from refused
    db.session.commit()
    click.echo("\n".join(said))


def _add(
    email: str,
    name: str,
    role: Role,
    place: MembershipRole | None,
    where: Where,
    password: str | None,
) -> list[str]:
    """Make the changes and say, line by line, what was done."""
    now = clock.now()
    person, said = _person(email, name)
    grant = users.grant_role(person, role, where.partnership, where.organisation, place=place, by=None, now=now)
    title = "Governance group chair" if place is MembershipRole.CHAIR else role.label
    said.append(f"{'Granted' if grant else 'Already granted'}: {title}, {where.words}.")
    if password is not None:
        users.set_password(person, password, by=None, now=now)
        said.append("Set the password.")
    elif person.password is None:
        said.append("No password is set yet.")
    return said


def _person(email: str, name: str) -> tuple[User, list[str]]:
    now = clock.now()
    known = find_user(users.valid_email(email))
    if known is None:
        added = users.add_user(email, name=name, by=None, now=now)
        return added, [f"Added {added.name}, {added.email}."]
    if known.name == users.valid_name(name):
        return known, [f"{known.name}, {known.email}, already has an account."]
    users.rename_user(known, name, by=None, now=now)
    return known, [f"{known.email} already has an account. Its name is now {known.name}."]


def _partnership(slug: str | None) -> Partnership | None:
    if slug is None:
        return None
    known = {partnership.slug: partnership for partnership in list_partnerships()}
    if slug not in known:
        raise click.BadParameter(
            f"There is no partnership “{slug}”. {_known(known)}",
            param_hint="--partnership",
        )
    return known[slug]


def _known(slugs: Iterable[str]) -> str:
    names = ", ".join(slugs)
    return f"Use one of {names}." if names else "There are none yet. Run `flask load-reference` first."


def _organisation(code: str | None) -> Organisation | None:
    if code is None:
        return None
    found = find_organisation(code)
    if found is None:
        raise click.BadParameter(f"There is no organisation with the code “{code}”.", param_hint="--organisation")
    return found
