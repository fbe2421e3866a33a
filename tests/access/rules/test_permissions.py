"""Who may do what: the table, written out by hand."""

import pytest

from cycle_tracker.access.rules.permissions import (
    HELD_BY,
    NATIONAL_ROLES,
    Permission,
    Viewer,
    may_change,
    may_record_approval,
    may_see,
    roles_with,
)
from cycle_tracker.core.roles import Role

MORAY, FIFE = 1, 2
EXPECTED = {
    #                                lead cont gov  clerk offi audi admi
    "read documents": "              yes  yes  yes  yes   yes  yes  no",
    "read everything of the partnership": "yes  yes  yes  yes   no   yes  no",
    "read titles and dates": "       yes  yes  yes  yes   no   yes  yes",
    "change the milestones they own": "yes  yes  no   no    no   no   no",
    "change every milestone": "      yes  no   no   no    no   no   no",
    "comment, and add evidence to what they can change": "yes  yes  yes  yes   no   no   no",
    "record a document as published": "yes  no   no   no    no   no   no",
    "record a lead body’s decision on a document": "yes  no   no   no    no   no   no",
    "propose a new expected date": " yes  no   no   no    no   no   no",
    "import milestones from a file": "yes  no   no   no    no   no   no",
    "read the national list of outstanding documents": "no   no   no   no    yes  yes  no",
    "read what was escalated": "     yes  no   yes  yes   no   yes  no",
    "decide on what was escalated": "no   no   yes  yes   no   no   no",
    "agree an explanation with a new expected date": "no   no   yes  yes   yes  no   no",
    "manage the members and meetings of the governance group": "yes  no   no   yes   no   no   yes",
    "record plans and reports for any partnership": "no   no   no   no    yes  no   no",
    "record that a document was received": "no   no   no   no    yes  no   no",
    "mark a document as not required": "no   no   no   no    yes  no   no",
    "agree the own start of a plan that started late": "no   no   no   no    yes  no   no",
    "record a direction of Scottish Ministers": "no   no   no   no    yes  no   no",
    "ask a partnership for an update": "no   no   no   no    yes  no   no",
    "answer an update request": "yes  no   no   no    no   no   no",
    "invite people to a partnership, and reassign their work": "yes  no   no   no    no   no   yes",
    "manage all accounts and roles": "no   no   no   no    no   no   yes",
    "set up partnerships": "         no   no   no   no    no   no   yes",
    "manage the list of all organisations": "no   no   no   no    no   no   yes",
    "manage the organisations of the partnership": "yes  no   no   no    no   no   no",
    "read the health of the service": "no   no   no   no    no   yes  yes",
    "change the reminder settings": "yes  no   no   no    no   no   yes",
    "read the notification history and the scheduled emails": "yes  no   yes  yes   no   yes  yes",
    "manage the contacts for a consultation or a request": "yes  no   no   no    no   no   no",
    "escalate a milestone to the governance group early": "yes  no   yes  yes   no   no   no",
    "escalate a document to the Scottish Government escalation group": "no   no   yes  yes   yes  no   no",
}
ROLES = (
    Role.LEAD,
    Role.CONTRIBUTOR,
    Role.GOVERNANCE,
    Role.CLERK,
    Role.OFFICIAL,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


def test_every_role_holds_exactly_what_the_design_gives_it() -> None:
    held = {
        permission.value: ["yes" if permission in HELD_BY[role] else "no" for role in ROLES]
        for permission in Permission
    }
    assert held == {permission: marks.split() for permission, marks in EXPECTED.items()}
    assert set(HELD_BY) == set(Role) == set(ROLES)


def test_roles_with_is_the_table_read_the_other_way() -> None:
    assert roles_with(Permission.RECORD_PUBLICATION) == {Role.LEAD}
    assert roles_with(Permission.READ_OUTSTANDING) == {Role.OFFICIAL, Role.AUDITOR}
    assert {Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR} == NATIONAL_ROLES


def test_a_role_in_one_partnership_counts_nowhere_else() -> None:
    lead = Viewer(7, "Ailsa", within={MORAY: frozenset({Role.LEAD})})
    assert lead.can(Permission.CHANGE_MILESTONES, MORAY)
    assert not lead.can(Permission.CHANGE_MILESTONES, FIFE)
    assert lead.can(Permission.CHANGE_MILESTONES)
    assert lead.partnerships_with(Permission.CHANGE_MILESTONES) == {MORAY}
    assert lead.partnerships_with(Permission.READ_OUTSTANDING) == frozenset()


def test_roles_add_up_within_a_partnership_and_do_not_leak() -> None:
    both = Viewer(
        7,
        "Ailsa",
        national=frozenset({Role.OFFICIAL}),
        within={MORAY: frozenset({Role.CONTRIBUTOR}), FIFE: frozenset({Role.GOVERNANCE})},
    )
    assert both.roles_in(MORAY) == {Role.OFFICIAL, Role.CONTRIBUTOR}
    assert both.can(Permission.DECIDE_ESCALATIONS, FIFE)
    assert not both.can(Permission.DECIDE_ESCALATIONS, MORAY)
    assert both.partnerships_with(Permission.READ_PARTNERSHIP) == {MORAY, FIFE}
    assert both.partnerships_with(Permission.READ_DOCUMENTS) is None


def test_a_person_with_no_role_may_do_nothing() -> None:
    nobody = Viewer(7, "Ailsa")
    assert not [permission for permission in Permission if nobody.can(permission) or nobody.can(permission, MORAY)]
    assert not may_see(nobody, MORAY, is_document=True)
    assert not may_see(nobody, None, is_document=True)


@pytest.mark.parametrize(
    ("role", "document", "step"),
    [
        (Role.LEAD, True, True),
        (Role.CONTRIBUTOR, True, True),
        (Role.GOVERNANCE, True, True),
        (Role.CLERK, True, True),
        (Role.OFFICIAL, True, False),
        (Role.AUDITOR, True, True),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_officials_see_documents_and_no_local_steps(role: Role, document: bool, step: bool) -> None:
    national = Viewer(7, "Ailsa", national=frozenset({role}))
    local = Viewer(7, "Ailsa", within={MORAY: frozenset({role})})
    for viewer in (national, local):
        assert may_see(viewer, MORAY, is_document=True) is document
        assert may_see(viewer, MORAY, is_document=False) is step
    assert may_see(national, FIFE, is_document=True) is document
    assert not may_see(local, FIFE, is_document=True)
    assert not may_see(local, FIFE, is_document=False)


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        (Role.LEAD, True, True),
        (Role.CONTRIBUTOR, True, False),
        (Role.GOVERNANCE, False, False),
        (Role.CLERK, False, False),
        (Role.OFFICIAL, False, False),
        (Role.AUDITOR, False, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_a_contributor_changes_what_they_own_and_a_lead_all(role: Role, own: bool, others: bool) -> None:
    viewer = Viewer(7, "Ailsa", within={MORAY: frozenset({role})})
    assert may_change(viewer, MORAY, 7) is own
    assert may_change(viewer, MORAY, 8) is others
    assert may_change(viewer, MORAY, None) is others
    assert not may_change(viewer, FIFE, 7)
    assert not may_change(viewer, None, 7)


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        (Role.LEAD, True, True),
        (Role.CONTRIBUTOR, True, False),
        (Role.GOVERNANCE, False, False),
        (Role.CLERK, False, False),
        (Role.OFFICIAL, False, False),
        (Role.AUDITOR, False, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_a_lead_records_for_every_body_and_a_contributor_for_their_own(role: Role, own: bool, others: bool) -> None:
    viewer = Viewer(1, "Somebody", within={MORAY: frozenset({role})})
    assert may_record_approval(viewer, MORAY, of_their_own=True) is own
    assert may_record_approval(viewer, MORAY, of_their_own=False) is others
    assert not may_record_approval(viewer, FIFE, of_their_own=True)
    assert not may_record_approval(viewer, None, of_their_own=True)


def test_whoever_owns_milestones_or_leads_reads_everything_there() -> None:
    """A person's own list, and the links of a lead's home, ask no more than whose they are."""
    assert roles_with(Permission.CHANGE_OWN_MILESTONES) <= roles_with(Permission.READ_PARTNERSHIP)
    assert roles_with(Permission.CHANGE_MILESTONES) <= roles_with(Permission.CHANGE_OWN_MILESTONES)
    assert roles_with(Permission.RECORD_PUBLICATION) <= roles_with(Permission.READ_PARTNERSHIP)
