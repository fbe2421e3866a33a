"""What officials recorded for a partnership, on the page of the document, and how a lead disputes it."""

from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.on_behalf.acts import note_act
from cycle_tracker.models.officials import ActOnBehalf
from tests.documents.web.conftest import PLAN, REPORT, Tayside, follow
from tests.factories import make_user
from tests.support.pages import said, value_of

HEADING = "Recorded on behalf of the partnership"


def noted(tayside: Tayside) -> str:
    official = make_user("Fiona Shaw", role=Role.OFFICIAL)
    note_act(tayside.plan, OnBehalf.PUBLISHED, by=official, now=clock.now())
    db.session.commit()
    return f"{PLAN}/on-behalf/{db.session.scalars(select(ActOnBehalf.id)).one()}"


def test_a_lead_disputes_it_an_official_answers_and_both_read_what_was_said(tayside: Tayside) -> None:
    lead, official, address = tayside.client(), tayside.someone(Role.OFFICIAL), noted(tayside)
    page = said(lead.get(PLAN))
    recorded = "Published and sent to the Scottish Government: recorded by Fiona Shaw on 3 July 2026."
    assert HEADING in page
    assert f"{recorded} This is not right" in page
    assert "This is not right" not in said(official.get(PLAN))
    version = value_of(lead.get(f"{address}/dispute"), "version")
    asked = lead.post(f"{address}/dispute", data={"version": version, "reason": " "})
    assert "Enter a reason" in said(asked)
    told = follow(lead, lead.post(f"{address}/dispute", data={"version": version, "reason": "It is <b>another</b>."}))
    assert "Fiona Shaw gets an email." in said(told)
    assert "disputed this on 3 July 2026: “It is <b>another</b>.”" in said(told)
    again = follow(lead, lead.get(f"{address}/dispute"))
    assert "This was disputed already." in said(again)

    home = said(official.get("/"))
    assert "Disputed records" in home
    assert "Tayside: Children’s Services Plan 2026–29" in home
    assert "Answer the dispute" in said(official.get(PLAN))
    version = value_of(official.get(f"{address}/settlement"), "version")
    told = follow(official, official.post(f"{address}/settlement", data={"version": version, "reason": "I undid it."}))
    assert "answered on 3 July 2026: “I undid it.”" in said(told)
    assert "Disputed records" not in said(official.get("/"))
    again = follow(official, official.get(f"{address}/settlement"))
    assert "No answer is needed" in said(again)
    history = said(lead.get(PLAN))
    assert "disputed what was recorded on behalf of the partnership" in history
    assert "answered the dispute about what was recorded on behalf of the partnership" in history


def test_an_act_of_another_document_is_not_found_and_a_page_without_any_says_nothing(tayside: Tayside) -> None:
    lead, address = tayside.client(), noted(tayside)
    number = address.rsplit("/", 1)[1]
    assert lead.get(f"{REPORT}/on-behalf/{number}/dispute").status_code == 404
    assert HEADING not in said(lead.get(REPORT))
    assert HEADING in said(tayside.client(tayside.contributor).get(PLAN))
    administrator = tayside.someone(Role.ADMINISTRATOR)
    assert HEADING not in said(administrator.get(PLAN))


def test_an_officials_home_shows_the_beginning_of_a_long_dispute(tayside: Tayside) -> None:
    lead, official, address = tayside.client(), tayside.someone(Role.OFFICIAL), noted(tayside)
    version = value_of(lead.get(f"{address}/dispute"), "version")
    lead.post(f"{address}/dispute", data={"version": version, "reason": "It is another. " * 130})
    home = said(official.get("/"))
    assert 5 < home.count("It is another.") < 20
    assert said(official.get(f"{address}/settlement")).count("It is another.") == 130
