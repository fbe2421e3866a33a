"""What a milestone hangs together with, as lists of it show it."""

import pytest
from flask import Flask

from cycle_tracker.core.deadlines import ALWAYS
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.queries.relations import list_related
from tests.factories import make_milestone, make_partnership

pytestmark = pytest.mark.alike_on_both_databases


def test_all_dates_of_a_national_milestone_count_beside_a_partnership_that_has_not_joined(core_app: Flask) -> None:
    moray = make_partnership("moray", notify_from=None)
    step, before, national = (make_milestone(place) for place in (moray, moray, None))
    step.predecessors = [before, national]
    db.session.flush()
    assert {one.id: one.notify_from for one in list_related(step)} == {before.id: None, national.id: ALWAYS}
