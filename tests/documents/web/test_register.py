"""The public register: what is published and where, for everybody."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries import register
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, Version
from cycle_tracker.partnerships.queries.partnerships import list_having_published
from tests.factories import make_cycle, make_partnership, make_report
from tests.support.visits import statements, whole_page, words

NOW = datetime(2026, 7, 3, 9, tzinfo=UTC)
ALL = {"Moray report 2023–26", "Moray report 2020–23", "Fife report"}


@pytest.fixture
def published(app: Flask) -> None:
    """Two published reports of Moray in different periods, one of Fife, one that is not published, and a draft."""
    with app.app_context():
        moray, fife = make_partnership("moray"), make_partnership("fife")
        publish(moray, "2023-26", "Moray report 2023–26", "https://moray.example/report")
        publish(moray, "2020-23", "Moray report 2020–23", "javascript:alert(1)")
        publish(fife, "2023-26", "Fife report", "")
        publish(fife, "2026-29", "Fife draft", "https://fife.example/draft", version=Version.DRAFT)
        make_report(fife, title="Not published", key="2023-26.annual-report-9")
        db.session.commit()


def publish(partnership: Partnership, period: str, title: str, address: str, version: Version = Version.FINAL) -> None:
    report = make_report(
        partnership, key=f"{period}.annual-report-1", title=title, cycle=make_cycle(partnership, period)
    )
    publication = Publication(milestone=report, version=version, published_on=date(2026, 6, 25), recorded_from=NOW)
    if address:
        publication.addresses.append(PublicationAddress(address=address))
        publication.addresses.append(PublicationAddress(address=address, form=Form.SUMMARY, language="gd"))
    db.session.add(publication)


@pytest.mark.usefixtures("published")
def test_anybody_sees_what_is_published_and_where(client: FlaskClient) -> None:
    page = whole_page(client.get("/register"))
    said = words(page)
    assert "3 documents" in said
    assert "Moray report 2023–26 25 June 2026 Full document" in said
    assert "Summary (Gaelic)" in said
    assert "Fife report 25 June 2026 Web address not known" in said
    assert "Not published" not in said
    assert "draft" not in said
    assert page.find("a", href="https://moray.example/report") is not None


@pytest.mark.usefixtures("published")
def test_an_address_that_is_no_web_page_is_no_link(client: FlaskClient) -> None:
    assert 'href="javascript' not in client.get("/register").get_data(as_text=True)


@pytest.mark.on_both_databases
@pytest.mark.usefixtures("published")
def test_it_can_be_narrowed(client: FlaskClient) -> None:
    for asked, seen in [
        ("partnership=moray", {"Moray report 2023–26", "Moray report 2020–23"}),
        ("period=2023-26", {"Moray report 2023–26", "Fife report"}),
        ("partnership=moray&period=2020-23", {"Moray report 2020–23"}),
        ("partnership=fife&period=2020-23", set()),
        (
            "partnership=nowhere&period=nonsense&page=-1",
            {"Moray report 2023–26", "Moray report 2020–23", "Fife report"},
        ),
        ("page=99999999999999999999", ALL),
    ]:
        page = whole_page(client.get(f"/register?{asked}"))
        assert {row.find("td").text for row in page.select("#register-list tbody tr")} == seen  # type: ignore[union-attr]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("asked", ["partnership=moray", "period=2023-26"])
def test_a_narrowed_register_counts_what_it_shows(client: FlaskClient, asked: str) -> None:
    assert "2 documents" in words(whole_page(client.get(f"/register?{asked}")))


@pytest.fixture
def counted_to_two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The register counts to two, for this test alone: its statement is built anew before and after."""
    kept: Any = register._documents
    monkeypatch.setattr(register, "COUNTED_TO", 2)
    kept.cache_clear()
    yield
    kept.cache_clear()


@pytest.mark.usefixtures("published", "counted_to_two")
def test_it_is_known_that_more_documents_are_there_than_are_counted(app: Flask) -> None:
    with app.app_context():
        _, in_all = register.list_page_of_published(list_having_published()[0], page=1, per_page=2)
    assert in_all == 3


def test_an_empty_register_says_so(client: FlaskClient) -> None:
    assert "No documents are recorded as published yet." in words(whole_page(client.get("/register")))


def test_many_documents_come_in_pages_with_as_few_statements(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        publish(moray, "2023-26", "First", "https://moray.example/1")
        db.session.commit()
    with statements(app) as few:
        client.get("/register")
    with app.app_context():
        for number in range(60):
            publish(make_partnership(f"place-{number:02}"), "2023-26", f"Report {number}", "https://x.example/")
        db.session.commit()
    with statements(app) as many:
        page = whole_page(client.get("/register?period=2023-26"))
    assert len(page.select("#register-list tbody tr")) == 50
    assert "/register?period=2023-26&page=2" in {link["href"] for link in page.select(".ds_pagination a")}
    assert len(many) == len(few) <= 2
    for number, shown in ((2, 11), (3, 0)):
        with statements(app) as of_page:
            page = whole_page(client.get(f"/register?page={number}"))
        assert len(page.select("#register-list tbody tr")) == shown
        assert len(of_page) == len(few), "the last page and one beyond it are asked for once"


@pytest.mark.parametrize("of_the_first", [42, 43])
def test_a_page_that_the_first_partnerships_just_fill_knows_whether_another_follows(
    app: Flask, client: FlaskClient, of_the_first: int
) -> None:
    with app.app_context():
        first = make_partnership("aberdeen")
        for number in range(of_the_first):
            report = make_report(first, key=f"2023-26.annual-report-{number}", title=f"Report {number}")
            db.session.add(Publication(milestone=report, published_on=date(2026, 6, 25), recorded_from=NOW))
        for number in range(12):
            publish(make_partnership(f"place-{number:02}"), "2023-26", f"Of place {number}", "")
        db.session.commit()
    page = whole_page(client.get("/register"))
    assert len(page.select("#register-list tbody tr")) == 50
    assert "/register?page=2" in {link["href"] for link in page.select(".ds_pagination a")}
    assert f"{of_the_first + 12} documents" in words(page)


@pytest.mark.on_both_databases
@pytest.mark.usefixtures("published")
def test_the_filter_offers_no_partnership_that_has_only_drafts(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        orkney = make_partnership("orkney")
        publish(orkney, "2026-29", "Orkney draft", "https://orkney.example/draft", version=Version.DRAFT)
        make_report(make_partnership("shetland"), title="Nothing published")
        db.session.commit()
    page = whole_page(client.get("/register"))
    assert [one["value"] for one in page.select("select[name=partnership] option")] == ["", "fife", "moray"]
