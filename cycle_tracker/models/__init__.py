"""The tables, one entity for each file. Importing the package makes every table known."""

from cycle_tracker.models.audit_event import AuditEvent
from cycle_tracker.models.cycle import Cycle, TemplateEdition
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.job_run import JobRun, Outcome
from cycle_tracker.models.message import MailClaim, Message, MessageBody, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, ClosureDay, Partnership, PartnershipBody
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, PublicationCopy, Version
from cycle_tracker.models.reference import AlignedReport, Criterion
from cycle_tracker.models.user import RoleGrant, Scope, SignInAttempt, User

__all__ = [
    "AlignedReport",
    "AuditEvent",
    "BodyRole",
    "ClosureDay",
    "Criterion",
    "Cycle",
    "DateChange",
    "DateChangeKind",
    "Ending",
    "Escalation",
    "Form",
    "Group",
    "JobRun",
    "MailClaim",
    "Membership",
    "MembershipRole",
    "Message",
    "MessageBody",
    "MessageKind",
    "Milestone",
    "Notice",
    "OldCode",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "Partnership",
    "PartnershipBody",
    "Publication",
    "PublicationAddress",
    "PublicationCopy",
    "Resolution",
    "RoleGrant",
    "Scope",
    "SignInAttempt",
    "TemplateEdition",
    "User",
    "Version",
]
