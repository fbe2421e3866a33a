"""What runs first in every process that `processes.py` forks, and the scheduler's command in such a process."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scheduler.__main__ import main
from tests.support.orphans import end_with_parent


def begin(settings: Mapping[str, str], do: Callable[..., None], arguments: Sequence[Any]) -> None:
    """Do something under these settings, in a process that ends with the server that forked it."""
    end_with_parent()
    os.environ.update(settings)
    do(*arguments)


def run_scheduler(words: Sequence[str], said: Path) -> None:
    """`python -m scheduler` with these words; what it prints goes to a file, and its status is this process's."""
    with said.open("w") as out:
        os.dup2(out.fileno(), sys.stdout.fileno())
    sys.exit(main(words))
