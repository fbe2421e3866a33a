"""What `make run` does after set-up: demo data, then the web server, the scheduler and a mail catcher."""

import contextlib
import os
import secrets
import shlex
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from honcho.manager import Manager

from scripts.patience import run_patiently

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
PATIENCE = 60.0  # seconds for a server to answer
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
SCHEDULER = [sys.executable, "-m", "scheduler"]
# Ports from 1024 on that no browser opens (the "bad ports" of the Fetch standard).
REFUSED_BY_BROWSERS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080}
)
BEFORE_IT_STARTS = (
    ("Bringing the database up to date", ["db", "upgrade"]),
    ("Loading the reference data", ["load-reference"]),
    ("Adding the demo's people and histories", ["seed-demo"]),
)


@dataclass(frozen=True)
class Ports:
    web: int
    smtp: int
    mail: int


def read_ports() -> Ports:
    """The ports to use; stops with one line where one cannot be had."""
    wanted = {
        "PORT": ("the web server", "5000"),
        "MAIL_CATCHER_SMTP_PORT": ("the mail catcher's SMTP", "1025"),
        "MAIL_CATCHER_PORT": ("the mail catcher's pages", "1080"),
    }
    found: list[int] = []
    for variable, (whose, default) in wanted.items():
        given = os.environ.get(variable) or default
        if not given.isdecimal() or not 0 < int(given) < 65536 or int(given) in found:
            sys.exit(f"{variable}={given} is no port of its own for {whose}.")
        if int(given) in REFUSED_BY_BROWSERS and variable != "MAIL_CATCHER_SMTP_PORT":
            sys.exit(f"{variable}={given} is a port that browsers refuse to open: choose another for {whose}.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, int(given)))
            except OSError as error:
                sys.exit(f"Port {given} for {whose} is not free ({error.strerror}): choose one with {variable}=...")
        found.append(int(given))
    return Ports(*found)


def development_key() -> str:
    """The same key at each start, so that a restart signs nobody out."""
    file = ROOT / "instance" / "secret_key"
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(48))
    return file.read_text()


def environment(ports: Ports) -> dict[str, str]:
    """What the product's processes find in their environment."""
    given = {name: value for name, value in os.environ.items() if name != "FLASK_DEBUG"}
    return {
        **given,
        "SECRET_KEY": given.get("SECRET_KEY") or development_key(),
        "SERVICE_URL": f"http://{LOOPBACK}:{ports.web}",
        "MAIL_SERVER": LOOPBACK,
        "MAIL_PORT": str(ports.smtp),
        "MAIL_USE_TLS": "0",
        "PYTHONUNBUFFERED": "1",
        "DEMONSTRATION": "1",
    }


def run(command: list[str], env: dict[str, str], *, doing: str = "", quiet: bool = False) -> str:
    """Runs one command to its end and gives what it printed; shows it too, unless `quiet`. If it takes long, says what
    it is `doing`."""
    if doing:
        done = run_patiently(doing, command, cwd=ROOT, env=env)
    else:
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    if done.stdout and not quiet:
        print(done.stdout, end="", flush=True)
    if done.returncode:
        raise SystemExit(f"Failed with {done.returncode}: {shlex.join(command[1:])}")
    return done.stdout


def answers(url: str) -> bool:
    """Waits until the page at `url` is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - an address on loopback
                return True
        except OSError:
            time.sleep(0.2)
    return False


def welcome(ports: Ports, env: dict[str, str]) -> None:
    """Once all is up: says where things are, and sends the last working day's notices."""
    web, mail = f"http://{LOOPBACK}:{ports.web}", f"http://{LOOPBACK}:{ports.mail}"
    for url in (f"{web}/healthz", mail):
        if not answers(url):
            print(f"Nothing answered at {url} within {PATIENCE:.0f} seconds.", file=sys.stderr, flush=True)
            return
    try:
        accounts = run([*FLASK, "demo-accounts"], env, quiet=True).strip()
        print(f"\nCycle Tracker: {web}\nIts emails:    {mail}\n\n{accounts}\n\nCtrl-C stops it.\n", flush=True)
        day = run([*FLASK, "last-working-day"], env, quiet=True).strip()
        for job in ("queue-notices", "send-outbox"):
            run([*SCHEDULER, "run", job, "--on", day], env)
    except SystemExit as failed:
        print(failed, file=sys.stderr, flush=True)


def prepare(env: dict[str, str]) -> None:
    """Bring the database up to date, with the demo in it. A new file gets its name only once the demo is whole: of one
    that was stopped on the way nothing is left to stumble over."""
    whole = ROOT / "instance" / "cycle_tracker.db"
    if env.get("DATABASE_URL") or whole.exists():
        begin(env)
        return
    half = whole.with_name("demo_being_made.db")
    for leftover in whole.parent.glob(f"{half.name}*"):
        leftover.unlink()
    begin({**env, "DATABASE_URL": f"sqlite:///{half}"})
    half.replace(whole)


def begin(env: dict[str, str]) -> None:
    """Run what comes before the servers."""
    for doing, command in BEFORE_IT_STARTS:
        run([*FLASK, *command], env, doing=doing)


def main() -> int:
    ports = read_ports()
    env = environment(ports)
    prepare(env)

    bind = f"{LOOPBACK}:{ports.web}"
    catcher = ["node_modules/.bin/maildev", "--silent", "--ip", LOOPBACK, "--mail-directory", "instance/mails"]
    services = {
        "mails": [*catcher, "--smtp", str(ports.smtp), "--web", str(ports.mail)],
        "web": [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", bind, "--workers", "2"]
        + ["--no-control-socket", "--graceful-timeout", "3", "--log-level", "warning"],
        "scheduler": SCHEDULER,
    }
    # It starts them, passes their output and our signals on, and stops all when one ends.
    manager = Manager()
    for name, words in services.items():
        manager.add_process(name, f"exec {shlex.join(words)}", env=env, cwd=str(ROOT))
    threading.Thread(target=welcome, args=(ports, env), daemon=True).start()
    manager.loop()
    if manager.returncode in (130, 143):  # SIGINT, SIGTERM
        return 0
    print("One of the services stopped by itself (see above), so all were stopped.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
