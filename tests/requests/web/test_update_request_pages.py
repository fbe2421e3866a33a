"""The lists of update requests: what waits, what is late, who sees it, and what it costs."""

from datetime import date

import pytest

from cycle_tracker.core.lifecycle import State
from tests.factories import (
    make_partnership,
    make_report,
)
from tests.requests.web.conftest import LIST, NOW, Moray, address, rows
from tests.support.pages import counted_statements, said, soup

STATEMENTS = {"list": 4, "new": 8, "show": 3}
"""What each page asks for, however many rows it has; the person and the menu included."""


def test_home_and_the_list_tell_what_waits_what_is_late_and_what_was_answered(moray: Moray) -> None:
    place = moray.partnership
    moray.asked()
    moray.asked(make_report(place, key="late", title="A late one"), reply_by=date(2026, 8, 30))
    moray.asked(
        make_report(place, key="answered", title="An answered one"),
        answered_at=NOW,
        answered_by_id=moray.lead.id,
        answer="In October.",
    )
    moray.asked(make_report(place, key="settled", title="A settled one", state=State.DONE))
    client = moray.client()
    home = soup(client.get("/"))
    tiles = {
        tile.select(".app-tile__label")[0].text: tile.select(".app-tile__number")[0].text
        for tile in home.select("#requests + .app-tiles .app-tile")
    }
    assert tiles == {"Reply overdue": "1", "Waiting for a reply": "1", "Answered": "1"}
    found = rows(client)
    assert [row.split("2 September")[0].strip() for row in found] == [
        "Moray A late one",
        "Moray Annual report on 2025–26",
        "Moray A settled one",
        "Moray An answered one",
    ]
    assert "30 August 2026 3 days ago, no answer yet Reply overdue" in found[0]
    assert [len(rows(client, f"?state={state}")) for state in ("waiting", "overdue", "answered", "settled")] == [1] * 4
    assert len(rows(client, "?partnership=moray&sort=asked")) == 4
    assert "We do not recognise these filters" in said(client.get(f"{LIST}?partnership=x&state=y&sort=z&page=q"))
    assert len(rows(client, "?partnership=x&state=y&sort=z&page=q")) == 4


def test_a_partnership_sees_the_requests_about_its_documents_only(moray: Moray) -> None:
    moray.asked()
    moray.asked(make_report(make_partnership("fife", name="Fife")))
    assert [row.split()[0] for row in rows(moray.client(moray.lead))] == ["Moray"]
    assert sorted(row.split()[0] for row in rows(moray.client())) == ["Fife", "Moray"]


@pytest.mark.parametrize("many", [2, 30])
def test_each_page_takes_as_many_statements_for_many_rows_as_for_few(moray: Moray, many: int) -> None:
    reports = [make_report(make_partnership(f"place-{number}")) for number in range(many)]
    made = [moray.asked(report) for report in reports]
    client = moray.client()
    for name, path in (("list", LIST), ("new", address(*reports)), ("show", f"{LIST}/{made[0].id}")):
        with counted_statements() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) == STATEMENTS[name], f"{name}: " + "\n\n".join(statements)


@pytest.mark.parametrize("name", ["0", "999999", "99999999999999999999", "x", "-1"])
def test_an_unknown_request_is_not_found(moray: Moray, name: str) -> None:
    assert moray.client().get(f"{LIST}/{name}").status_code == 404
