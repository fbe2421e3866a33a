"""New passwords, by a mailed link or by who knows the old one. The person is told by mail each time."""

from datetime import datetime

from cycle_tracker.access.services.access_links import find_link_holder, spend_link
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.models.access import LinkPurpose
from cycle_tracker.models.user import User
from cycle_tracker.people.services.account_mails import notify_of_change
from cycle_tracker.people.services.users import set_password

CHANGED = "Your password was changed"


class LinkOver(RuleBroken):
    """The mailed link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__("This link no longer works.")


def reset_password(token: str, password: str, *, now: datetime) -> User:
    """Set the password of whoever holds the link, which ends all their sign-ins. Raises LinkOver, and RuleBroken for a
    password that will not do: the link can then be tried again."""
    user = find_link_holder(token, LinkPurpose.RESET_PASSWORD, now=now)
    if user is None or not spend_link(token, LinkPurpose.RESET_PASSWORD, now=now):
        raise LinkOver
    set_password(user, password, by=user, now=now)
    notify_of_change(user, CHANGED, now=now)
    return user


def change_password(user: User, password: str, *, but: int | None, now: datetime) -> None:
    """Set a new password for a person who has shown the old one, and end all their sign-ins `but` this one."""
    set_password(user, password, by=user, now=now, but=but)
    notify_of_change(user, CHANGED, now=now)


def take_sign_in_link(token: str, *, now: datetime) -> User:
    """The person whom a mailed link signs in: once. Raises LinkOver."""
    user = find_link_holder(token, LinkPurpose.SIGN_IN, now=now)
    if user is None or not spend_link(token, LinkPurpose.SIGN_IN, now=now):
        raise LinkOver
    return user
