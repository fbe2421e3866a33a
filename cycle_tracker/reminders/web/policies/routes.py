"""When people are notified, and how far a date is escalated. A change is seen in its emails before it is saved."""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.reminders.queries.deadlines import Policies, change_of, policies_now
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.queries.policies import (
    PolicyScope,
    changed_places,
    find_policy,
    get_where,
    held_at,
    held_without,
    list_changes,
    national_at,
    with_change,
)
from cycle_tracker.reminders.rules.policies import Policy, PolicyChange, place_of
from cycle_tracker.reminders.rules.policy_rules import group_rung_of
from cycle_tracker.reminders.services.policies import as_kept, check_policy, set_policy, version_of
from cycle_tracker.reminders.web.policies.forms import PolicyForm
from cycle_tracker.reminders.web.policies.presenters import changes, policy_lines, preview_of, wanted_rows, where_words
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.forms import show_rule
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt, give_way

bp = Blueprint("policies", __name__)
PREVIEW_DAYS = 30


@dataclass(frozen=True)
class PolicyLink:
    """The page of one policy, and whether something was changed there."""

    label: str
    address: str
    changed: bool


@bp.get("/policies")
@requires(Permission.SET_POLICIES)
def index() -> ResponseReturnValue:
    """What holds in the nation, and the pages on which the person may change it."""
    viewer, changed = current_viewer(), changed_places()
    mine = viewer.partnerships_with(Permission.SET_POLICIES)
    kinds = [
        PolicyLink(where_words(PolicyScope(kind)), _page(kind=kind), place_of(kind, None) in changed) for kind in Kind
    ]
    return render_template(
        "reminders/policies/index.html",
        lines=policy_lines(_national(policies_now())),
        everywhere=PolicyLink("all milestones", _page(), "all" in changed) if mine is None else None,
        kinds=kinds if mine is None else [],
        partnerships=[
            PolicyLink(one.name, _page(one.slug), any(_is_of(place, one.id) for place in changed))
            for one in list_partnerships(mine)
        ],
    )


@bp.get("/policies/all")
@bp.get("/policies/kinds/<kind>")
@bp.get("/partnerships/<slug>/policies")
@bp.get("/partnerships/<slug>/policies/<kind>")
@requires(Permission.SET_POLICIES)
def show(slug: str | None = None, kind: str | None = None) -> ResponseReturnValue:
    """What holds at one place in plain words, the default beside it, and who changed it when."""
    return _shown(_where(slug, kind))


@bp.route("/policies/all/change", methods=["GET", "POST"])
@bp.route("/policies/kinds/<kind>/change", methods=["GET", "POST"])
@bp.route("/partnerships/<slug>/policies/change", methods=["GET", "POST"])
@bp.route("/partnerships/<slug>/policies/<kind>/change", methods=["GET", "POST"])
@requires(Permission.SET_POLICIES)
def change(slug: str | None = None, kind: str | None = None) -> ResponseReturnValue:
    """Fill in what is to hold; sent, it is shown with the mails that it would send, and nothing is saved. From there
    one comes back here with what one filled in."""
    where = _where(slug, kind)
    policies, today = policies_now(), clock.today()
    form = _form(where, policies)
    if form.again.data:
        form.again.data = ""
    elif form.validate_on_submit():
        wanted = form.wanted(today, _one(held_without(where, policies.changes)).first_after)
        try:
            check_policy(where, wanted, by_a_lead=_is_lead())
        except RuleBroken as rule:
            show_rule(form, rule)
        else:
            return _preview(where, form, wanted, policies)
    return _filled_in(where, form)


@bp.post("/policies/all/save")
@bp.post("/policies/kinds/<kind>/save")
@bp.post("/partnerships/<slug>/policies/save")
@bp.post("/partnerships/<slug>/policies/<kind>/save")
@requires(Permission.SET_POLICIES)
def save(slug: str | None = None, kind: str | None = None) -> ResponseReturnValue:
    """Save what was previewed. Of two people who change the same policy the second is shown both."""
    where = _where(slug, kind)
    policies, today = policies_now(), clock.today()
    form = _form(where, policies)
    attempt = Attempt(form)
    if attempt.validate():
        wanted = form.wanted(today, _one(held_without(where, policies.changes)).first_after)
        with attempt:
            set_policy(
                where,
                wanted,
                version=form.version.data,
                by_a_lead=_is_lead(),
                by=current_user_row(),
                today=today,
                now=clock.now(),
            )
    if attempt.saved:
        flash("Saved. We will use these settings from the next time reminders are prepared.", "success")
        return redirect(_page(slug, where.kind))
    return _changed_meanwhile(slug, kind) if attempt.is_late else _filled_in(where, form)


def _shown(where: PolicyScope) -> str:
    policies, policy = policies_now(), find_policy(where.place)
    return render_template(
        "reminders/policies/show.html",
        where=where,
        words=where_words(where),
        lines=policy_lines(held_at(where, policies.changes)),
        changes=changes(list_changes(policy)),
        kinds=_kinds_in(where),
        change_address=url_for("policies.change", slug=_slug(where), kind=where.kind),
        up=_page(_slug(where)) if where.kind and where.partnership else url_for("policies.index"),
    )


def _kinds_in(where: PolicyScope) -> list[PolicyLink]:
    """The pages for each kind in a partnership."""
    if where.partnership is None or where.kind is not None:
        return []
    changed, slug = changed_places(), where.partnership.slug
    return [
        PolicyLink(where_words(PolicyScope(kind)), _page(slug, kind), place_of(kind, where.partnership_id) in changed)
        for kind in Kind
    ]


def _where(slug: str | None, kind: str | None) -> PolicyScope:
    """The place of an address. Raises NoResultFound for a kind that there is not."""
    try:
        known = Kind(kind) if kind is not None else None
    except ValueError as error:
        raise NoResultFound from error
    return get_where(current_viewer(), slug, known)


def _form(where: PolicyScope, policies: Policies) -> PolicyForm:
    """The form with what it may leave as it is; fresh, filled in with what holds."""
    form, policy = PolicyForm(), find_policy(where.place)
    without = {*map(_plain, held_without(where, policies.changes).values())}
    form.offer(
        next(iter(without)) if len(without) == 1 else None,
        group_is_optional=group_rung_of(national_at(where, policies.changes)) is None,
    )
    if not form.is_submitted():
        form.version.data = version_of(policy)
        form.start_from(change_of(policy) if policy else None, _one(held_at(where, policies.changes)))
    return form


def _filled_in(where: PolicyScope, form: PolicyForm, **more: object) -> str:
    return render_template(
        "reminders/policies/change.html",
        where=where,
        words=where_words(where),
        form=form,
        is_lead=_is_lead(),
        action=url_for("policies.change", slug=_slug(where), kind=where.kind),
        back=_page(_slug(where), where.kind),
        **more,
    )


def _preview(where: PolicyScope, form: PolicyForm, wanted: PolicyChange, policies: Policies) -> str:
    give_way()
    today = clock.today()
    tried = with_change(policies, where.place, as_kept(find_policy(where.place), wanted, today))
    then = forecast(today, PREVIEW_DAYS, which=where.which, policies=tried)
    now = forecast(today, PREVIEW_DAYS, which=where.which)
    return render_template(
        "reminders/policies/preview.html",
        where=where,
        words=where_words(where),
        form=form,
        rows=wanted_rows(held_at(where, tried.changes)),
        preview=preview_of(then, now, PREVIEW_DAYS),
        change_address=url_for("policies.change", slug=_slug(where), kind=where.kind),
        action=url_for("policies.save", slug=_slug(where), kind=where.kind),
    )


def _changed_meanwhile(slug: str | None, kind: str | None) -> ResponseReturnValue:
    """What was typed, beside what the other person made of the policy; sent again, it holds over theirs."""
    where = _where(slug, kind)
    form, policy = _form(where, policies_now()), find_policy(where.place)
    form.version.data = version_of(policy)
    return _filled_in(where, form, newest=changes(list_changes(policy))[:1]), 409


def _is_lead() -> bool:
    """True for whoever may set policies in their own partnerships only."""
    return current_viewer().partnerships_with(Permission.SET_POLICIES) is not None


def _national(policies: Policies) -> dict[tuple[Kind, Basis], Policy]:
    """What the nation has for each kind."""
    return {asked: policy for kind in Kind for asked, policy in held_at(PolicyScope(kind), policies.changes).items()}


def _one(held: dict[tuple[Kind, Basis], Policy]) -> Policy:
    """The policy that a form starts from, of several: that of plans, or else the first."""
    return held.get((Kind.PLAN, Basis.STATUTE)) or next(iter(held.values()))


def _plain(policy: Policy) -> Policy:
    """A policy without where it comes from, to be compared by what it says."""
    return replace(policy, place="", before_since=None)


def _is_of(place: str, partnership_id: int) -> bool:
    return place.split("/")[0] == place_of(None, partnership_id)


def _slug(where: PolicyScope) -> str | None:
    return where.partnership.slug if where.partnership else None


def _page(slug: str | None = None, kind: Kind | None = None) -> str:
    return url_for("policies.show", slug=slug, kind=kind)
