"""How much of our own code is behind a page: the functions that one visit calls from its route on, how deep below the
route the database is, and how often it is asked. A reader who follows a page from its route holds all of it in mind.

What every page shares (the session, the menu, forms, the words of dates: `core` and `web`) is learnt once, and is not
counted: it is about as much again.
"""

import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import CodeType, FrameType
from typing import Any

import time_machine
from flask import Flask

import config
from cycle_tracker.core.roles import Role
from tests.access_matrix import TABLE
from tests.access_matrix.stage import Parts, person
from tests.support.pages import sign_in

OWN = str(config.ROOT / "cycle_tracker") + "/"
SHARED = (f"{OWN}core/", f"{OWN}web/")
MOST_FUNCTIONS, DEEPEST, MOST_STATEMENTS = 25, 5, 5


class Followed:
    """What one visit called, from the view on."""

    def __init__(self) -> None:
        self.functions: set[CodeType] = set()
        self.depths: list[int] = []
        self._below = 0

    def note(self, frame: FrameType, event: str, _: Any) -> None:
        """What Python calls for each call and return."""
        path = frame.f_code.co_filename
        if path.endswith("sqlalchemy/engine/default.py") and frame.f_code.co_name == "do_execute" and event == "call":
            self.depths.append(self._below)
        if not path.startswith(OWN) or frame.f_code.co_name.startswith("<"):
            return
        if event == "call":
            self._below += 1
            if not path.startswith(SHARED):
                self.functions.add(frame.f_code)
        elif event == "return":
            self._below -= 1


@contextmanager
def followed(view: Callable[..., Any], app: Flask, endpoint: str) -> Iterator[Followed]:
    """What the view calls while the block visits it."""
    seen = Followed()

    @wraps(view)
    def watched(**values: Any) -> Any:
        sys.setprofile(seen.note)
        try:
            return view(**values)
        finally:
            sys.setprofile(None)

    app.view_functions[endpoint] = watched
    try:
        yield seen
    finally:
        app.view_functions[endpoint] = view


def test_behind_the_page_in_the_middle_are_few_functions_and_the_database_is_near(
    app: Flask, two_partnerships: Parts, morning: time_machine.Traveller
) -> None:
    clients = {role: sign_in(app, person(role)) for role in (Role.LEAD, Role.OFFICIAL, Role.ADMINISTRATOR)}
    counts, depths, statements = {}, {}, {}
    for cell in (cell for cell in TABLE if cell.method == "GET"):
        role = next((role for role in clients if role in cell.may), Role.LEAD)
        path = cell.path.format_map(two_partnerships["moray"])
        endpoint, _ = app.url_map.bind("localhost").match(path.partition("?")[0])
        view = app.view_functions[endpoint]
        with followed(view, app, endpoint) as seen:
            status = clients[role].get(path).status_code
        if status == 200:
            counts[path] = len(seen.functions)
            depths[path] = max(seen.depths, default=0)
            statements[path] = len(seen.depths)
    most = sorted(counts, key=counts.__getitem__, reverse=True)[:10]
    assert len(counts) > 75
    assert statistics.median(counts.values()) <= MOST_FUNCTIONS, [(counts[path], path) for path in most]
    assert statistics.median(depths.values()) <= DEEPEST
    assert statistics.median(statements.values()) <= MOST_STATEMENTS
