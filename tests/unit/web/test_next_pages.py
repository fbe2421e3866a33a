"""After signing in, people stay on this site."""

import pytest

from cycle_tracker.web.account.next_pages import safe_next


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/outstanding?state=outstanding&page=2",
        "/partnerships/moray/milestones/2026-29.annual-report-1",
        "/register?x=a%20b",
        "/a//b",
        "/a?u=https://elsewhere.example/",
    ],
)
def test_a_path_of_this_site_is_kept(address: str) -> None:
    assert safe_next(address, "/home") == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "outstanding",
        "//e.example",
        "/\\e.example",
        "/a\\b",
        "/%5ce.example",
        "/%2f/e.example",
        "/%09/e.example",
        "/\u2028/e.example",
        "/\r\nLocation: //e.example",
        "https://e.example",
        "javascript:alert(1)",
        "//[e.example",
        "/" + "a" * 3000,
    ],
)
def test_anything_else_is_not(address: str | None) -> None:
    assert safe_next(address, "/home") == "/home"
