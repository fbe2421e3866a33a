"""A password, key or token in a file is found before it is committed, and before a change passes `make check`."""

import re
import subprocess
from pathlib import Path

from config import ROOT

SCAN = "scripts/secret_scan.sh"
# In two parts each, so that the scan does not find them here.
PLANTED = {
    "key of a cloud": "AWS = 'AKIA" + "IOSFODNN7QXAMPLZ'",
    "token of a code host": "token: ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",  # pragma: allowlist secret
    "token of a package index": "//registry.npmjs.org/:_authToken="
    + "npm_xxY7kLmQ2wErTyUiOpAsDfGhJkLz",  # pragma: allowlist secret
    "token of a chat": "SLACK = 'xoxb-" + "34532454-e039d02840a0b9379c'",
    "signed token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" + ".eyJzdWIiOiIxMjM0NSJ9.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "address of a database": "DATABASE_URL=postgresql://tracker" + ":hX2kq8Lw@db.internal/tracker",
    "password in code": "MAIL_PASSWORD" + ' = "hX2kq8Lw-31"',
    "key of letters alone": 'SECRET_KEY = "' + 'kjQwZxTrPlMnBvCgHtReWqYuIoLkJhGf"',
}


def scan(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCAN, *map(str, files)], cwd=ROOT, capture_output=True, text=True)


def test_planted_secrets_of_every_kind_are_found(tmp_path: Path) -> None:
    planted = tmp_path / "settings.py"
    planted.write_text("\n".join(PLANTED.values()) + "\n")
    found = scan(planted)
    lines = {int(number) for number in re.findall(rf"{planted}:(\d+)", found.stdout)}
    assert found.returncode == 1
    assert [kind for number, kind in enumerate(PLANTED, start=1) if number not in lines] == []


def test_words_about_passwords_are_no_secret(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text('WRONG_PASSWORD = "This is not your current password"\nRESET_PASSWORD = "reset-password"\n')
    assert scan(page).returncode == 0


def test_what_is_known_to_be_none_is_let_through_and_the_baseline_stays() -> None:
    baseline = (ROOT / ".secrets.baseline").read_text()
    assert scan(ROOT / "tests/audit/rules/test_audit_chain.py").returncode == 1, "known by its path in the repository"
    assert scan(Path("tests/audit/rules/test_audit_chain.py"), Path("config.py")).returncode == 0
    assert (ROOT / ".secrets.baseline").read_text() == baseline


def test_it_runs_before_each_commit_and_in_make_check() -> None:
    hooks = re.findall(r"^        entry: (\S+)", (ROOT / ".pre-commit-config.yaml").read_text(), re.MULTILINE)
    check = (ROOT / "Makefile").read_text().split("\ncheck: ", 1)[1].split("\n\n", 1)[0]
    assert SCAN in hooks
    assert [hook for hook in hooks if hook not in check.replace("$(PYTHON_IN_VENV)", ".venv/bin/python")] == []
