"""Doing the same thing at the same moment, in threads that each have a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from threading import Barrier
from typing import TypeVar

from flask import Flask

from cycle_tracker.core.extensions import db

Result = TypeVar("Result")


def at_once(app: Flask, *things: Callable[[], Result]) -> list[Result]:
    """What each of these gives. Each runs in an app context of its own, begins with the others, and must commit."""
    barrier = Barrier(len(things))

    def run(thing: Callable[[], Result]) -> Result:
        with app.app_context():
            barrier.wait()
            try:
                return thing()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(things)) as pool:
        running = [pool.submit(Context().run, run, thing) for thing in things]
        return [one.result() for one in running]
