"""After signing in, people stay on this site."""

import pytest

from cycle_tracker.people.web.sign_in.next_pages import safe_next


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


ELSEWHERE = [
    "//e.example",
    "///e.example",
    "////e.example",
    "//e.example/%2f..",
    "//e.example:443/",
    "//user@e.example",
    "//@e.example",
    "/\\e.example",
    "/\\/e.example",
    "\\e.example",
    "\\\\e.example",
    "\\/e.example",
    "/a\\b",
    "/a/..\\..//e.example",
    "https:e.example",
    "https:/e.example",
    "https:///e.example",
    "https://e.example/",
    "HTTPS://E.EXAMPLE",
    "ftp://e.example",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,e.example",
    "vbscript:e.example",
    "%2f%2fe.example",
    "/%2fe.example",
    "/%2f/e.example",
    "/%5ce.example",
    "/%5c%5ce.example",
    "%5c%5ce.example",
    "/%09/e.example",
    "/%0d%0aLocation:%20//e.example",
    "/\t/e.example",
    "/\n/e.example",
    "/\r\nLocation: //e.example",
    "\t//e.example",
    " //e.example",
    "/\u2028/e.example",
    "/\u202e/e.example",
    "@e.example",
    "user:word@e.example",
    "e.example",
    "./e.example",
    "../e.example",
    "//[e.example",
    "//\u3002e.example",
    "?next=//e.example",
    "#//e.example",
    "",
    "/" + "a" * 3000,
]
"""Forms of an address that a browser may take for one of another site, or that are none of this one's."""


def test_there_are_at_least_forty() -> None:
    assert len(set(ELSEWHERE)) >= 40


@pytest.mark.parametrize("address", [None, *ELSEWHERE])
def test_anything_else_is_not(address: str | None) -> None:
    assert safe_next(address, "/home") == "/home"
