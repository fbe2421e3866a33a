"""The revision of a plan on its page: begun, recorded of, moved, abandoned, published; and who sees what of it."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.approval import Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import PublicationCopy
from tests.documents.web.conftest import PLAN, Tayside, approved, count, follow, rows
from tests.factories import make_partnership
from tests.support.pages import Browser, counted_statements, said, soup, value_of

WHY = "The review found that a priority was missing."
REVISION = f"{PLAN}/revision"


def send(client: Browser, path: str, **data: str) -> TestResponse:
    return client.post(path, data={"version": value_of(client.get(path), "version"), **data})


def begin(client: Browser, **changed: str) -> TestResponse:
    return send(client, REVISION, **{"reason": WHY, "target_on": "30 9 2027", **changed})


def test_a_lead_prepares_a_revision_and_publishes_it(tayside: Tayside) -> None:
    tayside.publish()
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    assert "Start to revise the plan" in said(lead.get(PLAN))
    page = follow(lead, begin(lead))
    text = said(page)
    assert "Saved. The revision and its steps are below." in text
    assert "In preparation since 3 July 2026." in text
    assert "Target date for the lead bodies to agree it: 30 September 2027." in text
    assert f"Why: {WHY}" in text
    assert rows(page, "revision-steps")[1] == (
        "Consult on the draft revised plan 10 June 2027 to 5 August 2027 (suggested date) Not started"
    )
    assert "Start to revise the plan" not in text
    # Officials read that it is prepared, until when and why, and nothing else of it.
    page = official.get(PLAN)
    text = said(page)
    assert "Revision in preparation In preparation since 3 July 2026." in text
    assert WHY in text
    assert "started to revise the plan. Target date: 30 September 2027" in text
    assert (rows(page, "revision-steps"), rows(page, "revision-approvals")) == ([], [])
    # Approvals and copies of the revised plan are not those of the plan.
    path = f"{PLAN}/approvals/revision/{tayside.bodies['NHS Tayside'].id}"
    page = follow(lead, lead.post(path, data=approved(lead, path, approved_on="1 7 2026")))
    assert "NHS Tayside Approved" in rows(page, "revision-approvals")[-1]
    assert "Not recorded yet" in rows(page, "approvals-list")[-1]
    assert "1 of 4 recorded" in rows(page, "revision-steps")[2]
    path = f"{PLAN}/publication/copies/revision"
    page = follow(lead, send(lead, path, receivers=str(government(lead, path)), sent_on="2 7 2026"))
    assert "Scottish Government 2 July 2026" in rows(page, "revision-copies")[0]
    # The revised version has them, and nothing is opened again.
    form = said(lead.get(f"{PLAN}/publication/newer-version"))
    assert "This ends the preparation of the revision." in form
    assert "Untick steps" not in form
    page = follow(
        lead,
        send(
            lead,
            f"{PLAN}/publication/newer-version",
            address="https://www.tayside.example.org/revised",
            published_on="3 7 2026",
            reason=WHY,
        ),
    )
    assert rows(page, "revision-steps") == []
    assert "Approved" in rows(page, "approvals-list")[-1]
    page = follow(lead, send(lead, f"{PLAN}/publication/taking-back", reason="A slip."))
    assert "Approved" in rows(page, "revision-approvals")[-1]


def government(client: Browser, path: str) -> str:
    box = client.get(path).get_data(as_text=True)
    return box.split('name="receivers"')[1].split('value="')[1].split('"')[0]


def test_a_record_of_the_revision_is_changed_and_taken_back_on_its_own_pages(tayside: Tayside) -> None:
    tayside.publish()
    lead = tayside.client()
    begin(lead)
    path = f"{PLAN}/approvals/revision/{tayside.bodies['NHS Tayside'].id}"
    lead.post(path, data=approved(lead, path, approved_on="1 7 2026"))
    page = lead.get(path)
    assert "not the plan that is published" in said(page)
    links = [link["href"] for link in soup(page).select("main a") if "Remove" in link.get_text()]
    assert links == [f"{path}/taking-back"], "of the revision, not of the plan"
    page = follow(lead, send(lead, f"{path}/taking-back", reason="Of another draft."))
    assert "Not recorded yet" in rows(page, "revision-approvals")[-1]
    copies = f"{PLAN}/publication/copies/revision"
    receiver = government(lead, copies)
    lead.post(
        copies,
        data={"version": value_of(lead.get(copies), "version"), "receivers": receiver, "sent_on": "2 7 2026"},
    )
    page = lead.get(f"{copies}/{receiver}")
    links = [link["href"] for link in soup(page).select("main a") if "Remove" in link.get_text()]
    assert links == [f"{copies}/{receiver}/taking-back"], "of the revision, not of the plan"
    assert "officials see it once the revised plan is published" in said(page)
    page = follow(lead, send(lead, f"{copies}/{receiver}", sent_on="1 7 2026", received_on="3 7 2026"))
    assert "Scottish Government 1 July 2026" in rows(page, "revision-copies")[0]
    page = follow(lead, send(lead, f"{copies}/{receiver}/taking-back", reason="It lay in the outbox."))
    assert count(PublicationCopy) == 0
    assert lead.get(f"{copies}/{receiver}").status_code == 404


def test_the_target_is_moved_and_the_revision_abandoned_and_taken_up_again(tayside: Tayside) -> None:
    tayside.publish()
    lead = tayside.client()
    begin(lead)
    page = follow(lead, send(lead, f"{REVISION}/target", target_on="31 10 2027", reason="The council meets later."))
    assert "Target date for the lead bodies to agree it: 31 October 2027." in said(page)
    assert "moved the target date of the revision from 30 September 2027 to 31 October 2027" in said(page)
    page = follow(lead, send(lead, f"{REVISION}/abandoning", reason="The plan can stay."))
    text = said(page)
    assert "Saved. The revision is abandoned." in text
    assert "Revision in preparation" not in text
    assert "Take the abandoned revision up again" in text
    for path in ("target", "abandoning"):
        assert "No revision of this plan is in preparation." in said(follow(lead, lead.get(f"{REVISION}/{path}")))
    page = follow(lead, send(lead, f"{REVISION}/taking-up", reason="It cannot."))
    assert "Saved. The revision is in preparation again." in said(page)
    page = follow(lead, lead.get(f"{REVISION}/taking-up"))
    assert "No abandoned revision can be taken up again." in said(page)


def test_a_step_leads_to_where_it_is_recorded(tayside: Tayside) -> None:
    tayside.publish()
    lead = tayside.client()
    begin(lead)
    step = db.session.scalars(select(Milestone).where(Milestone.key == "2026-29.revision-1.send")).one()
    page = lead.get(f"/partnerships/tayside/milestones/{step.key}")
    assert "last of Scottish Ministers and the other service providers was sent a copy of the revised plan" in said(
        page
    )
    assert f'href="{PLAN}#revision"' in page.get_data(as_text=True)
    assert '<h2 id="revision">' in lead.get(PLAN).get_data(as_text=True)
    for name in ("agree", "send"):  # nobody gives them another title
        text = said(lead.get(f"/partnerships/tayside/milestones/2026-29.revision-1.{name}"))
        assert "Change the lead organisation" in text
        assert "Edit title" not in text


def test_only_a_lead_starts_one_and_others_are_refused(tayside: Tayside) -> None:
    tayside.publish()
    for client, status in (
        (tayside.someone(Role.OFFICIAL), 403),
        (tayside.client(tayside.contributor), 403),
        (tayside.someone(Role.LEAD, make_partnership("fife")), 404),
    ):
        assert client.get(REVISION).status_code == status
    lead = tayside.client()
    for path in ("approvals/revision/1", "publication/copies/revision", "publication/copies/revision/1"):
        assert lead.get(f"{PLAN}/{path}").status_code == 404, "none is in preparation"


@pytest.mark.in_full
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "Enter why the plan is being revised"),
        ({"reason": "x" * 2001}, "must be 2,000 characters or fewer"),
        ({"target_on": ""}, "Enter the target date"),
        ({"target_on": "3 7 2026"}, "must be after 3 July 2026 and no later than 31 March 2029"),
        ({"target_on": "1 4 2029"}, "must be after 3 July 2026 and no later than 31 March 2029"),
        ({"target_on": "31 9 2027"}, "is not a real date"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(tayside: Tayside, changed: dict[str, str], words: str) -> None:
    tayside.publish()
    page = begin(tayside.client(), **changed)
    assert page.status_code == 200
    assert words in said(page)
    assert count(Revision) == 0


def test_the_page_of_the_plan_runs_as_many_statements_whatever_is_recorded(tayside: Tayside) -> None:
    tayside.publish()
    lead = tayside.client()
    with counted_statements() as none:
        lead.get(PLAN)
    begin(lead)
    lead.get(PLAN)
    numbers = []
    for body in ("NHS Tayside", "Angus Council", "Dundee City Council"):
        path = f"{PLAN}/approvals/revision/{tayside.bodies[body].id}"
        lead.post(path, data=approved(lead, path, approved_on="1 7 2026"))
        lead.get(PLAN)
        with counted_statements() as found:
            lead.get(PLAN)
        numbers.append(len(found))
    assert numbers == [numbers[0]] * 3
    assert numbers[0] <= len(none) + 9
