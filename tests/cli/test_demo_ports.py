"""`make run` stops with one line where a port cannot be used."""

import socket

import pytest

from scripts.run_demo import read_ports


@pytest.mark.parametrize(
    ("variable", "given", "said"),
    [
        ("PORT", "web", "PORT=web is no port of its own for the web server."),
        ("PORT", "5061", "PORT=5061 is a port that browsers refuse to open: choose another for the web server."),
        ("MAIL_CATCHER_PORT", "6667", "MAIL_CATCHER_PORT=6667 is a port that browsers refuse to open"),
    ],
)
def test_a_port_that_cannot_be_used_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, given: str, said: str
) -> None:
    for name, number in {"PORT": 48131, "MAIL_CATCHER_SMTP_PORT": 48132, "MAIL_CATCHER_PORT": 48133}.items():
        monkeypatch.setenv(name, str(number))
    monkeypatch.setenv(variable, given)
    with pytest.raises(SystemExit, match="^" + said.split(":")[0]) as stopped:
        read_ports()
    assert "\n" not in str(stopped.value)


def test_a_port_in_use_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(SystemExit, match="for the web server is not free"):
            read_ports()
