"""Comments: said, shown as text, taken back by their authors (attacks S5 and S8)."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.comments import write_comment
from cycle_tracker.milestones.web.comments.presenters import with_links
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.evidence import Comment
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.moray import REPORT, STEP, Place, count
from tests.support.pages import Browser, counted_statements, said, soup, value_of

COMMENTS = f"{STEP}/comments"
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/'><script>alert(1)</script>",
    "http://<script>alert(1)</script>",
    "HTTPS://example.org/<img/src=x>",
    "<form><input name=body><input id=cookie>",
    "</textarea><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def write(client: Browser, text: str) -> TestResponse:
    return client.post(COMMENTS, data={"text": text})


def test_what_is_said_is_there_for_the_people_of_the_partnership_and_auditors(place: Place) -> None:
    assert write(place.client(place.owner), "The board meets on 3 May.\nWho drafts it?").status_code == 302
    for role in (Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.AUDITOR):
        page = said(place.someone(role).get(STEP))
        assert "Calum Reid, 3 July 2026 at 10:00 The board meets on 3 May. Who drafts it?" in page
        assert "Scottish Government officials and administrators do not see comments" in page
    assert "The board meets" not in said(place.someone(Role.ADMINISTRATOR).get(STEP))


def test_officials_see_no_comments_on_a_document(place: Place) -> None:
    place.client(place.lead).post(f"{REPORT}/comments", data={"text": "Between ourselves"})
    official = place.someone(Role.OFFICIAL)
    assert "Between ourselves" not in official.get(REPORT).get_data(as_text=True)
    assert official.get(f"{REPORT}/comments").status_code == 403


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_a_comment_stays_text(place: Place, payload: str) -> None:
    client = place.client(place.owner)
    assert write(client, payload).status_code == 302
    for path in (STEP, COMMENTS):
        (shown,) = soup(client.get(path)).select(".app-comment__text")
        assert {tag.name for tag in shown.find_all(True)} <= {"a"}
        assert all(set(link.attrs) == {"href", "rel"} for link in shown.find_all("a"))
        assert all(str(link["href"]).lower().startswith(("http://", "https://")) for link in shown.find_all("a"))
        assert shown.get_text() == payload


def test_addresses_become_links_and_sentences_keep_their_ends() -> None:
    shown = str(with_links("See https://example.org/a?b=1&c=2, and (http://example.org/x).\nThanks"))
    assert shown == (
        'See <a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">'
        "https://example.org/a?b=1&amp;c=2</a>, and "
        '(<a href="http://example.org/x" rel="noopener noreferrer nofollow">http://example.org/x</a>).<br>\nThanks'
    )


def test_nothing_and_too_much_are_refused_beside_the_field(place: Place) -> None:
    client = place.client(place.owner)
    for text, words in [
        ("", "Write a comment"),
        (" \n\t ", "Write a comment"),
        ("\x01\x02", "Write a comment"),
        ("x" * 2001, "The comment must be 2,000 characters or fewer"),
        ("x" * 10_000, "The comment must be 2,000 characters or fewer"),
    ]:
        answer = write(client, text)
        assert answer.status_code == 200, text
        assert words in (soup(answer).find(id="text-error") or soup(answer)).get_text()
        assert value_of(answer, "text") == text.strip().replace("\x01", "").replace("\x02", "")
        assert count(Comment) == 0, text


def test_a_button_pressed_twice_says_it_once(place: Place, morning: time_machine.Traveller) -> None:
    client = place.client(place.owner)
    for _ in range(2):
        assert write(client, "Agreed.").status_code == 302
    assert count(Comment) == 1
    morning.shift(timedelta(minutes=2))
    write(client, "Agreed.")
    assert count(Comment) == 2


def test_an_author_takes_back_their_own_and_nobody_elses(place: Place) -> None:
    author = place.client(place.owner)
    write(author, "I should not have said this.")
    comment = db.session.scalars(select(Comment)).one()
    path = f"{COMMENTS}/{comment.id}/take-back"
    for role in (Role.LEAD, Role.CONTRIBUTOR, Role.CLERK):
        other = place.someone(role)
        assert path not in other.get(STEP).get_data(as_text=True)
        assert other.post(path).status_code == 403
    fife = make_partnership("fife")
    make_milestone(fife, key="2026-29.draft-plan")
    stranger = place.client(make_user("Fiona Lamb", role=Role.LEAD, partnership=fife))
    assert stranger.post(path).status_code == 404
    assert stranger.post(path.replace("moray", "fife")).status_code == 404
    for _ in range(2):
        assert author.post(path).status_code == 302
    page = said(author.get(STEP))
    assert "I should not have said this" not in page
    assert "Deleted by its author." in page
    about_it = select(AuditEvent.action).where(AuditEvent.subject == "comment").order_by(AuditEvent.id)
    assert list(db.session.scalars(about_it)) == ["written", "taken-back"]


def test_beyond_fifty_the_newest_are_shown_and_all_have_a_page(place: Place) -> None:
    for number in range(53):
        write_comment(place.step, f"Comment {number}.", by=place.lead, now=clock.now())
    client = place.client(place.lead)
    page = client.get(STEP)
    shown = [tag.get_text() for tag in soup(page).select(".app-comment__text")]
    assert shown == [f"Comment {number}." for number in range(3, 53)]
    assert soup(page).find("a", href=COMMENTS) is not None
    with counted_statements() as first:
        assert "Comment 0." in said(client.get(COMMENTS))
    with counted_statements() as second:
        last = client.get(f"{COMMENTS}?page=2")
    assert [tag.get_text() for tag in soup(last).select(".app-comment__text")] == [
        f"Comment {number}." for number in range(50, 53)
    ]
    assert len(first) == len(second)


def test_auditors_read_and_do_not_write(place: Place) -> None:
    auditor = place.someone(Role.AUDITOR)
    assert soup(auditor.get(COMMENTS)).select("main form") == []
    assert write(auditor, "I was here").status_code == 403
    assert count(Comment) == 0
