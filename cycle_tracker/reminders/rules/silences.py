"""What may keep somebody from being notified about a milestone, as the reasons are worked out from. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.preferences import OF_CONTACTS, Preference
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.steps import Deadline


@dataclass(frozen=True)
class Waits:
    """A notice that waits for a mail, and how its addressee takes theirs. `prompt` if it waits for no list day;
    `last_digest_on` is the day of the last digest that they had."""

    name: str
    step: str
    due_on: date
    queued_on: date
    at_once: bool = False
    preference: Preference = OF_CONTACTS
    reminds_before: bool = True
    prompt: bool = False
    last_digest_on: date | None = None


@dataclass(frozen=True)
class Stuck:
    """A mail that did not go out: to whom, what the mail server said, and whether it is tried again."""

    name: str
    said: str
    is_final: bool


@dataclass(frozen=True)
class Silence:
    """All that may keep someone from being notified about one milestone.

    `waits_for` are the titles of what it waits for, `closed_as` is its state in words. `owner` is empty where nobody
    owns it; `owner_may_be_notified` is false where they have no account that may see it, and `stands_in` names who is
    notified then. `unreachable` are audiences for whom there was no one; `switched_off` who wanted no reminder before
    the day. `decided_for` is the last day for which notices were decided, and `decided_by_now` the last one for which
    they should have been; `next_on` the next day on which anyone is to be notified.
    """

    deadline: Deadline
    policy: Policy
    waits_for: Sequence[str] = ()
    closed_as: str = ""
    partnership: str = ""
    was_notified: bool = False
    owner: str = ""
    owner_may_be_notified: bool = True
    stands_in: Sequence[str] = ()
    unreachable: Sequence[Audience] = ()
    waiting: Sequence[Waits] = ()
    switched_off: Sequence[str] = ()
    stuck: Sequence[Stuck] = ()
    decided_for: date | None = None
    decided_by_now: date | None = None
    next_on: date | None = None
