"""The names of files: text, never a path (attack S11)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.file_kinds import LONGEST_NAME, FileKind, kind_named, size_words, tidy_name


@pytest.mark.parametrize(
    ("given_name", "tidy"),
    [
        ("Minute of 3 May.pdf", "Minute of 3 May.pdf"),
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("/etc/shadow.pdf", "shadow.pdf"),
        ("C:\\Users\\ailsa\\Desktop\\plan.docx", "plan.docx"),
        ("..\\..\\windows\\plan.docx", "plan.docx"),
        ("%2e%2e%2fplan.pdf", "%2e%2e%2fplan.pdf"),
        ("plan.pdf\x00.html", "plan.pdf.html"),
        ("plan\r\nSet-Cookie: a=b.pdf", "planSet-Cookie- a=b.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ('"><img src=x onerror=alert(1)>.pdf', "---img src=x onerror=alert(1)-.pdf"),
        ("  ..plan..pdf. ", "plan..pdf"),
        ("a" * 300 + ".pdf", "a" * (LONGEST_NAME - 4) + ".pdf"),
        ("a" * 300, "a" * LONGEST_NAME),
        (
            "Plana Seirbheisean Chloinne \u2013 G\u00e0idhlig.pdf",
            "Plana Seirbheisean Chloinne \u2013 G\u00e0idhlig.pdf",
        ),
        ("", ""),
        ("..", ""),
        ("///", ""),
    ],
)
def test_a_name_loses_its_folders_and_what_cannot_be_seen(given_name: str, tidy: str) -> None:
    assert tidy_name(given_name) == tidy


@given(st.text(max_size=400))
def test_whatever_the_name_it_is_short_and_stays_where_it_is(name: str) -> None:
    tidy = tidy_name(name)
    assert len(tidy) <= LONGEST_NAME
    assert not {"/", "\\", "\x00", "\n", "\r", '"'} & set(tidy)
    assert not tidy.startswith(".")
    assert all(unicodedata.category(sign) not in {"Cc", "Cf"} for sign in tidy)
    assert tidy_name(tidy) == tidy


def test_each_ending_names_one_kind() -> None:
    endings = [ending for kind in FileKind for ending in kind.endings]
    assert len(endings) == len(set(endings))
    assert all(kind_named(f"a.{ending.upper()}") is kind for kind in FileKind for ending in kind.endings)


@pytest.mark.parametrize(("size", "words"), [(0, "1 KB"), (2_048, "2 KB"), (10 * 1024 * 1024, "10.0 MB")])
def test_a_size_is_told_in_words(size: int, words: str) -> None:
    assert size_words(size) == words
