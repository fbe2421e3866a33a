"""The house words: turns of phrase that no page, email, guide or message uses, each with what to write instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AREAS = sorted(
    path.name
    for path in (ROOT / "cycle_tracker").iterdir()
    if path.is_dir() and path.name not in {"__pycache__", "static", "reference"}
)
READ_BY_PEOPLE = ("README.md", "CONTRIBUTING.md", "docs/reminders.md", "docs/guide", "cycle_tracker/reference")

# The pattern, and what is said instead. A pattern is searched without regard to case unless it says otherwise.
FORBIDDEN = {
    r"\bmails?\b(?! catcher| server| address\w* of the sender)|\bmailed\b": "email, emails, emailed (W1)",
    r"(?<![Tt]he )(?<!a )Scottish Government(?! (officials?|officers?|email|guidance|Design|escalation))": (
        "the Scottish Government; no article only before a noun (W2)"
    ),
    r"\b(some|every|no|any)body\b": "someone, everyone, no one, anyone, or say who acts (W3)",
    r"\btold\b": "notified, reminded, emailed, shown: say which (W4)",
    r"\b(stand|stands|stood|standing)\b(?! order)": "is, is shown, status, cover (W5)",
    r"\b(rests?|rested) on\b": "based on (W6)",
    r"\b(ladders?|rungs?)\b": "escalation, escalation stage (W7)",
    r"\b(take|takes|took|taken|taking) (it |this |them |that )?(back|away|off)\b": "undo, withdraw, remove (W8)",
    r"\bat once\b(?<!several at once)(?<!many at once)": "straight away (W9)",
    r"\b(worked|work|works) to\b(?! do| finish)": "due date (W10)",
    r"\b(afresh|anew)\b": "again (W11)",
    r"\bholds?\b": "lasts, is valid, applies, has (W12)",
    r"\bwhole\b": "in full, complete, all of (W13)",
    r"\b(for|in) the nation\b": "for Scotland, nationally (W14)",
    r"\bany more\b": "no longer (W15)",
    r"\blags?\b": "days since 31 March, days after year end (W16)",
    r"\bDuty: (local|practice)\b|\bDate: local\b": "one line, only if there is something to say (W18)",
    r"\bas it is without this\b|\bas follows\b": "use the standard setting; set our own (W19)",
    r"\b(put|puts) (in|down|right)\b|\bset right\b|\bcomes? to\b|\bgo(es)? on\b|\bwants?\b": (
        "add, enter, correct, is passed to, continues, needs (W20)"
    ),
    r"\bdoes no(t)? harm\b|\bis worth nothing\b": "say what happens",
}
# What may be said all the same: where, and why.
ALLOWED: dict[str, str] = {
    r"sent to Scottish Government on": "a column of import files, which people have filled in and keep",
    r"We want as many people as possible to be able to use it": "the sample statement of the accessibility regulations",
}


@pytest.mark.parametrize("area", [*AREAS, "papers"])
def test_what_people_read_is_said_in_house_words(area: str) -> None:
    wrong = [
        f"{place}: {found.group(0)!r} in {text.strip()[:100]!r}: {instead}"
        for place, text in _texts_of(area)
        for pattern, instead in FORBIDDEN.items()
        for found in re.finditer(pattern, text, re.IGNORECASE)
        if not any(re.search(allowed, text, re.IGNORECASE) for allowed in ALLOWED)
    ]
    assert not wrong, f"{len(wrong)} places\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("We will send you a mail", True),
        ("We will send you an email", False),
        ("Tell Scottish Government", True),
        ("Send it to the Scottish Government", False),
        ("Scottish Government officials", False),
        ("Somebody is told at once", True),
        ("It starts straight away", False),
        ("It rests on the guidance", True),
    ],
)
def test_a_forbidden_turn_is_found_and_a_plain_one_is_not(text: str, is_wrong: bool) -> None:
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in FORBIDDEN) == is_wrong


def _texts_of(area: str) -> Iterator[tuple[str, str]]:
    """Each place of an area, and a text there which somebody reads."""
    if area == "papers":
        for name in READ_BY_PEOPLE:
            for path in _files(ROOT / name, ".md", ".toml"):
                yield from _lines(path, _prose(path))
        return
    for path in _files(ROOT / "templates" / area, ".html", ".txt"):
        yield from _lines(path, _said_by_template(path.read_text()))
    for path in _files(ROOT / "cycle_tracker" / area, ".py"):
        yield from _said_by_code(path)


def _files(place: Path, *ends: str) -> list[Path]:
    return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.suffix in ends)


def _lines(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield f"{path.relative_to(ROOT)}:{number}", line


def _prose(path: Path) -> str:
    """A paper without its code."""
    text = path.read_text()
    if path.suffix == ".toml":
        return re.sub(r"(?m)^\s*#.*$", "", text)
    text = re.sub(r"(?ms)^```.*?^```", lambda found: "\n" * found.group(0).count("\n"), text)
    return re.sub(r"`[^`\n]*`|\]\([^)]*\)", "", text)


def _said_by_template(text: str) -> str:
    """The text of a template: without comments, and of tags and expressions only what is quoted and has a space."""
    text = re.sub(r"(?s)\{#.*?#\}", lambda found: "\n" * found.group(0).count("\n"), text)
    return re.sub(r"(?s)\{%.*?%\}|\{\{.*?\}\}|<[^<>]*>", _quoted, text)


def _quoted(found: re.Match[str]) -> str:
    inside = re.findall(r"\"([^\"]*? [^\"]*?)\"|'([^']*? [^']*?)'", found.group(0))
    return " " + " | ".join(one or other for one, other in inside) + "\n" * found.group(0).count("\n")


def _said_by_code(path: Path) -> Iterator[tuple[str, str]]:
    """The sentences of a module: strings with a space or a capital first, without docstrings."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False)
        if isinstance(node.body[0], ast.Expr)
    }
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings | bare:
            continue
        if " " in node.value.strip() or node.value[:1].isupper():
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
