"""A document that an official says is not required."""

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from tests.documents.web.conftest import CYCLE, PLAN, Tayside, follow
from tests.support.pages import said, value_of


def test_an_official_says_that_a_document_is_not_required_and_takes_it_back(tayside: Tayside) -> None:
    official, lead = tayside.someone(Role.OFFICIAL), tayside.client()
    path = f"{PLAN}/not-required"
    assert "Mark as not required" in said(official.get(PLAN))
    assert "Mark as not required" not in said(lead.get(PLAN))
    assert lead.get(path).status_code == 403
    version = value_of(official.get(path), "version")
    assert "Enter a reason" in said(official.post(path, data={"version": version, "reason": ""}))
    page = follow(official, official.post(path, data={"version": version, "reason": "Another plan took its place."}))
    assert "Saved. This is marked as not required. Your reason is shown on this page." in said(page)
    for client in (official, lead):
        text = said(client.get(PLAN))
        assert "Not required" in text
        assert "Another plan took its place." in text
    assert "Not required: Another plan took its place." in said(lead.get(CYCLE))
    data = {"version": value_of(lead.get(PLAN), "version"), "reason": "We want it open"}
    assert lead.post(f"{path}/taking-back", data=data).status_code == 403
    assert lead.post(f"{PLAN}/reopen", data=data).status_code != 302, "its partnership does not open it again"
    version = value_of(official.get(f"{path}/taking-back"), "version")
    page = follow(
        official, official.post(f"{path}/taking-back", data={"version": version, "reason": "It is wanted after all."})
    )
    assert "Saved. This is required again." in said(page)
    db.session.expire_all()
    assert (tayside.plan.state, tayside.plan.reason) == (State.IN_PROGRESS, "")
    assert tayside.plan.next_notice_on is not None


def test_a_published_document_is_required_as_it_is(tayside: Tayside) -> None:
    tayside.publish()
    official = tayside.someone(Role.OFFICIAL)
    assert "Mark as not required" not in said(official.get(PLAN))
    path = f"{PLAN}/not-required"
    page = official.post(path, data={"version": value_of(official.get(path), "version"), "reason": "Why not"})
    assert "This is done, so it cannot become not required." in said(page)
