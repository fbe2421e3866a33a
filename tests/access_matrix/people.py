"""People, posts, invitations and handing over."""

from datetime import timedelta
from typing import Any

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, User
from tests.access_matrix.cells import ADMINISTRATOR, LEAD, Cell, everywhere
from tests.factories import grant_role, make_milestone, make_user

ADMINS = frozenset({ADMINISTRATOR})
LEADS = frozenset({LEAD, ADMINISTRATOR})
PERSON = "/people/<int(max=2147483647):person_id>"
GRANT = f"{PERSON}/roles/<int(max=2147483647):grant_id>/take-away"
WITHIN = "/partnerships/<slug>/people"
PERSON_WITHIN = f"{WITHIN}/<int(max=2147483647):person_id>"
GRANT_WITHIN = f"{PERSON_WITHIN}/roles/<int(max=2147483647):grant_id>/take-away"
INVITATION = "/people/invitations/<int(max=2147483647):invitation_id>"
POST = f"{WITHIN}/<int(max=2147483647):post_id>"
EXPORT = "export.<any(csv,xlsx):form>"

CHANGED = (("name", "Morag Reid"), ("organisation", ""))
ROLE = (("role", "auditor"), ("partnership", ""), ("organisation", ""))
INVITED = (("email", "new.person@example.test"), ("name", "Kirsty Bain"), ("role", "contributor"))
MAILBOX = (
    ("name", "Planning team"),
    ("mailbox", "new.team@example.test"),
    ("organisation", ""),
    ("holders", "{successor}"),
)


def _of_person(rule: str, method: str, path: str, data: tuple[tuple[str, str], ...] = ()) -> Cell:
    return Cell(rule, method, path, ADMINS, everywhere=True, data=data)


TABLE = [
    everywhere("/people", LEADS),
    Cell(f"/people/{EXPORT}", "GET", "/people/export.csv", ADMINS, everywhere=True),
    everywhere("/people/invitations", ADMINS),
    Cell(f"/people/invitations/{EXPORT}", "GET", "/people/invitations/export.csv", ADMINS, everywhere=True),
    everywhere("/people/invite", ADMINS),
    everywhere("/people/invite", ADMINS, "POST", (*INVITED, ("partnership", "{slug}"), ("organisation", ""))),
    _of_person(PERSON, "GET", "/people/{account}"),
    _of_person(f"{PERSON}/{EXPORT}", "GET", "/people/{account}/export.csv"),
    _of_person(f"{PERSON}/change", "GET", "/people/{account}/change"),
    _of_person(f"{PERSON}/change", "POST", "/people/{account}/change", CHANGED),
    _of_person(f"{PERSON}/roles", "GET", "/people/{account}/roles"),
    _of_person(f"{PERSON}/roles", "POST", "/people/{account}/roles", ROLE),
    _of_person(GRANT, "GET", "/people/{leaver}/roles/{leaver_grant}/take-away"),
    _of_person(GRANT, "POST", "/people/{leaver}/roles/{leaver_grant}/take-away"),
    _of_person(f"{PERSON}/deactivate", "GET", "/people/{leaver}/deactivate"),
    _of_person(f"{PERSON}/deactivate", "POST", "/people/{leaver}/deactivate"),
    _of_person(f"{PERSON}/reactivate", "POST", "/people/{leaver}/reactivate"),
    _of_person(f"{PERSON}/hand-over", "GET", "/people/{outgoing}/hand-over"),
    Cell(f"{PERSON}/hand-over", "POST", "/people/{outgoing}/hand-over", ADMINS, data=(("to", "{successor}"),)),
    Cell(WITHIN, "GET", "/partnerships/{slug}/people", LEADS),
    Cell(f"{WITHIN}/{EXPORT}", "GET", "/partnerships/{slug}/people/export.csv", LEADS),
    Cell(f"{WITHIN}/invite", "GET", "/partnerships/{slug}/people/invite", LEADS),
    Cell(f"{WITHIN}/invite", "POST", "/partnerships/{slug}/people/invite", LEADS, data=INVITED),
    Cell(PERSON_WITHIN, "GET", "/partnerships/{slug}/people/{account}", LEADS),
    Cell(GRANT_WITHIN, "GET", "/partnerships/{slug}/people/{goer}/roles/{goer_grant}/take-away", LEADS),
    Cell(GRANT_WITHIN, "POST", "/partnerships/{slug}/people/{goer}/roles/{goer_grant}/take-away", LEADS),
    Cell(f"{PERSON_WITHIN}/hand-over", "GET", "/partnerships/{slug}/people/{handing_over}/hand-over", LEADS),
    Cell(
        f"{PERSON_WITHIN}/hand-over",
        "POST",
        "/partnerships/{slug}/people/{handing_over}/hand-over",
        LEADS,
        data=(("to", "{successor}"),),
    ),
    Cell(f"{WITHIN}/add-post", "GET", "/partnerships/{slug}/people/add-post", LEADS),
    Cell(
        f"{WITHIN}/add-post",
        "POST",
        "/partnerships/{slug}/people/add-post",
        LEADS,
        data=MAILBOX,
        optional=("organisation",),
    ),
    Cell(f"{POST}/post", "GET", "/partnerships/{slug}/people/{post_here}/post", LEADS),
    Cell(
        f"{POST}/post",
        "POST",
        "/partnerships/{slug}/people/{post_here}/post",
        LEADS,
        data=(("name", "Team"), ("mailbox", "other.team@example.test"), ("holders", "{successor}")),
        optional=("organisation",),
    ),
    Cell(f"{POST}/retire", "GET", "/partnerships/{slug}/people/{post_here}/retire", LEADS),
    Cell(f"{POST}/retire", "POST", "/partnerships/{slug}/people/{post_here}/retire", LEADS),
    Cell(f"{INVITATION}/send-again", "POST", "/people/invitations/{asked}/send-again", LEADS),
    Cell(f"{INVITATION}/withdraw", "POST", "/people/invitations/{asked}/withdraw", LEADS),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Somebody for each thing that happens to people here, a post, and an open invitation."""
    parts: dict[str, object] = {}
    for name in ("account", "successor", "leaver", "goer", "outgoing", "handing_over"):
        person = _make(name, partnership)
        parts[name] = person.id
        parts[f"{name}_grant"] = grant_role(person, Role.CONTRIBUTOR, partnership).id
        if name not in {"account", "successor"}:
            make_milestone(partnership, key=f"2026-29.of-{name}", owner=person)
    post = _make("post", partnership, kind=AccountKind.POST)
    grant_role(post, Role.CONTRIBUTOR, partnership)
    invitation = Invitation(
        email=f"asked.{partnership.slug}@example.test",
        name="Asked",
        role=Role.CONTRIBUTOR,
        scope=Scope.PARTNERSHIP,
        partnership=partnership,
        invited_by=post,
        invited_at=now(),
        expires_at=now() + timedelta(days=7),
    )
    db.session.add(invitation)
    db.session.flush()
    return {**parts, "post_here": post.id, "asked": invitation.id}


def _make(name: str, partnership: Partnership, **fields: Any) -> User:
    """A person whose address is the same in every run."""
    return make_user(f"The {name}, {partnership.name}", email=f"{name}.{partnership.slug}@example.test", **fields)
