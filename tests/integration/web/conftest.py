"""The day on which the tests of pages are held."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from cycle_tracker.clock import LONDON

MORNING = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
"""A Friday, three days past the guidance date of the annual reports on 2025–26."""


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    """It is ten o'clock on 3 July 2026, and stays so until the test moves on."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller
