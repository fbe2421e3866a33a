"""A document that is not required."""

import pytest
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import IllegalTransition, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.not_required import mark_not_required, require_again
from cycle_tracker.models.notice import Notice
from tests.documents.services.tayside import NOW, Tayside
from tests.factories import make_user

pytestmark = pytest.mark.alike_on_both_databases


def test_a_document_that_is_not_required_stays_and_is_told_of_no_more(tayside: Tayside) -> None:
    official = make_user("Una Ross", role=Role.OFFICIAL)
    mark_not_required(tayside.plan, "Another plan took its place.", by=official, now=NOW)
    db.session.commit()
    assert tayside.state() is DocumentState.NOT_REQUIRED
    assert (tayside.plan.reason, tayside.plan.next_notice_on) == ("Another plan took its place.", None)
    with pytest.raises(IllegalTransition):
        mark_not_required(tayside.plan, "Again", by=official, now=NOW)
    require_again(tayside.plan, "The other plan was withdrawn.", by=official, now=NOW)
    db.session.commit()
    assert tayside.plan.is_open
    assert tayside.plan.reason == ""
    assert tayside.plan.next_notice_on is not None
    assert db.session.scalars(select(Notice)).all() == []


def test_only_a_document_can_be_not_required_and_only_with_a_reason(tayside: Tayside) -> None:
    official = make_user("Una Ross", role=Role.OFFICIAL)
    with pytest.raises(RuleBroken):
        mark_not_required(tayside.find("approvals"), "Reason", by=official, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        mark_not_required(tayside.plan, "  ", by=official, now=NOW)
    assert refused.value.field == "reason"
    with pytest.raises(IllegalTransition):
        require_again(tayside.plan, "Reason", by=official, now=NOW)
