"""Routes, commands and jobs commit; the few services that commit by themselves are listed in the architecture, and each
says so where it does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import config

CODE = config.ROOT / "cycle_tracker"
COMMITS = {"db.session.commit", "connection.begin", "db.engine.begin"}
"""What ends a transaction of the session's, or begins one of its own. (The commit of a savepoint ends none.)"""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(layer: str) -> list[Path]:
    return sorted({*CODE.glob(f"*/{layer}.py"), *CODE.glob(f"*/{layer}/**/*.py")})


def commits_in(node: ast.AST) -> bool:
    return any(isinstance(call, ast.Call) and ast.unparse(call.func) in COMMITS for call in ast.walk(node))


def functions_of(tree: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """The functions and methods of a module; one that is defined within another belongs to that."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from functions_of(node)
        elif isinstance(node, Function):
            yield node


def test_the_architecture_lists_every_service_that_commits_by_itself() -> None:
    text = (config.ROOT / "docs/architecture.md").read_text()
    listed = text.split("commit by themselves", 1)[1].split("\n\n", 2)[1]
    committing = {
        str(path.relative_to(CODE)) for path in modules("services") if commits_in(ast.parse(path.read_text()))
    }
    assert set(re.findall(r"`([\w/]+\.py)`", listed)) == committing


def test_what_commits_by_itself_says_so() -> None:
    silent = [
        f"{path.relative_to(CODE)}: {function.name}"
        for path in modules("services")
        for function in functions_of(ast.parse(path.read_text()))
        if commits_in(function) and "ommit" not in (ast.get_docstring(function) or "")
    ]
    assert silent == []


def test_no_rule_and_no_query_commits() -> None:
    inner = [*modules("rules"), *modules("queries")]
    assert inner
    assert [path for path in inner if commits_in(ast.parse(path.read_text()))] == []
