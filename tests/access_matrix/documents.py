"""The facts of documents: publication, copies, approvals, and what is not required."""

from datetime import date
from hashlib import sha256

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind, Manner, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.approval import Approval, Preparation
from cycle_tracker.models.evidence import StoredContent, StoredFile
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationAddress, PublicationCopy
from cycle_tracker.models.user import User
from tests.access_matrix.cells import ADMINISTRATOR, EVERYBODY, LEAD, MILESTONE, OFFICIAL, Cell
from tests.factories import make_cycle, make_milestone, make_organisation, make_report, make_user

PUBLISHED = "/partnerships/{slug}/milestones/2020-23.published-"
"""The beginning of the keys of reports with all their facts, one for each form: what one changes the next leaves."""
UNPUBLISHED = "/partnerships/{slug}/milestones/2020-23.unpublished"
"""A report of which nothing is recorded."""
PLAN = "/partnerships/{slug}/milestones/2020-23.plan-prepared"
"""A plan that is published."""
WAIVED = "/partnerships/{slug}/milestones/2020-23.waived"
"""A report that is not required."""
COMPLETED = "/partnerships/{slug}/milestones/2020-23.send-to-providers"
"""A step that a record of the plan completes."""
PUBLICATION = f"{MILESTONE}/publication"
COPY = f"{PUBLICATION}/copies/<int(max=2147483647):receiver_id>"
APPROVAL = f"{MILESTONE}/approvals/<int(max=2147483647):organisation_id>"
LEADS, OFFICIALS = frozenset({LEAD}), frozenset({OFFICIAL})

FACTS = (
    ("version", "2"),
    ("which", "final"),
    ("published_on", "1 7 2026"),
    ("places-0-form", "full"),
    ("places-0-language", "gd"),
    ("places-0-address", "https://www.example.org/aithisg"),
)
APPROVED = (
    ("version", "2"),
    ("manner", "approved"),
    ("made_by", "Education Committee"),
    ("approved_on", "1 6 2026"),
    ("meeting", "June meeting"),
    ("minute", "12"),
)
COPIES = (("version", "2"), ("receivers", "{receiver}"), ("sent_on", "1 7 2026"))
COPY_DAYS = (("version", "2"), ("sent_on", "1 6 2023"), ("received_on", "5 6 2023"))
NEWER = (
    ("version", "2"),
    ("address", "https://www.example.org/revised"),
    ("published_on", "1 7 2026"),
    ("reason", "A priority was missing."),
    ("steps", "{step_to_open}"),
)
PREPARED = (("version", "2"), ("prepared_on", "24 3 2020"))
VERSION = (("version", "2"),)
REASON = (("version", "2"), ("reason", "It was a mistake."))
PDF = (("file", "report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),)

YEAR_END = date(2023, 3, 31)
HASH = sha256(b"abc").hexdigest()

TABLE = [
    Cell(f"{PUBLICATION}/facts", "GET", f"{UNPUBLISHED}/publication/facts", LEADS),
    Cell(f"{PUBLICATION}/facts", "POST", f"{PUBLISHED}1/publication/facts", LEADS, data=FACTS),
    Cell(f"{PUBLICATION}/copies", "GET", f"{PLAN}/publication/copies", LEADS),
    Cell(f"{PUBLICATION}/copies", "POST", f"{PUBLISHED}2/publication/copies", LEADS, data=COPIES),
    Cell(COPY, "GET", f"{PUBLISHED}3/publication/copies/{{copied}}", LEADS),
    Cell(COPY, "POST", f"{PUBLISHED}3/publication/copies/{{copied}}", LEADS, data=COPY_DAYS),
    Cell(f"{COPY}/taking-back", "GET", f"{PUBLISHED}4/publication/copies/{{copied}}/taking-back", LEADS),
    Cell(f"{COPY}/taking-back", "POST", f"{PUBLISHED}4/publication/copies/{{copied}}/taking-back", LEADS, data=REASON),
    Cell(f"{PUBLICATION}/newer-version", "GET", f"{PLAN}/publication/newer-version", LEADS),
    Cell(f"{PUBLICATION}/newer-version", "POST", f"{PLAN}/publication/newer-version", LEADS, data=NEWER),
    Cell(f"{PUBLICATION}/kept-copy", "GET", f"{PUBLISHED}5/publication/kept-copy", LEADS),
    Cell(f"{PUBLICATION}/kept-copy", "POST", f"{PUBLISHED}5/publication/kept-copy", LEADS, data=VERSION, files=PDF),
    Cell(
        f"{PUBLICATION}/kept-copy/file",
        "GET",
        f"{PUBLISHED}1/publication/kept-copy/file",
        EVERYBODY - {ADMINISTRATOR},
        otherwise=404,
    ),
    Cell(
        f"{PUBLICATION}/kept-copy/file/<int(max=2147483647):number>",
        "GET",
        f"{PUBLISHED}1/publication/kept-copy/file/1",
        EVERYBODY - {ADMINISTRATOR},
        otherwise=404,
    ),
    Cell(
        f"{PUBLICATION}/kept-copy/removal",
        "POST",
        f"{PUBLISHED}6/publication/kept-copy/removal",
        LEADS,
        data=VERSION,
    ),
    Cell(APPROVAL, "GET", f"{UNPUBLISHED}/approvals/{{lead_body}}", LEADS),
    Cell(APPROVAL, "POST", f"{UNPUBLISHED}/approvals/{{lead_body}}", LEADS, data=APPROVED),
    Cell(f"{APPROVAL}/taking-back", "GET", f"{PUBLISHED}7/approvals/{{lead_body}}/taking-back", LEADS),
    Cell(f"{APPROVAL}/taking-back", "POST", f"{PUBLISHED}7/approvals/{{lead_body}}/taking-back", LEADS, data=REASON),
    Cell(f"{PUBLICATION}/taking-back", "GET", f"{PUBLISHED}8/publication/taking-back", LEADS | OFFICIALS),
    Cell(f"{PUBLICATION}/taking-back", "POST", f"{PUBLISHED}8/publication/taking-back", LEADS | OFFICIALS, data=REASON),
    Cell(f"{MILESTONE}/prepared", "GET", f"{PLAN}/prepared", LEADS),
    Cell(f"{MILESTONE}/prepared", "POST", f"{PLAN}/prepared", LEADS, data=PREPARED),
    Cell(f"{MILESTONE}/prepared/taking-back", "GET", f"{PLAN}/prepared/taking-back", LEADS),
    Cell(f"{MILESTONE}/prepared/taking-back", "POST", f"{PLAN}/prepared/taking-back", LEADS, data=REASON),
    Cell(f"{MILESTONE}/details-not-known", "GET", f"{COMPLETED}/details-not-known", LEADS),
    Cell(f"{MILESTONE}/details-not-known", "POST", f"{COMPLETED}/details-not-known", LEADS, data=REASON),
    Cell(f"{MILESTONE}/not-required", "GET", f"{UNPUBLISHED}/not-required", OFFICIALS),
    Cell(f"{MILESTONE}/not-required", "POST", f"{UNPUBLISHED}/not-required", OFFICIALS, data=REASON),
    Cell(f"{MILESTONE}/not-required/taking-back", "GET", f"{WAIVED}/not-required/taking-back", OFFICIALS),
    Cell(f"{MILESTONE}/not-required/taking-back", "POST", f"{WAIVED}/not-required/taking-back", OFFICIALS, data=REASON),
]
FORMS_OF_REPORTS = 8


def make(partnership: Partnership) -> dict[str, object]:
    """A lead body and another, reports with all their facts, a plan, a report without any, and one not required."""
    council = make_organisation(f"Council of {partnership.name}")
    board = make_organisation(f"Board of {partnership.name}")
    db.session.add_all(
        PartnershipBody(partnership_id=partnership.id, organisation=body, role=role, from_on=date(2017, 4, 1))
        for body, role in ((council, BodyRole.LEAD), (board, BodyRole.MEMBER))
    )
    recorder = make_user(f"Recorder of {partnership.name}")
    for number in range(1, FORMS_OF_REPORTS + 1):
        _publish(partnership, number, council, board, recorder)
    plan = make_milestone(
        partnership,
        key="2020-23.plan-prepared",
        kind=Kind.PLAN,
        due_on=date(2020, 4, 1),
        state=State.DONE,
        done_on=date(2020, 4, 1),
        cycle=make_cycle(partnership, "2020-23"),
    )
    db.session.add(Publication(milestone=plan, published_on=date(2020, 4, 1), recorded_from=now()))
    db.session.add(Preparation(milestone_id=plan.id, prepared_on=date(2020, 4, 1), prepared_from=PreparedFrom.BY_HAND))
    make_milestone(
        partnership,
        key="2020-23.send-to-providers",
        cycle=plan.cycle,
        fact=Fact.PROVIDERS_SENT,
        fact_of_id=plan.id,
    )
    step = make_milestone(
        partnership, key="2020-23.approvals", state=State.DONE, done_on=date(2020, 3, 1), cycle=plan.cycle
    )
    make_report(partnership, key="2020-23.unpublished", year_end=YEAR_END)
    make_report(
        partnership, key="2020-23.waived", year_end=YEAR_END, state=State.NOT_REQUIRED, reason="Another took its place."
    )
    return {"lead_body": council.id, "copied": board.id, "receiver": council.id, "step_to_open": step.id}


def _publish(partnership: Partnership, number: int, council: Organisation, board: Organisation, recorder: User) -> None:
    """A report that is published, approved, sent to one body, and kept."""
    report = make_report(
        partnership,
        key=f"2020-23.published-{number}",
        year_end=YEAR_END,
        state=State.DONE,
        done_on=date(2023, 6, 1),
    )
    file = StoredFile(name="report.pdf", media_type="application/pdf", size=3, sha256=HASH)
    db.session.add(file)
    db.session.flush()
    db.session.add(StoredContent(file_id=file.id, content=b"abc"))
    publication = Publication(
        milestone=report,
        published_on=date(2023, 6, 1),
        recorded_from=now(),
        kept_copy_id=file.id,
        addresses=[PublicationAddress(address="https://www.example.org/report")],
        copies=[PublicationCopy(receiver=board, sent_on=date(2023, 6, 1))],
    )
    db.session.add(publication)
    db.session.flush()
    db.session.add(
        Approval(
            milestone_id=report.id,
            publication_id=publication.id,
            organisation=council,
            manner=Manner.APPROVED,
            recorded_by_id=recorder.id,
            recorded_at=now(),
        )
    )
    db.session.flush()
