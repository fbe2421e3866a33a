"""Posts with shared mailboxes: they own milestones and are mailed, and nobody signs in as them. People act for them."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, PostHolder, User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.users import grant_role, valid_email, valid_name


def add_post(
    name: str, mailbox: str, *, organisation: Organisation | None, partnership: Partnership, by: User, now: datetime
) -> User:
    """A new post that may own milestones of a partnership. Raises RuleBroken for an address that somebody has."""
    post = User(
        email=_free_mailbox(mailbox, None),
        name=valid_name(name),
        kind=AccountKind.POST,
        active=True,
        fs_uniquifier=uuid4().hex,
        organisation=organisation,
    )
    db.session.add(post)
    db.session.flush()
    audit.record("user", post.id, "post-added", by=by, at=now, partnership_id=partnership.id)
    grant_role(post, Role.CONTRIBUTOR, partnership, by=by, now=now)
    return post


def change_post(
    post: User, name: str, mailbox: str, *, organisation: Organisation | None, by: User, now: datetime
) -> None:
    """Give a post another name, mailbox or organisation. Raises RuleBroken for an address that somebody has."""
    email = _free_mailbox(mailbox, post)
    tidy = valid_name(name)
    if (post.email, post.name, post.organisation_id) == (email, tidy, organisation.id if organisation else None):
        return
    post.email, post.name, post.organisation = email, tidy, organisation
    audit.record("user", post.id, "post-changed", by=by, at=now)
    db.session.flush()


def set_holders(post: User, holders: Collection[User], *, by: User, now: datetime) -> None:
    """Say who acts for a post: these people and nobody else. What the post owns is theirs to change at once."""
    wanted = {holder.id for holder in holders}
    held = {row.user_id: row for row in db.session.scalars(select(PostHolder).where(PostHolder.post_id == post.id))}
    if wanted == set(held):
        return
    for user_id in sorted(set(held) - wanted):
        db.session.delete(held[user_id])
    db.session.add_all(PostHolder(post_id=post.id, user_id=user_id) for user_id in sorted(wanted - set(held)))
    audit.record(
        "user",
        post.id,
        "holders-changed",
        by=by,
        at=now,
        before={"holders": sorted(held)},
        after={"holders": sorted(wanted)},
    )
    db.session.flush()


def _free_mailbox(mailbox: str, post: User | None) -> str:
    try:
        email = valid_email(mailbox)
    except RuleBroken as refused:
        raise RuleBroken(refused.message, field="mailbox") from refused
    taken = find_user(email)
    if taken is not None and taken is not post:
        raise RuleBroken("A person or another post already has this address.", field="mailbox")
    return email
