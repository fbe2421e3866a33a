"""The guides name what the pages have: every control in bold is there for the person who is to use it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import config
from cycle_tracker.cli.demo import parts, people
from cycle_tracker.cli.demo.people import PASSWORD, Account
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web_app import create_app
from tests.conftest import settings_for_tests
from tests.factories import at_seven
from tests.support.demo import FRIDAY, copy_demo
from tests.support.visits import visit_as

GUIDES = sorted((config.ROOT / "docs/guide").glob("*.md"))
PICTURES = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
STEP = re.compile(r"<!-- (?P<path>\S+), (?P<role>[a-z ]+) -->")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)

ROLES = {
    "administrator": people.ADMINISTRATOR,
    "planning lead": people.LEAD,
    "official": people.OFFICIAL,
    "chair": people.CHAIR,
    "clerk": people.CLERK,
    "contributor": people.CONTRIBUTOR,
}
NAMED = ["a", "button", "label", "legend", "summary", "caption", "th", "dt", "h1", "h2", "h3", "h4", "option"]
"""What has a name that a person looks for on a page."""


@dataclass(frozen=True)
class Step:
    """One page of a guide: its path, who opens it, and what they are told to look for."""

    guide: str
    number: int
    path: str
    account: Account
    controls: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.guide}-{self.number}-{self.path.strip('/').replace('/', '-') or 'home'}"


def steps_of(guide: Path) -> list[Step]:
    """What a guide says of pages, in its order; each comment leads the text up to the next one."""
    _, *parts = re.split(r"(?=<!-- /)", guide.read_text())
    steps = []
    for number, part in enumerate(parts, start=1):
        led = STEP.match(part)
        assert led, part[:60]
        controls = tuple(dict.fromkeys(on_one_line(name) for name in BOLD.findall(part)))
        steps.append(Step(guide.stem, number, led["path"], ROLES[led["role"]], controls))
    return steps


def names_on(page: BeautifulSoup) -> set[str]:
    """The names of the links, buttons, fields, headings and columns of a page, with and without what is hidden, and
    without the word that a field may stay empty."""
    names = set()
    for tag in page.find_all(NAMED):
        seen = "".join(one for one in tag.strings if not _is_hidden(one.parent, tag))
        names |= {on_one_line(text) for text in (tag.get_text(" "), tag.get_text(), seen)}
    return names | {name.removesuffix(" (optional)") for name in names}


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def _is_hidden(tag: Tag | None, within: Tag) -> bool:
    while tag is not None and tag is not within:
        if "visually-hidden" in tag.get_attribute_list("class"):
            return True
        tag = tag.parent
    return False


@pytest.fixture(scope="module")
def demo(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo on a Friday morning, once its notices are queued."""
    with time_machine.travel(at_seven(FRIDAY), tick=False):
        app = create_app(settings_for_tests(copy_demo(shared_folder, tmp_path_factory.mktemp("guides"))))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def escalation(demo: Flask) -> int:
    """The escalation to the star's governance group that waits longest."""
    with demo.app_context():
        return db.session.scalars(
            select(Escalation.id)
            .join(Escalation.milestone)
            .join(Milestone.partnership)
            .where(
                Partnership.slug == parts.STAR,
                Escalation.audience == Audience.GOVERNANCE,
                Escalation.resolved_at.is_(None),
            )
            .order_by(Escalation.fell_due_on, Escalation.id)
        ).first() or pytest.fail("nothing waits for the group")


@pytest.fixture(scope="module")
def browsers(demo: Flask) -> dict[Account, FlaskClient]:
    """A browser for each account, signed in once."""
    return {account: visit_as(demo, account.email, PASSWORD) for account in ROLES.values()}


@pytest.mark.parametrize("step", [step for guide in GUIDES for step in steps_of(guide)], ids=str)
def test_a_guide_names_what_its_reader_finds_on_the_page(
    browsers: dict[Account, FlaskClient], escalation: int, step: Step
) -> None:
    answer = browsers[step.account].get(step.path.format(escalation=escalation))
    assert answer.status_code == 200, f"{step.path}: {answer.status}"
    found = names_on(BeautifulSoup(answer.get_data(as_text=True), "lxml"))
    assert [name for name in step.controls if name not in found] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_pictures_of_a_guide_are_there(guide: Path) -> None:
    pictures = PICTURES.findall(guide.read_text())
    assert pictures
    assert [name for name in pictures if not (guide.parent / name).is_file()] == []


def test_there_is_a_guide_for_each_of_those_who_need_one() -> None:
    assert [guide.stem for guide in GUIDES] == ["governance", "joining", "official", "planning-lead"]
