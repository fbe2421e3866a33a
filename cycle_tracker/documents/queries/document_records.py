"""What is recorded of one document, and what is missing in the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cycle_tracker.core.deadlines import is_before_service
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.copies import SendingFacts
from cycle_tracker.documents.rules.agreement import Outcome, agreement_of, why_not_agreed
from cycle_tracker.documents.rules.gaps import ApprovalFacts, CopyFacts, Gap, GapFacts, gaps_of
from cycle_tracker.models.approval import Approval, Preparation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.models.publication import Form, Publication, PublicationCopy, Version


@dataclass(frozen=True)
class DocumentRecord:
    """What is recorded about one document, and the bodies from which a record is expected.

    `lead_bodies` are those of the partnership on the day on which a plan was prepared, otherwise on that of the
    document's version, or today while it is unpublished. `leads` are all that led at any time, with their days.
    `receivers` need a copy: of a plan, Scottish Ministers and each other service provider of that day (2014 Act,
    section 10(7)(a)). Of a report the Scottish Government may have one, and none is missing: it sees what is recorded.
    """

    document: Milestone
    publication: Publication | None = None
    approvals: Sequence[Approval] = ()
    lead_bodies: Sequence[Organisation] = ()
    receivers: Sequence[Organisation] = ()
    others: Sequence[Organisation] = field(default=())
    """The partnership's other bodies: a copy may go to them, and none is expected."""
    leads: Sequence[PartnershipBody] = ()
    preparation: Preparation | None = None
    sendings: Mapping[int, SendingFacts] = field(default_factory=dict)
    """The emails with copies that are on their way or were refused, by the number of the receiver."""
    waiting: Sequence[PublicationCopy] = ()
    """The copies of a plan that were sent while it is not published itself."""

    @property
    def is_published(self) -> bool:
        """Whether the document itself is published: neither its draft, nor an interim plan in place of the plan."""
        return self.publication is not None and self.publication.is_document

    @property
    def copies(self) -> Sequence[PublicationCopy]:
        """The copies of the document itself; of a report whose draft alone is published, there are none. A copy of an
        interim plan is none of the plan."""
        if self.publication is not None and (self.is_published or self.document.kind is not Kind.PLAN):
            return self.publication.copies
        return self.waiting

    def approval_of(self, organisation_id: int) -> Approval | None:
        """What is recorded of one body's approval, if it is."""
        return next((one for one in self.approvals if one.organisation_id == organisation_id), None)

    def copy_to(self, organisation_id: int) -> PublicationCopy | None:
        """The copy that went to this receiver, if one did."""
        return next((one for one in self.copies if one.receiver_id == organisation_id), None)

    @property
    def approving_bodies(self) -> list[Organisation]:
        """The lead bodies of the day, and any other whose approval is recorded."""
        return _with_recorded(self.lead_bodies, [one.organisation for one in self.approvals])

    @property
    def receiving_bodies(self) -> list[Organisation]:
        """Those who need a copy, and any other body with a recorded copy, or an email that is on its way or refused."""
        sent_to = [one for one in self.others if one.id in self.sendings]
        return _with_recorded(self.receivers, [*(one.receiver for one in self.copies), *sent_to])

    @property
    def may_receive(self) -> list[Organisation]:
        """Those to whom no copy is recorded yet and one may go: the receivers first, then the partnership's bodies."""
        return [one for one in (*self.receivers, *self.others) if self.copy_to(one.id) is None]

    def is_being_sent_to(self, receiver: Organisation) -> bool:
        """Whether an email with the copy is on its way to this receiver."""
        sending = self.sendings.get(receiver.id)
        return sending is not None and sending.refused_at is None

    @property
    def gaps(self) -> list[Gap]:
        """What is missing among the facts, in words."""
        return gaps_of(_gap_facts(self))


def _with_recorded(bodies: Sequence[Organisation], recorded: Sequence[Organisation]) -> list[Organisation]:
    """The bodies, and any other of which something is recorded; compared by number, as not all are of one session."""
    expected = {one.id for one in bodies}
    return [*bodies, *(one for one in recorded if one.id not in expected)]


def _gap_facts(record: DocumentRecord) -> GapFacts:
    publication, document = record.publication, record.document
    forms = {one.form for one in publication.addresses} if publication else set()
    return GapFacts(
        published=publication is not None,
        is_plan=document.kind is Kind.PLAN,
        prepared=document.state is State.DONE,
        draft=publication is not None and publication.is_draft,
        interim=publication is not None and publication.version is Version.INTERIM,
        interim_until_known=publication is not None and publication.interim_until is not None,
        before_service=_is_before_service(document),
        date_known=publication is not None and publication.first_published_on is not None,
        full_address=Form.FULL in forms,
        child_form=Form.CHILD in forms,
        summary_form=bool(forms & {Form.SUMMARY, Form.CHILD, Form.EASY_READ}),
        approvals=[
            _approval_facts(body, record.approval_of(body.id), is_plan=document.kind is Kind.PLAN)
            for body in record.approving_bodies
        ],
        copies=[
            _copy_facts(body, record.copy_to(body.id), record.sendings.get(body.id))
            for body in record.receivers
            if document.kind is Kind.PLAN
        ],
    )


def outcome_of(approval: Approval) -> Outcome:
    """A recorded decision as the rules know it."""
    return Outcome(
        manner=approval.manner,
        decided_on=approval.approved_on,
        signed_off=bool(approval.signed_off),
        signed_off_on=approval.signed_off_on,
        agreed=approval.agreed,
    )


def _approval_facts(body: Organisation, approval: Approval | None, *, is_plan: bool) -> ApprovalFacts:
    if approval is None:
        return ApprovalFacts(body.name, recorded=False)
    outcome = outcome_of(approval)
    agreement = agreement_of(outcome)
    return ApprovalFacts(
        body.name,
        recorded=True,
        dated=approval.approved_on is not None and (agreement is None or agreement.on is not None),
        minuted=bool(approval.minute),
        open=why_not_agreed(outcome, body.name, is_plan=is_plan),
    )


def _copy_facts(receiver: Organisation, copy: PublicationCopy | None, sending: SendingFacts | None) -> CopyFacts:
    name = receiver.in_a_sentence
    if copy is None:
        refused = sending is not None and sending.refused_at is not None
        return CopyFacts(name, sent=False, under_way=sending is not None and not refused, refused=refused)
    return CopyFacts(name, sent=True, dated=copy.sent_on is not None, received=copy.received_on is not None)


def _is_before_service(document: Milestone) -> bool:
    day = document.measured_on or document.reports_on
    return is_before_service(day, document.notify_from)
