"""Words of one line are cleaned by version 0007."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from tests.migrations.conftest import StandsAt
from tests.support.unseen import FAKE_LINES, UNSEEN

pytestmark = pytest.mark.in_full

OF_CONTACTS = "contacts.name, organisations.name FROM contacts JOIN organisations ON organisations.id = organisation_id"


def test_words_of_one_line_are_cleaned_and_stay_so_on_the_way_back(stands_at: StandsAt) -> None:
    stands_at("0003")
    spoilt = f"Title{FAKE_LINES}{''.join(UNSEEN)} 👩\u200d🔬 قلم\u200cها 🏴\U000e0067 x "[-300:]
    for statement in (
        "INSERT INTO partnerships (id, slug, name, other_names, notify_from) VALUES (1, 'moray', :name, '', NULL)",
        "INSERT INTO milestones (id, partnership_id, key, kind, title, evidence_asked, duty_basis, duty_citation, "
        "date_basis, date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES "
        "(1, 1, 'a', 'step', :title, 'As it was', 'practice', '', 'local', '', '', false, 'not-started', :title, "
        "'2026-04-01', 1)",
        "INSERT INTO contacts (id, partnership_id, name, email, organisation, active, reminds_before) VALUES "
        "(1, 1, :name, 'kirsty@example.org', :name, true, true)",
    ):
        bound = text(statement).bindparams(
            **{key: value for key, value in {"name": spoilt[-100:], "title": spoilt}.items() if f":{key}" in statement}
        )
        db.session.execute(bound)
    db.session.commit()
    upgrade()
    for _way in ("there", "back"):
        assert db.session.execute(text("SELECT title, evidence_asked, reason FROM milestones")).one() == (
            one_line(spoilt),
            "As it was",
            spoilt,
        )
        contact = "name, organisation FROM contacts" if _way == "back" else OF_CONTACTS
        assert db.session.execute(text(f"SELECT {contact}")).one() == (one_line(spoilt[-100:]),) * 2
        assert db.session.scalar(text("SELECT name FROM partnerships")) == one_line(spoilt[-100:])
        db.session.remove()
        downgrade(revision="0003")
    upgrade()
