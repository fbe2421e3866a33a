"""What happened to a milestone last: shown to a person whose change came too late.

A history speaks of every capability, so it is told above them all, by the page of a milestone; which function tells it
is said when the app is made. Pages below ask here.
"""

from collections.abc import Callable

from flask import Flask, current_app

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.milestones.web.entries import Entry
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_viewer
from cycle_tracker.web.saving import Attempt

ReadNewest = Callable[[Milestone, Viewer], list[Entry]]
EXTENSION = "newest_of_milestone"


def init_app(app: Flask, read: ReadNewest) -> None:
    """Say who tells what happened last."""
    app.extensions[EXTENSION] = read


def read_newest(milestone: Milestone, viewer: Viewer) -> list[Entry]:
    """What happened to it last, as far as this person may read it."""
    read: ReadNewest = current_app.extensions[EXTENSION]
    return read(milestone, viewer)


def changed_by_others(attempt: Attempt, milestone: Milestone) -> list[Entry] | None:
    """What others changed, for a person whose change came too late. None where it did not."""
    return read_newest(milestone, current_viewer()) if attempt.is_late else None
