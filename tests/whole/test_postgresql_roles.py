"""The roles that README gives a real PostgreSQL: the service does its work as one that owns nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.exc import ProgrammingError

import config
from cycle_tracker.core.database import engine_url
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.web_app import create_app
from scheduler.jobs import JOBS, run_job
from tests.conftest import settings_for_tests
from tests.factories import at_seven, make_milestone, make_user
from tests.support.mail_out import sink_for
from tests.support.visits import give_password, visit_as

pytestmark = pytest.mark.xdist_group("postgresql-roles")  # so that its database is made once

ADMINISTRATORS, OWNERS = re.findall(r"```sql\n(.*?)```", (config.ROOT / "README.md").read_text(), re.DOTALL)
APPEND_ONLY = {"audit_events", "audit_seals"}
EVERYTHING = {"SELECT", "INSERT", "UPDATE", "DELETE"}
DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Roles:
    """A database set up as README says, and the addresses of both roles."""

    owner: str
    service: str


@pytest.fixture(scope="module")
def roles(postgres_address: str, worker_id: str) -> Iterator[Roles]:
    name = f"cycle_tracker_{worker_id}"  # roles belong to the whole server, which the workers share
    administrator = postgres_address.format(name="postgres")
    found = Roles(*(with_role(postgres_address, name, role) for role in ("owner", "service")))
    run(administrator, ADMINISTRATORS, name)
    migrate(found.owner)
    run(found.owner, OWNERS, name)
    yield found
    run(
        administrator,
        "DROP DATABASE cycle_tracker WITH (FORCE); DROP ROLE cycle_tracker_service; DROP ROLE cycle_tracker_owner;",
        name,
    )


def with_role(address: str, name: str, role: str) -> str:
    return re.sub("//[^@]*@", f"//{name}_{role}:any@", address.format(name=name))


def run(url: str, script: str, name: str) -> None:
    """Run the statements of a script one by one, with the names of this worker's roles and database."""
    engine = create_engine(engine_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in script.replace("cycle_tracker", name).split(";"):
            if statement.strip():
                connection.execute(text(statement))
    engine.dispose()


def migrate(url: str) -> None:
    app = create_app(settings_for_tests(url))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture
def service(roles: Roles) -> Iterator[Flask]:
    """The web app as the service's role."""
    app = create_app(settings_for_tests(roles.service))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def engine(roles: Roles) -> Iterator[Engine]:
    made = create_engine(engine_url(roles.service))
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection of the service's role."""
    with engine.connect() as opened:
        yield opened


def test_the_service_does_its_work(service: Flask) -> None:
    """Reference data, the jobs with a mail at their end, a page that writes, the audit and the probe."""
    runner = service.test_cli_runner()
    assert runner.invoke(args=["load-reference"]).exit_code == 0
    with time_machine.travel(at_seven(DAY), tick=False), sink_for(service) as sink:
        with service.app_context():
            moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
            moray.notify_from = DAY.replace(month=1)
            lead = give_password(make_user(email="lead@example.test", role=Role.LEAD, partnership=moray))
            step = make_milestone(moray, key="2026-29.step-1", due_on=DAY, owner=find_user(lead))
            db.session.commit()
            version = str(step.version)
        for job in JOBS:
            report = run_job(service, job, DAY)
            assert report.usable, report.said
        assert [mail.recipients for mail in sink.accepted] == [(lead,)]
        page = "/partnerships/moray/milestones/2026-29.step-1"
        assert visit_as(service, lead).post(f"{page}/start", data={"version": version}).location == page
        assert run_job(service, "seal-audit", DAY).counts["sealed"] >= 1
        assert service.test_client().get("/readyz").status_code == 200
    assert runner.invoke(args=["verify"]).exit_code == 0


def test_it_may_not_grant_itself_more(connection: Connection) -> None:
    """PostgreSQL warns, and does nothing."""
    connection.execute(text("GRANT ALL ON audit_events, audit_seals TO CURRENT_USER"))
    for table in sorted(APPEND_ONLY):
        assert not has_right(connection, table, "UPDATE")
    connection.rollback()


def has_right(connection: Connection, table: str, right: str) -> bool:
    return bool(connection.scalar(text("SELECT has_table_privilege(:name, :right)"), {"name": table, "right": right}))


def test_it_may_write_every_table_but_those_that_are_only_added_to(connection: Connection) -> None:
    rights = [*sorted(EVERYTHING), "TRUNCATE", "REFERENCES", "TRIGGER"]
    tables = [*Base.metadata.tables, "alembic_version"]
    held = {table: {right for right in rights if has_right(connection, table, right)} for table in tables}
    expected = dict.fromkeys(tables, EVERYTHING) | dict.fromkeys(APPEND_ONLY, {"SELECT", "INSERT"})
    assert held == {**expected, "alembic_version": {"SELECT"}}


def test_it_may_write_the_tables_of_later_versions(roles: Roles, connection: Connection) -> None:
    run(roles.owner, "CREATE TABLE of_later (id integer GENERATED BY DEFAULT AS IDENTITY, said text)", "")
    try:
        connection.execute(text("INSERT INTO of_later (said) VALUES ('something')"))
        connection.execute(text("DELETE FROM of_later"))
    finally:
        connection.rollback()
        run(roles.owner, "DROP TABLE of_later", "")


@pytest.mark.parametrize(
    "statement",
    [
        *(
            form.format(table=table)
            for table in sorted(APPEND_ONLY)
            for form in (
                "DELETE FROM {table}",
                "TRUNCATE {table} CASCADE",
                "ALTER TABLE {table} DISABLE TRIGGER USER",
                "ALTER TABLE {table} DISABLE TRIGGER {table}_refuse_update",
                "DROP TRIGGER {table}_refuse_update ON {table}",
                "ALTER TRIGGER {table}_refuse_update ON {table} RENAME TO harmless",
                "ALTER TABLE {table} ADD COLUMN other text",
                "ALTER TABLE {table} OWNER TO CURRENT_USER",
                "DROP TABLE {table} CASCADE",
                "CREATE RULE nothing AS ON INSERT TO {table} DO INSTEAD NOTHING",
                "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
                "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN NEW; END $$",
                "ALTER FUNCTION {table}_refuse() OWNER TO CURRENT_USER",
                "DROP FUNCTION {table}_refuse() CASCADE",
            )
        ),
        "UPDATE audit_events SET action = 'forged'",
        "UPDATE audit_seals SET hash = 'forged'",
        "SET session_replication_role = replica",
        "SET ROLE {owner}",
        "GRANT {owner} TO CURRENT_USER",
        "UPDATE pg_trigger SET tgenabled = 'D'",
        "CREATE TABLE public.mine (id integer)",
        "UPDATE alembic_version SET version_num = '0001'",
        "TRUNCATE partnerships CASCADE",
    ],
)
def test_it_cannot_change_the_audit_or_what_guards_it(roles: Roles, connection: Connection, statement: str) -> None:
    owner = re.sub("//([^:]*):.*", r"\1", roles.owner.partition(":")[2])
    with pytest.raises(ProgrammingError, match="permission denied|must be owner|must have admin option"):
        connection.execute(text(statement.format(owner=owner)))
