"""The commands are there by their names, and none is loaded before somebody asks for it."""

import os
import subprocess
import sys

import click
import pytest
from flask import Flask

import config
from cycle_tracker.cli import COMMANDS, register_commands

LOOK = """
import sys
from cycle_tracker.web_app import create_app
create_app({"DATABASE_URL": "sqlite://", "SECRET_KEY": "x" * 64})
print(*sys.modules)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_found_by_its_own_name(name: str) -> None:
    app = Flask("commands")
    register_commands(app)
    command = app.cli.get_command(click.Context(app.cli), name)

    assert command is not None
    assert command.name == name
    assert name in app.cli.list_commands(click.Context(app.cli))


def test_a_command_that_is_not_there_is_not_found() -> None:
    app = Flask("commands")
    register_commands(app)
    assert app.cli.get_command(click.Context(app.cli), "make-tea") is None


def test_a_web_server_loads_no_command_and_no_demo() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=config.ROOT,
        env={**os.environ, "PYTHONPATH": str(config.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.split()
    assert "cycle_tracker.pages" in loaded
    assert [name for name in loaded if name.startswith("cycle_tracker.cli.")] == []
