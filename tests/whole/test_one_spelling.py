"""One spelling in SQL of what is overdue and of who sees what: whoever spells it anew is pointed to the one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The folders in which statements are built, and the modules that own the spellings.
STATEMENTS = sorted(
    path
    for path in (ROOT / "cycle_tracker").rglob("*.py")
    if {"queries", "services", "queries.py", "services.py"} & {*path.parts, path.name}
)
OWNERS = {
    "cycle_tracker/milestones/queries/due_states.py",
    "cycle_tracker/access/queries/scopes.py",
    "cycle_tracker/access/queries/tenures.py",
    "cycle_tracker/models/publication.py",
}
DUE_STATES = "ask milestones/queries/due_states.py"
SCOPES = "ask access/queries/scopes.py"
TENURES = "ask access/queries/tenures.py"
PUBLISHED = "ask models/publication.py"

# A date that a clock or the first day of a service is held to, on either side of < <= > >= or inside between().
DATES = {"due_on", "target_on", "notify_from", "reply_by"}
TABLES = {"Milestone", "Partnership", "UpdateRequest"}
# What is compared with a date and is no question of overdue: where, and why.
ALLOWED = {
    (
        "cycle_tracker/overview/queries/milestone_list_statements.py",
        "due_on >= day_of('due_from')",
    ): "a filter of the page",
    (
        "cycle_tracker/overview/queries/milestone_list_statements.py",
        "due_on <= day_of('due_to')",
    ): "a filter of the page",
    (
        "cycle_tracker/overview/queries/milestone_list_statements.py",
        "due_on.between(day_of('first'), day_of('last'))",
    ): "a calendar",
    (
        "cycle_tracker/reminders/queries/forecast_notices.py",
        "Milestone.due_on <= last + FURTHEST",
    ): "how far a forecast looks",
    (
        "cycle_tracker/reminders/queries/around.py",
        "_first.due_on >= Partnership.notify_from",
    ): "of what keeps another waiting, a join of its own",
    (
        "cycle_tracker/reminders/queries/late_lines.py",
        "Milestone.due_on < today",
    ): "reminders stand below milestones; held to core.deadlines by a test of its own",
    (
        "cycle_tracker/reminders/queries/late_lines.py",
        "place.notify_from > Milestone.due_on",
    ): "reminders stand below milestones; held to core.deadlines by a test of its own",
    ("cycle_tracker/reminders/services/bookmarks.py", "Milestone.due_on <= today + EARLIEST"): "where a bookmark lies",
}


def test_no_statement_compares_a_due_date_by_itself() -> None:
    assert list(_rivals(STATEMENTS)) == []


def test_what_is_allowed_is_there_still() -> None:
    assert {found[:2] for found in _spelt(STATEMENTS) if found[:2] in ALLOWED} == set(ALLOWED)


@pytest.mark.parametrize(
    ("statement", "where_to_ask"),
    [
        ("Milestone.due_on < today", DUE_STATES),
        ("today >= Milestone.due_on", DUE_STATES),
        ("due_on < today", DUE_STATES),
        ("self.due_on <= today", DUE_STATES),
        ("Milestone.due_on == today", DUE_STATES),
        ("Milestone.due_on.between(today, last)", DUE_STATES),
        ("Partnership.notify_from.is_(None)", DUE_STATES),
        ("Milestone.due_on >= Partnership.notify_from", DUE_STATES),
        ("Milestone.target_on < today", DUE_STATES),
        ("UpdateRequest.reply_by < today", DUE_STATES),
        ("Milestone.state.in_(OPEN)", SCOPES),
        ("Milestone.state.not_in(OPEN)", SCOPES),
        ("Milestone.state.in_([State.NOT_STARTED, State.IN_PROGRESS])", SCOPES),
        ("Milestone.kind.in_(sorted(DOCUMENTS))", SCOPES),
        ("Publication.version != Version.DRAFT", PUBLISHED),
        ("Milestone.partnership_id.in_(sorted(within))", SCOPES),
        ("Milestone.partnership_id.in_(viewer.partnerships_with(to))", SCOPES),
        ("PartnershipBody.to_on >= today", TENURES),
        ("Membership.to_on >= today", TENURES),
    ],
)
def test_a_rival_spelling_is_found(statement: str, where_to_ask: str) -> None:
    (found,) = (notified for notified in map(_told_of, ast.walk(ast.parse(statement))) if notified)
    assert found == where_to_ask


@pytest.mark.parametrize(
    "statement",
    [
        "is_overdue(today)",
        "Milestone.due_on.is_not(None)",
        "Milestone.due_on == wanted.due_on",
        "Milestone.state.in_(question.status.states)",
        "Milestone.partnership_id == partnership.id",
        "row.due_on == milestone.due_on",
        "due_on >= LATEST_DUE",
        "Group.partnership_id.in_(sorted(viewer.within))",
    ],
)
def test_what_asks_for_something_else_is_left_alone(statement: str) -> None:
    assert not any(map(_told_of, ast.walk(ast.parse(statement))))


def test_who_is_let_in_by_an_organisation_is_asked_in_one_way() -> None:
    """`body_holds` counts service providers too, whose people get no access: it is for lists of organisations."""
    asking = {str(path.relative_to(ROOT)) for path in STATEMENTS if re.search(r"\bbody_holds\(", path.read_text())}
    assert asking == {
        "cycle_tracker/access/queries/tenures.py",
        "cycle_tracker/cycles/queries/joining.py",
        "cycle_tracker/organisations/queries/organisations.py",
        "cycle_tracker/organisations/queries/parts.py",
    }


def _rivals(paths: list[Path]) -> Iterator[str]:
    for place, text, where_to_ask in _spelt(paths):
        if place not in OWNERS and (place, text) not in ALLOWED:
            yield f"{place}: {text}: {where_to_ask}"


def _spelt(paths: list[Path]) -> Iterator[tuple[str, str, str]]:
    """Each place in which one of the questions is spelt out, in the words of the source, and where it belongs."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if where_to_ask := _told_of(node):
                yield str(path.relative_to(ROOT)), ast.unparse(node), where_to_ask


def _told_of(node: ast.AST) -> str:
    """Where to ask instead of spelling this out; empty where nothing is wrong with it."""
    if isinstance(node, ast.Compare):
        return _told_of_comparison(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _told_of_call(node.func, node)
    return ""


def _told_of_comparison(node: ast.Compare) -> str:
    sides = [node.left, *node.comparators]
    is_order = any(isinstance(one, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for one in node.ops)
    is_with_today = any(ast.unparse(one) == "today" for one in sides)
    is_with_constant = any(isinstance(one, ast.Name) and one.id.isupper() for one in sides)
    if any(_is_date(one) for one in sides) and (is_order or is_with_today) and not is_with_constant:
        return DUE_STATES
    names = {ast.unparse(one) for one in sides}
    if names == {"Publication.version", "Version.DRAFT"}:
        return PUBLISHED
    return TENURES if is_order and names & {"PartnershipBody.to_on", "Membership.to_on"} else ""


def _told_of_call(method: ast.Attribute, node: ast.Call) -> str:
    column, given = ast.unparse(method.value), ast.unparse(node)
    if method.attr == "between" and _is_date(method.value):
        return DUE_STATES
    if column == "Partnership.notify_from" and method.attr in {"is_", "is_not"}:
        return DUE_STATES
    if method.attr not in {"in_", "not_in"}:
        return ""
    if column == "Milestone.state" and ("OPEN" in given or "NOT_STARTED" in given):
        return SCOPES
    if column == "Milestone.kind" and "DOCUMENTS" in given:
        return SCOPES
    is_of_viewer = "_with(" in given or re.search(r"(?<!viewer\.)\bwithin\b", given)
    return SCOPES if column.endswith("partnership_id") and is_of_viewer else ""


def _is_date(node: ast.AST) -> bool:
    """A column of dates, by its table or as a function is given it; a row's own date in Python is none."""
    if isinstance(node, ast.Attribute):
        return node.attr in DATES and isinstance(node.value, ast.Name) and node.value.id in {*TABLES, "self"}
    return isinstance(node, ast.Name) and node.id in {"due_on", "target_on"}
