"""Each role looks at every page that it has; axe looks with it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask import current_app
from itsdangerous import Signer
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.services.tokens import hash_of
from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.cycles.services.reference import load_templates
from cycle_tracker.documents.services.approvals import ApprovalDetails, record_approval, record_preparation
from cycle_tracker.documents.services.document_copies import record_copies_sent
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.milestones.services.comments import write_comment
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.milestones.services.dependencies import add_predecessor
from cycle_tracker.milestones.services.evidence import add_file
from cycle_tracker.milestones.services.local_milestones import Wanted, add_sub_task
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.group import Meeting, Membership, MembershipRole
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.services.organisations import OrganisationDetails, add_organisation
from cycle_tracker.organisations.services.parts import add_body
from cycle_tracker.people.services.invitations import invite
from cycle_tracker.people.services.posts import add_post
from cycle_tracker.reminders.services.answer_links import HOLDS_FOR, SALT
from tests.factories import make_cycle, make_milestone, make_organisation, make_user
from tests.journeys.conftest import Service, Visitor, on_both_sizes, with_password
from tests.journeys.test_annual_report import REPORT, moray
from tests.support import files

pytestmark = [pytest.mark.journey, pytest.mark.in_full]

PLAN = "/partnerships/moray/milestones/2026-29.plan-prepared"
GROUP = "/partnerships/moray/group"
LISTS = ["/partnerships/moray/milestones", "/partnerships/moray/calendar", "/partnerships/moray/status"]
MY_WORK = ["/my-work", "/my-work?whose=everything&tick=all", "/my-work/calendar"]
OFFICIALS = [
    "/matrix?period=2023-26",
    "/matrix?state=complete&period=nonsense",
    "/to-receive",
    "/update-requests",
    "/update-requests/new?document=1",
    "/partnerships/moray",
    f"{REPORT}/receipt",
    f"{REPORT}/receipt/undo",
]
SETTING_UP = [
    "/partnerships",
    "/partnerships/moray/set-up",
    "/partnerships/moray/set-up/bodies",
    "/partnerships/moray/set-up/bodies/1/end",
    "/partnerships/moray/set-up/notices-from",
    "/partnerships/moray/set-up/closure-days",
    "/partnerships/moray/set-up/periods",
]
ORGANISATIONS = [
    "/organisations",
    "/organisations?kind=king&text=nothing",
    "/organisations/new",
    "/organisations/2026-act",
    *(f"/organisations/1{page}" for page in ("", "/change", "/merge")),
]
NOTICES = ["/notices", "/notices?standing=sent", "/notices/1", "/forecast", "/forecast/mine", f"{REPORT}/notices"]
POLICIES = [
    "/policies",
    "/partnerships/moray/policies",
    "/partnerships/moray/policies/change",
    "/partnerships/moray/policies/annual-report",
]
NATIONAL_POLICIES = ["/policies", "/policies/all", "/policies/kinds/plan", "/policies/kinds/plan/change"]
OPEN_TO_ALL = [
    "/sign-in",
    "/sign-in/link",
    "/forgotten-password",
    "/register",
    "/help",
    "/privacy",
    "/cookies",
    "/accessibility",
    "/no-such-page",
    "/answer/over",
    "/reminders/stop/nothing",
]
CONTACTS = [f"/partnerships/moray/contacts{page}" for page in ("", "/new", "/1")]
CONSULTATION = "/partnerships/moray/milestones/2026-29.consultation"

ACCOUNT = [
    "/account",
    "/account/password",
    "/account/preferences",
    "/account/codes",
    "/account/calendar",
    "/account/away",
]
NATIONAL_GROUP = ["/national-group", "/national-group/members/add"]


@dataclass(frozen=True)
class Made:
    """Who there is, and the pages that what was made for them has."""

    lead: str
    member: str
    official: str
    administrator: str
    auditor: str
    documents: list[str]
    details: list[str]
    people: list[str]
    everybody: list[str]
    mailed: list[str]
    members: list[str]
    waiting: list[str]


@on_both_sizes
@pytest.mark.parametrize("role", ["nobody", "lead", "member", "official", "administrator", "auditor"])
def test_every_page_of_every_role_is_free_of_violations(service: Service, visitor: Visitor, role: str) -> None:
    service.at(date(2026, 7, 14), hour=7)
    made = make_all(service)
    service.run_jobs()
    with service.app.app_context():
        record_a_decision(made.member)
    if role != "nobody":
        visitor.sign_in(getattr(made, role))
    pages = PAGES[role](made)
    for path in pages:
        visitor.open(path)
    assert len(visitor.seen) >= len(pages)


def make_all(service: Service) -> Made:
    """Moray and everybody who looks at it."""
    lead, member, official = moray(service)
    with service.app.app_context():
        administrator = with_password(make_user("Rhona Bell", role=Role.ADMINISTRATOR)).email
        auditor = with_password(make_user("Neil Orr", role=Role.AUDITOR)).email
        db.session.commit()
        documents = document_pages()
        people, everybody = people_pages()
        details = detail_pages()
        mailed = mailed_pages()
        members, waiting = organisation_pages()
    people_of = (lead, member, official, administrator, auditor)
    return Made(*people_of, documents, details, people, everybody, mailed, members, waiting)


def pages_of_lead(made: Made) -> list[str]:
    return [
        "/",
        REPORT,
        *made.documents,
        *made.details,
        *LISTS,
        *MY_WORK,
        "/escalations",
        f"{REPORT}/proposal",
        f"{REPORT}/date",
        f"{REPORT}/acknowledgement",
        f"{REPORT}/raise",
        GROUP,
        f"{GROUP}/members/add",
        f"{GROUP}/meetings/add",
        "/partnerships/moray",
        "/update-requests",
        "/partnerships/moray/history",
        "/partnerships/moray/import",
        *CONTACTS,
        *made.members,
        CONSULTATION,
        f"{CONSULTATION}/contacts",
        *ACCOUNT,
        *made.people,
        *NOTICES,
        *POLICIES,
    ]


def pages_of_member(_made: Made) -> list[str]:
    return [
        "/",
        REPORT,
        "/escalations",
        "/escalations/2",
        "/escalations/2/acknowledgement",
        f"{REPORT}/explanation",
        f"{REPORT}/raise-further",
        GROUP,
        f"{GROUP}/meetings/1/decisions",
        "/escalations/2/decisions/1/minute",
        "/escalations/2/decisions/1/dispute",
    ]


def pages_of_official(_made: Made) -> list[str]:
    return [
        "/",
        "/outstanding",
        "/outstanding?state=complete&sort=nonsense",
        *OFFICIALS,
        "/history",
        REPORT,
        PLAN,
        *LISTS,
        f"{REPORT}/not-required",
        f"{REPORT}/raise-further",
        f"{REPORT}/national-acknowledgement",
        NATIONAL_GROUP[0],
    ]


def pages_of_administrator(made: Made) -> list[str]:
    return [
        "/",
        "/partnerships/moray",
        *LISTS[:2],
        "/service-health",
        REPORT,
        "/outstanding",
        *made.everybody,
        *SETTING_UP,
        *ORGANISATIONS,
        *made.waiting,
        *NATIONAL_GROUP,
        *NOTICES,
        *NATIONAL_POLICIES,
    ]


PAGES: dict[str, Callable[[Made], list[str]]] = {
    "nobody": lambda made: [*OPEN_TO_ALL, *made.mailed],
    "lead": pages_of_lead,
    "member": pages_of_member,
    "official": pages_of_official,
    "administrator": pages_of_administrator,
    "auditor": lambda _made: ["/", "/outstanding", "/escalations", "/service-health", REPORT],
}


def record_a_decision(member: str) -> None:
    """A meeting of Moray's group, and a decision that the lead recorded as its clerk on what came to it; the member
    chairs the group."""
    place = db.session.scalars(select(Membership).join(User).where(User.email == member)).one()
    meeting = Meeting(group_id=place.group_id, held_on=date(2026, 7, 10))
    place.role = MembershipRole.CHAIR
    lead = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    decision = Decision(
        escalation_id=2,
        outcome=DecisionOutcome.NO_ACTION,
        text="The report is on its way.",
        meeting=meeting,
        minute="4.2",
        recorded_by=lead,
        recorded_at=clock.now(),
        by_lead=True,
        chair_id=place.user_id,
    )
    db.session.add_all([meeting, decision])
    db.session.commit()


def mailed_pages() -> list[str]:
    """A contact who is asked about a consultation, and the pages that the links of their mail open."""
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    lead = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    now = clock.now()
    asked = make_milestone(
        partnership, key="2026-29.consultation", kind=Kind.CONSULTATION, due_on=date(2026, 7, 14), owner=lead
    )
    contact = add_contact(partnership, ContactDetails("Kirsty Bain", "kirsty@example.test"), by=lead, now=now)
    ask_contact(asked, contact, by=lead, now=now)
    db.session.add(Answer(milestone_id=asked.id, kind=AnswerKind.ON_TRACK, contact_id=contact.id, answered_at=now))
    message = Message(
        identity="0" * 32,
        kind=MessageKind.DIGEST,
        recipient=contact.email,
        contact_id=contact.id,
        subject="Consult on the plan",
        message_id="<for-the-pages@example.org>",
        rendered_on=date(2026, 7, 14),
        state=MessageState.SENT,
        queued_at=now,
        ready_at=now,
    )
    notice = Notice(
        milestone_id=asked.id,
        due_on=date(2026, 7, 14),
        step="before-7",
        addressee=f"contact:{contact.id}",
        contact_id=contact.id,
        audience=Audience.CONTACT,
        queued_on=date(2026, 7, 7),
        queued_at=now,
        message=message,
    )
    db.session.add_all([message, notice])
    db.session.flush()
    db.session.add(
        AccessLink(
            purpose=LinkPurpose.ANSWER,
            token_hash=hash_of("a-token"),
            message_id=message.id,
            notice_id=notice.id,
            minted_at=now,
            expires_at=now + HOLDS_FOR,
        )
    )
    db.session.commit()
    signer = Signer([current_app.config["SECRET_KEY"]], salt=SALT, digest_method=hashlib.sha256)
    signature = signer.get_signature(f"contact-{contact.id}").decode()
    return ["/answer/a-token", f"/reminders/stop/{signature}.contact-{contact.id}"]


def organisation_pages() -> tuple[list[str], list[str]]:
    """An organisation that Moray added, and the pages about it of leads and of administrators."""
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    lead = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    now, details = clock.now(), OrganisationDetails("Home-Start Moray", OrganisationKind.SERVICE_PROVIDER)
    added = add_organisation(details, partnership=partnership, by=lead, now=now)
    part = add_body(partnership, added, BodyRole.PROVIDER, date(2026, 4, 1), by=lead, now=now)
    db.session.commit()
    within, one = "/partnerships/moray/organisations", f"/organisations/{added.id}"
    return [within, f"{within}/{part.id}", one], [one]


def people_pages() -> tuple[list[str], list[str]]:
    """A contributor who owns something, a post and an invitation, and the pages about them of leads and of
    administrators."""
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    lead = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    today, now = date(2026, 7, 14), clock.now()
    load_templates(now)
    rory = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=partnership)
    make_milestone(partnership, key="2026-29.of-rory", owner=rory)
    post = add_post("Planning team", "team@example.test", organisation=None, partnership=partnership, by=lead, now=now)
    invite(
        "asked@example.test",
        "Kirsty Bain",
        role=Role.CONTRIBUTOR,
        scope=Scope.PARTNERSHIP,
        partnership=partnership,
        by=lead,
        viewer=viewer_of(lead.id, today),
        now=now,
    )
    db.session.commit()
    within, one, grant = "/partnerships/moray/people", f"/people/{rory.id}", rory.grants[0].id
    of_rory = [f"{within}/{rory.id}{page}" for page in ("", f"/hand-over?to={lead.id}", "/away")]
    of_post = [f"{within}/{post.id}{page}" for page in ("", "/post", "/retire")]
    leads = [within, f"{within}/invite", f"{within}/add-post", *of_rory, *of_post]
    everybody = ["/people", "/people?role=king", "/people/invite", "/people/invitations", one]
    changes = ("change", "roles", "deactivate", "hand-over", f"roles/{grant}/take-away")
    return leads, [*everybody, *(f"{one}/{page}" for page in changes), f"/people/{post.id}"]


def detail_pages() -> list[str]:
    """A step with all that hangs off one, and the pages on which a lead sets it right."""
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    lead = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    today, now = date(2026, 7, 14), clock.now()
    cycle = make_cycle(partnership)
    step = make_milestone(partnership, key="2026-29.draft-plan", cycle=cycle, owner=lead, due_on=date(2026, 8, 1))
    first = make_milestone(partnership, key="2026-29.priorities", title="Agree the priorities", cycle=cycle)
    make_milestone(partnership, key="2026-29.closed", state=State.DROPPED, reason="The council does it.", cycle=cycle)
    add_predecessor(step, first, by=lead, now=now)
    add_sub_task(step, Wanted("Ask the schools", date(2026, 7, 20), lead), by=lead, today=today, now=now)
    evidence = add_file(step, "Minute of the board", "minute.pdf", files.pdf(), by=lead, now=now)
    write_comment(step, "See https://www.example.org/minutes\nWho drafts it?", by=lead, now=now)
    db.session.commit()
    path = "/partnerships/moray/milestones/2026-29.draft-plan"
    pages = ("", "/owner", "/edit", "/drop", "/predecessors", "/sub-tasks/new", "/comments", "/evidence/new")
    return [
        *(f"{path}{page}" for page in pages),
        f"{path}.1",
        f"{path}/evidence/{evidence.id}/remove",
        "/partnerships/moray/milestones/2026-29.closed",
        "/partnerships/moray/milestones/2026-29.closed/reopen",
        "/partnerships/moray/cycles/2026-29/milestones/new",
    ]


def document_pages() -> list[str]:
    """Moray's plan with what is recorded of it, and the pages on which a lead records it."""
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    council, board = make_organisation("Moray Council"), make_organisation("NHS Grampian")
    for body in (council, board):
        db.session.add(
            PartnershipBody(
                partnership_id=partnership.id, organisation=body, role=BodyRole.LEAD, from_on=date(2017, 4, 1)
            )
        )
    plan = make_milestone(
        partnership, key="2026-29.plan-prepared", kind=Kind.PLAN, title="Plan 2026–29", due_on=date(2026, 4, 1)
    )
    lead = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    today, now = date(2026, 7, 14), clock.now()
    publication = record_publication(
        plan,
        address="https://www.moray.example.org/plan",
        published_on=date(2026, 4, 7),
        send_to_ministers=False,
        by=lead,
        today=today,
        now=now,
    )
    record_copies_sent(publication, [board], sent_on=date(2026, 4, 9), by=lead, today=today, now=now)
    record_approval(plan, council, ApprovalDetails(Manner.APPROVED), by=lead, today=today, now=now)
    record_preparation(plan, date(2026, 4, 2), by=lead, today=today, now=now)
    step = make_milestone(
        partnership, key="2026-29.send-to-providers", fact=Fact.PROVIDERS_SENT, fact_of_id=plan.id, fact_total=4
    )
    completed = PLAN.replace("plan-prepared", step.key.partition(".")[2])
    db.session.commit()
    return [
        PLAN,
        *(f"{PLAN}/publication/{page}" for page in ("facts", "copies", "newer-version", "kept-copy")),
        f"{PLAN}/publication/copies/{board.id}",
        f"{PLAN}/publication/copies/{board.id}/taking-back",
        *(f"{PLAN}/{page}" for page in ("publication/taking-back", "prepared", "prepared/taking-back")),
        completed,
        f"{completed}/details-not-known",
        f"{PLAN}/approvals/{board.id}",
        f"{PLAN}/approvals/{council.id}/taking-back",
        f"{REPORT}/publication/facts",
    ]
