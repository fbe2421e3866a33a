"""Home: mails about a lead's partnerships that could not be delivered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.statements import Asked
from cycle_tracker.overview.queries.failed_mails import failed_about
from cycle_tracker.web.wording import count, moment

OF_LATE = timedelta(days=28)


@dataclass(frozen=True)
class FailedMail:
    """One mail that did not arrive: to whom, about how much, when it was given up, and what the mail server said."""

    recipient: str
    about: str
    when: str
    said: str


def asked(viewer: Viewer, now: datetime) -> Asked:
    """The question for those of the last four weeks about the partnerships that the person leads."""
    return failed_about(viewer.partnerships_with(Permission.CHANGE_MILESTONES) or (), now - OF_LATE)


def lines(rows: Iterable[Any]) -> Sequence[FailedMail]:
    """What was found, in words."""
    return [
        FailedMail(row.recipient, count(row.milestones, "milestone"), moment(row.ended_at), row.trouble) for row in rows
    ]
