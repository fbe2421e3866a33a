"""Posts with shared mailboxes, made and changed by a partnership's leads, and by administrators."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.roles import Scope
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.bodies import list_organisations
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.people.queries.people import get_person_of, list_owned
from cycle_tracker.people.queries.posts import list_holders
from cycle_tracker.people.services import people, posts
from cycle_tracker.people.web import presenters
from cycle_tracker.people.web.forms import ConfirmForm, PostForm
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("posts", __name__, url_prefix="/partnerships/<slug>/people")
ONE = "/<int(max=2147483647):post_id>"


@bp.route("/add-post", methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def add(slug: str) -> ResponseReturnValue:
    """Make a post that may own milestones here."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.INVITE_PEOPLE)
    organisations = list_organisations(partnership_id=partnership.id)
    holders = _possible_holders(partnership)
    form = PostForm()
    form.offer(organisations, holders)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _add(form, partnership, organisations, holders)
    if attempt.saved:
        flash(f"Saved. {form.name.data} can now own milestones in {partnership.name}.", "success")
        return redirect(url_for("people_within.index", slug=slug))
    return render_template("people/post.html", form=form, partnership=partnership, post=None), attempt.status


@bp.route(f"{ONE}/post", methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def change(slug: str, post_id: int) -> ResponseReturnValue:
    """Change a post, and who acts for it."""
    partnership, post = _post(slug, post_id)
    organisations = list_organisations(partnership_id=partnership.id, also=post.organisation)
    present = list_holders(post.id)
    holders = _possible_holders(partnership, *present)
    form = PostForm(
        data={
            "name": post.name,
            "mailbox": post.email,
            "organisation": post.organisation.code if post.organisation else "",
            "holders": [str(one.id) for one in present],
        }
    )
    form.offer(organisations, holders)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _change(form, post, organisations, holders)
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(url_for("people_within.show", slug=slug, person_id=post_id))
    return render_template("people/post.html", form=form, partnership=partnership, post=post), attempt.status


@bp.route(f"{ONE}/retire", methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def retire(slug: str, post_id: int) -> ResponseReturnValue:
    """Switch a post off, after a look at what it owns."""
    partnership, post = _post(slug, post_id)
    form = ConfirmForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.deactivate(post, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"You have retired {post.name}.", "success")
        return redirect(url_for("people_within.index", slug=slug))
    return render_template(
        "people/retire.html",
        form=form,
        partnership=partnership,
        post=post,
        owned=presenters.owns_wording(len(list_owned(post.id))),
    ), attempt.status


def _post(slug: str, post_id: int) -> tuple[Partnership, User]:
    """A post of a partnership, to be changed. Raises NotAllowed for one that also works where the person has no say."""
    viewer = current_viewer()
    partnership = get_partnership(viewer, slug, to=Permission.INVITE_PEOPLE)
    post = get_person_of(partnership, post_id, clock.today())
    if not post.is_post:
        raise NoResultFound
    if not _has_a_say(viewer, post):
        raise NotAllowed
    return partnership, post


def _has_a_say(viewer: Viewer, post: User) -> bool:
    if viewer.partnerships_with(Permission.INVITE_PEOPLE) is None:
        return True
    return all(
        grant.scope is Scope.PARTNERSHIP and viewer.can(Permission.INVITE_PEOPLE, grant.partnership_id)
        for grant in post.grants
    )


def _possible_holders(partnership: Partnership, *present: User) -> list[User]:
    """People who may change what they own in the partnership, and those who act for the post already."""
    found = {person.id: person for person in (*list_owners(partnership.id, clock.today()), *present)}
    return [person for person in found.values() if not person.is_post]


def _add(
    form: PostForm, partnership: Partnership, organisations: Sequence[Organisation], holders: Sequence[User]
) -> None:
    by, now = current_user_row(), clock.now()
    post = posts.add_post(
        form.name.data,
        form.mailbox.data,
        organisation=_chosen(form, organisations),
        partnership=partnership,
        by=by,
        now=now,
    )
    posts.set_holders(post, _ticked(form, holders), by=by, now=now)


def _change(form: PostForm, post: User, organisations: Sequence[Organisation], holders: Sequence[User]) -> None:
    by, now = current_user_row(), clock.now()
    posts.change_post(
        post, form.name.data, form.mailbox.data, organisation=_chosen(form, organisations), by=by, now=now
    )
    posts.set_holders(post, _ticked(form, holders), by=by, now=now)


def _chosen(form: PostForm, organisations: Sequence[Organisation]) -> Organisation | None:
    return next((one for one in organisations if one.code == form.organisation.data), None)


def _ticked(form: PostForm, holders: Sequence[User]) -> list[User]:
    return [person for person in holders if str(person.id) in (form.holders.data or ())]
