"""The people of one partnership: for its planning leads, and for administrators."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission, may_invite
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.people.queries.accounts import Account, count_people_of, list_people_of
from cycle_tracker.people.queries.delegations import list_to_come
from cycle_tracker.people.queries.held_roles import get_grant, list_roles, organisations_in, reaches
from cycle_tracker.people.queries.invitations import list_invitations_to
from cycle_tracker.people.queries.people import get_person_of, last_seen, list_owned
from cycle_tracker.people.queries.posts import holders_of, list_holders, list_posts_of
from cycle_tracker.people.services import people
from cycle_tracker.people.web import presenters
from cycle_tracker.people.web.delegations.presenters import lines_of
from cycle_tracker.people.web.forms import ConfirmForm
from cycle_tracker.people.web.invitation_rows import invitation_lines
from cycle_tracker.people.web.presenters import PersonRow
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for, pages_of
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("people_within", __name__, url_prefix="/partnerships/<slug>/people")
ONE = "/<int(max=2147483647):person_id>"
OWNED_PER_PAGE = 20


@bp.get("")
@requires(Permission.INVITE_PEOPLE)
def index(slug: str) -> ResponseReturnValue:
    """Who has which role here, the posts, and the invitations that nobody has answered yet."""
    partnership, today = _partnership(slug), clock.today()
    count = count_people_of(partnership, today)
    page = min(page_asked_for(), last_page(count))
    found = list_people_of(partnership, today, page=page, per_page=PER_PAGE)
    return render_template(
        "people/within.html",
        partnership=partnership,
        lines=_lines(partnership, found),
        pages=Pages(found, page=page, count=count),
        invitations=invitation_lines(list_invitations_to(partnership), clock.now()),
        form=ConfirmForm(),
    )


@bp.get("/export.<any(csv,xlsx):form>")
@requires(Permission.INVITE_PEOPLE)
def export(slug: str, form: FileForm) -> ResponseReturnValue:
    """Everybody who has a role here, as a file."""
    partnership, today = _partnership(slug), clock.today()
    found = _lines(partnership, list_people_of(partnership, today))
    return download(Sheet(f"people-{slug}-{today}", presenters.FILE_COLUMNS, presenters.file_rows(found)), form)


@bp.get(ONE)
@requires(Permission.INVITE_PEOPLE)
def show(slug: str, person_id: int) -> ResponseReturnValue:
    """One person or post: the roles that count here, and what they own here."""
    partnership, today, viewer = _partnership(slug), clock.today(), current_viewer()
    person = get_person_of(partnership, person_id, today)
    owned = list_owned(person.id, within=[partnership.id])
    pages = pages_of(owned, OWNED_PER_PAGE)
    organisation_ids = organisations_in(partnership.id, today)
    held = [one for one in list_roles(person.id) if reaches(one, partnership.id, organisation_ids)]
    return render_template(
        "people/show_within.html",
        partnership=partnership,
        person=person,
        status=presenters.status_of(person),
        facts=presenters.facts(person, last_seen(person.id), list_posts_of(person.id)),
        roles=presenters.role_lines_within(held, slug, viewer),
        holders=list_holders(person.id) if person.is_post else [],
        owned=presenters.owned_lines(pages.items, today),
        owned_wording=presenters.owns_wording(len(owned), partnership.name),
        pages=pages,
        lines=lines_of(list_to_come(person.id, today), slug, today, may_end=False),
    )


@bp.route(f"{ONE}/roles/<int(max=2147483647):grant_id>/take-away", methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def take_away(slug: str, person_id: int, grant_id: int) -> ResponseReturnValue:
    """Remove a role in this partnership, after a look at what it means."""
    partnership, today = _partnership(slug), clock.today()
    person = get_person_of(partnership, person_id, today)
    grant = get_grant(person, grant_id, partnership_id=partnership.id)
    if not may_invite(current_viewer(), grant.role, grant.scope, grant.partnership_id):
        raise NotAllowed
    held = next(one for one in list_roles(person.id) if one.grant_id == grant.id)
    form = ConfirmForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.take_away_role(grant, by=current_user_row(), today=today, now=clock.now())
    if attempt.saved:
        flash(f"{person.name} no longer has this role: {presenters.role_wording(held)}.", "success")
        return redirect(url_for("people_within.index", slug=slug))
    return render_template(
        "people/take_away.html",
        form=form,
        person=person,
        partnership=partnership,
        role=presenters.role_wording(held),
        owned=presenters.owns_wording(len(list_owned(person.id, within=[partnership.id])), partnership.name),
        hand_over=url_for("hand_overs.within", slug=slug, person_id=person.id),
        back=url_for("people_within.show", slug=slug, person_id=person.id),
    ), attempt.status


def _partnership(slug: str) -> Partnership:
    return get_partnership(current_viewer(), slug, to=Permission.INVITE_PEOPLE)


def _lines(partnership: Partnership, found: list[Account]) -> list[PersonRow]:
    organisation_ids = organisations_in(partnership.id, clock.today())
    holders = holders_of([one.id for one in found if one.is_post])
    return presenters.lines_within(found, partnership.slug, partnership.id, organisation_ids, holders)
