"""The tables, one entity for each file. Importing the package makes every table known."""

from cycle_tracker.models.access import (
    AccessLink,
    Invitation,
    LinkPurpose,
    RecoveryCode,
    SignInSession,
)
from cycle_tracker.models.alarm import Alarm, AlarmKind
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.approval import Approval, Manner
from cycle_tracker.models.audit_event import AuditEvent
from cycle_tracker.models.audit_seal import AuditSeal
from cycle_tracker.models.calendar_feed import CalendarFeed
from cycle_tracker.models.comment import Comment
from cycle_tracker.models.contact import Contact, milestone_contacts
from cycle_tracker.models.cycle import Cycle, TemplateEdition
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.decision import Outcome as DecisionOutcome
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.evidence import Evidence, StoredContent, StoredFile
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.job_run import JobRun, Outcome
from cycle_tracker.models.meeting import Meeting
from cycle_tracker.models.message import MailClaim, Message, MessageBody, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.notice_policy import NoticePolicy
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, ClosureDay, Partnership, PartnershipBody
from cycle_tracker.models.pending_import import ImportKind, PendingImport
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, PublicationCopy, Version
from cycle_tracker.models.reference import AlignedReport, Criterion
from cycle_tracker.models.update_request import UpdateRequest
from cycle_tracker.models.user import AccountKind, PostHolder, RoleGrant, Scope, SignInAttempt, TryKind, User

__all__ = [
    "milestone_contacts",
    "NoticePolicy",
    "Delegation",
    "Contact",
    "CalendarFeed",
    "AuditSeal",
    "AnswerKind",
    "Answer",
    "AlarmKind",
    "Alarm",
    "AccessLink",
    "AccountKind",
    "AlignedReport",
    "Approval",
    "AuditEvent",
    "BodyRole",
    "ClosureDay",
    "Comment",
    "Criterion",
    "Cycle",
    "DateChange",
    "DateChangeKind",
    "Decision",
    "DecisionOutcome",
    "Ending",
    "Escalation",
    "Evidence",
    "Form",
    "Group",
    "ImportKind",
    "Invitation",
    "JobRun",
    "LinkPurpose",
    "MailClaim",
    "Manner",
    "Meeting",
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
    "PendingImport",
    "PostHolder",
    "Publication",
    "PublicationAddress",
    "PublicationCopy",
    "RecoveryCode",
    "Resolution",
    "RoleGrant",
    "Scope",
    "SignInAttempt",
    "SignInSession",
    "StoredContent",
    "StoredFile",
    "TemplateEdition",
    "TryKind",
    "UpdateRequest",
    "User",
    "Version",
]
