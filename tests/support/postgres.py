"""A throw-away PostgreSQL cluster on loopback, for tests."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OLDEST = 15
SUPERUSER = "postgres"
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def free_port() -> int:
    """A port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_programs() -> Path:
    """The folder that holds initdb and pg_ctl of the newest server here."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
    ]
    versions = {_version(folder): folder for folder in folders if (folder / "postgres").exists()}
    if not versions or max(versions) < OLDEST:
        raise FileNotFoundError(f"No PostgreSQL server, version {OLDEST} or newer, was found.")
    return versions[max(versions)]


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    digits = said.split()[2].split(".")[0]  # "postgres (PostgreSQL) 15.18 (Debian ...)", "... 18beta1"
    return int("".join(character for character in digits[:2] if character.isdigit()))


@dataclass
class Cluster:
    """A running server; `url()` is what SQLAlchemy and psycopg connect to."""

    folder: Path
    port: int
    programs: Path
    run_as: dict[str, Any] = field(default_factory=dict)
    running: bool = False
    reaper: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Creates it (as a copy of `template`, which nobody may be connected to) and gives its URL."""
        command = "CREATE DATABASE {}" if template is None else "CREATE DATABASE {} TEMPLATE {}"
        names = [sql.Identifier(given) for given in (name, template) if given is not None]
        self._execute(sql.SQL(command).format(*names))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drops it, whoever is still connected."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        self._pg_ctl("start")
        self.running = True

    def stop(self, *, immediate: bool = False) -> None:
        """Stops the server, if it runs; `immediate` is a crash: the next start recovers from the log."""
        if self.running:
            self.running = False
            self._pg_ctl("stop", "-m", "immediate" if immediate else "fast")

    def restart(self, *, immediate: bool = True) -> None:
        self.stop(immediate=immediate)
        self.start()

    def remove(self) -> None:
        """Stops the server and removes its folder."""
        self.stop(immediate=True)
        if self.reaper is not None:
            self.reaper.communicate()  # the pipe ends, and the reaper waits for nothing else
            self.reaper = None

    def leave_nothing_behind(self) -> None:
        """However this process ends, by SIGKILL too: the server stops and its folder goes."""
        self.reaper = subprocess.Popen(
            [sys.executable, "-I", "-S", Path(__file__).with_name("postgres_reaper.py"), self.folder],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, program: str, *arguments: str | Path) -> None:
        """Runs one of PostgreSQL's programs, as the user who owns the cluster."""
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            # Not a pipe: the server keeps what it inherits open, and a pipe would never end.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            text=True,
            **self.run_as,
        )
        if done.returncode:
            log = self.folder / "log"
            said = done.stderr or (log.read_text(errors="replace")[-2000:] if log.exists() else "")
            raise RuntimeError(f"{program} failed with {done.returncode}: {said}")

    def _pg_ctl(self, *arguments: str) -> None:
        self.run("pg_ctl", *arguments, "-w", "-t", "60", "-D", self.data, "-l", self.folder / "log")

    def _execute(self, command: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(command)


def start_cluster(folder: Path, *, durable: bool = False) -> Cluster:
    """Makes a cluster in `folder` and starts it.

    PostgreSQL refuses to run as root, so root runs it as another user. Where that user cannot reach
    `folder` (pytest's own folders are closed to others), the cluster lives in a folder of its own
    instead. `Cluster.remove()` removes the folder, and so does a watching process if this one is killed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run_as: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = _unprivileged_user()
        run_as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        if not _open_to_others(folder):
            folder = Path(tempfile.mkdtemp(prefix="cycle-tracker-postgres-"))
        os.chown(folder, user.pw_uid, user.pw_gid)

    cluster = Cluster(folder, free_port(), find_programs(), run_as)
    cluster.leave_nothing_behind()
    atexit.register(cluster.remove)
    cluster.run(
        "initdb",
        "--pgdata",
        cluster.data,
        "--username",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        *([] if durable else ["--no-sync"]),
    )
    settings = {
        "port": str(cluster.port),
        "listen_addresses": "'127.0.0.1'",
        "unix_socket_directories": "''",
        "max_connections": "200",
        "shared_buffers": "32MB",
        **({} if durable else NOT_DURABLE),
    }
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.writelines(f"{name} = {value}\n" for name, value in settings.items())
    cluster.start()
    return cluster


def _unprivileged_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SUPERUSER)
    except KeyError:
        return pwd.getpwnam("nobody")


def _open_to_others(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)
