"""`flask user add`: accounts and their roles."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.users import authenticate
from tests.factories import make_organisation, make_partnership

LEAD = ("lead@moray.example.test", "--name", "Ailsa Grant", "--role", "lead", "--partnership", "moray")
PASSWORD = "a long enough password"


@pytest.fixture
def moray(app: Flask) -> Iterator[Flask]:
    """The app with one partnership, in its context."""
    with app.app_context():
        make_partnership("moray")
        db.session.commit()
        yield app
        db.session.remove()


def add(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["user", "add", *arguments])


def person(email: str) -> User:
    found = find_user(email)
    assert found is not None
    return found


def test_it_adds_a_person_with_a_role_and_a_password(moray: Flask) -> None:
    done = add(moray, *LEAD, "--password", PASSWORD)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "Added Ailsa Grant, lead@moray.example.test.",
        "Granted: Planning lead, Moray.",
        "Set the password.",
    ]
    grant = person("lead@moray.example.test").grants[0]
    assert (grant.role, grant.scope) == (Role.LEAD, Scope.PARTNERSHIP)
    assert authenticate("lead@moray.example.test", PASSWORD) is not None


def test_without_a_password_nobody_gets_in(moray: Flask) -> None:
    assert "No password is set yet." in add(moray, *LEAD).output
    assert person("lead@moray.example.test").password is None
    assert authenticate("lead@moray.example.test", "") is None


def test_run_again_it_changes_nothing_and_says_so(moray: Flask) -> None:
    add(moray, *LEAD)
    done = add(moray, *LEAD)
    assert done.exit_code == 0
    assert "already has an account" in done.output
    assert "Already granted: Planning lead, Moray." in done.output
    assert len(person("lead@moray.example.test").grants) == 1


def test_an_account_that_is_there_gets_the_role_name_and_password(moray: Flask) -> None:
    add(moray, *LEAD)
    done = add(moray, "LEAD@Moray.example.test", "--name", "Ailsa Reid", "--role", "auditor", "--password", PASSWORD)
    assert done.exit_code == 0
    found = person("lead@moray.example.test")
    assert found.name == "Ailsa Reid"
    assert {grant.role for grant in found.grants} == {Role.LEAD, Role.AUDITOR}
    assert authenticate("lead@moray.example.test", PASSWORD) is not None


@pytest.mark.parametrize(
    ("word", "role", "place"),
    [
        ("governance-member", Role.GOVERNANCE, MembershipRole.MEMBER),
        ("GOVERNANCE_MEMBER", Role.GOVERNANCE, MembershipRole.MEMBER),
        ("governance", Role.GOVERNANCE, MembershipRole.MEMBER),
        ("chair", Role.GOVERNANCE, MembershipRole.CHAIR),
        ("clerk", Role.CLERK, MembershipRole.CLERK),
    ],
)
def test_people_of_the_governance_group_join_it(moray: Flask, word: str, role: Role, place: MembershipRole) -> None:
    for email in ("one@example.test", "two@example.test"):
        assert add(moray, email, "--name", "A", "--role", word, "--partnership", "moray").exit_code == 0
    group = db.session.scalars(select(Group)).one()
    assert group.name == "Moray governance group"
    assert {one.role for one in db.session.scalars(select(Membership))} == {place}
    assert person("one@example.test").grants[0].role is role


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("planning-lead", Role.LEAD),
        ("Planning_Lead", Role.LEAD),
        ("contributor", Role.CONTRIBUTOR),
    ],
)
def test_roles_have_the_names_that_people_give_them(moray: Flask, word: str, role: Role) -> None:
    add(moray, "a@example.test", "--name", "A", "--role", word, "--partnership", "moray")
    assert person("a@example.test").grants[0].role is role


@pytest.mark.parametrize("word", ["official", "auditor", "admin", "administrator", "contributor"])
def test_some_roles_are_held_everywhere(moray: Flask, word: str) -> None:
    assert add(moray, "a@example.test", "--name", "A", "--role", word).exit_code == 0
    assert person("a@example.test").grants[0].scope is Scope.NATIONAL


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a@example.test", "--name", "A", "--role", "lead"), "needs a partnership"),
        (("a@example.test", "--name", "A", "--role", "clerk"), "needs a partnership"),
        (("a@example.test", "--name", "A", "--role", "official", "--partnership", "moray"), "is national"),
        (("a@example.test", "--name", "A", "--role", "king"), "is not a role"),
        (("a@example.test", "--name", "A", "--role", "lead", "--partnership", "narnia"), "no partnership “narnia”"),
        (("a@example.test", "--name", "A", "--role", "lead", "--organisation", "X99"), "no organisation with the code"),
        (("not an address", "--name", "A", "--role", "official"), "is not an email address"),
        (("a@example.test", "--name", " ", "--role", "official"), "The name must be"),
        (("a@example.test", "--name", "A", "--role", "official", "--password", "short"), "The password must be"),
        (("a@example.test", "--role", "official"), "Missing option '--name'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(moray: Flask, arguments: tuple[str, ...], said: str) -> None:
    done = add(moray, *arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
    assert db.session.scalars(select(User)).all() == []


def test_a_role_is_held_in_all_partnerships_of_an_organisation(moray: Flask) -> None:
    board = make_organisation("NHS Grampian")
    db.session.commit()
    arguments = ("a@example.test", "--name", "A", "--role", "contributor", "--organisation", board.code.lower())
    assert "Granted: Contributor, all partnerships of NHS Grampian." in add(moray, *arguments).output
    assert "Already granted" in add(moray, *arguments).output
    grant = person("a@example.test").grants[0]
    assert (grant.scope, grant.organisation_id) == (Scope.ORGANISATION, board.id)


def test_the_audit_says_what_was_done_and_keeps_no_name(moray: Flask) -> None:
    add(moray, *LEAD, "--password", PASSWORD)
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.action for event in events] == ["added", "role-granted", "password-set"]
    assert "Ailsa" not in str([(event.before, event.after) for event in events])


def test_an_address_of_a_special_domain_will_do(moray: Flask) -> None:
    for number, domain in enumerate(("example.org", "example.test", "moray.example", "gov.scot")):
        done = add(moray, f"a{number}@{domain}", "--name", "A", "--role", "official")
        assert done.exit_code == 0, done.output
