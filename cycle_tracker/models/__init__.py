"""The tables, one entity for each file, with what hangs off it.

A name is loaded with its file when it is first asked for, `from cycle_tracker.models import Notice`. The daily jobs use
half of the tables; without the others each of their two runs saves 130 ms (together 11% of P0) and 2.5 MB. Whoever
needs every table calls `load_all` first: the web side, the migrations, a test that makes tables.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cycle_tracker.models.access import AccessLink as AccessLink
    from cycle_tracker.models.access import Invitation as Invitation
    from cycle_tracker.models.access import LinkPurpose as LinkPurpose
    from cycle_tracker.models.access import RecoveryCode as RecoveryCode
    from cycle_tracker.models.access import SignInSession as SignInSession
    from cycle_tracker.models.answer import Answer as Answer
    from cycle_tracker.models.answer import AnswerKind as AnswerKind
    from cycle_tracker.models.approval import Approval as Approval
    from cycle_tracker.models.approval import Manner as Manner
    from cycle_tracker.models.audit import AuditEvent as AuditEvent
    from cycle_tracker.models.audit import AuditSeal as AuditSeal
    from cycle_tracker.models.calendar_feed import CalendarFeed as CalendarFeed
    from cycle_tracker.models.contact import Contact as Contact
    from cycle_tracker.models.contact import milestone_contacts as milestone_contacts
    from cycle_tracker.models.cycle import Cycle as Cycle
    from cycle_tracker.models.cycle import TemplateEdition as TemplateEdition
    from cycle_tracker.models.date_change import DateChange as DateChange
    from cycle_tracker.models.date_change import DateChangeKind as DateChangeKind
    from cycle_tracker.models.decision import Decision as Decision
    from cycle_tracker.models.decision import DecisionOutcome as DecisionOutcome
    from cycle_tracker.models.delegation import Delegation as Delegation
    from cycle_tracker.models.escalation import Escalation as Escalation
    from cycle_tracker.models.escalation import Resolution as Resolution
    from cycle_tracker.models.evidence import Comment as Comment
    from cycle_tracker.models.evidence import Evidence as Evidence
    from cycle_tracker.models.evidence import StoredContent as StoredContent
    from cycle_tracker.models.evidence import StoredFile as StoredFile
    from cycle_tracker.models.group import Group as Group
    from cycle_tracker.models.group import Meeting as Meeting
    from cycle_tracker.models.group import Membership as Membership
    from cycle_tracker.models.group import MembershipRole as MembershipRole
    from cycle_tracker.models.job_run import Alarm as Alarm
    from cycle_tracker.models.job_run import AlarmKind as AlarmKind
    from cycle_tracker.models.job_run import JobRun as JobRun
    from cycle_tracker.models.job_run import RunOutcome as RunOutcome
    from cycle_tracker.models.message import MailClaim as MailClaim
    from cycle_tracker.models.message import Message as Message
    from cycle_tracker.models.message import MessageBody as MessageBody
    from cycle_tracker.models.message import MessageKind as MessageKind
    from cycle_tracker.models.milestone import Milestone as Milestone
    from cycle_tracker.models.notice import Ending as Ending
    from cycle_tracker.models.notice import Notice as Notice
    from cycle_tracker.models.notice import NoticePolicy as NoticePolicy
    from cycle_tracker.models.organisation import OldCode as OldCode
    from cycle_tracker.models.organisation import Organisation as Organisation
    from cycle_tracker.models.organisation import OrganisationKind as OrganisationKind
    from cycle_tracker.models.partnership import BodyRole as BodyRole
    from cycle_tracker.models.partnership import ClosureDay as ClosureDay
    from cycle_tracker.models.partnership import Partnership as Partnership
    from cycle_tracker.models.partnership import PartnershipBody as PartnershipBody
    from cycle_tracker.models.pending_import import ImportKind as ImportKind
    from cycle_tracker.models.pending_import import PendingImport as PendingImport
    from cycle_tracker.models.publication import Form as Form
    from cycle_tracker.models.publication import Publication as Publication
    from cycle_tracker.models.publication import PublicationAddress as PublicationAddress
    from cycle_tracker.models.publication import PublicationCopy as PublicationCopy
    from cycle_tracker.models.publication import Version as Version
    from cycle_tracker.models.reference import AlignedReport as AlignedReport
    from cycle_tracker.models.reference import Criterion as Criterion
    from cycle_tracker.models.update_request import UpdateRequest as UpdateRequest
    from cycle_tracker.models.user import AccountKind as AccountKind
    from cycle_tracker.models.user import PostHolder as PostHolder
    from cycle_tracker.models.user import RoleGrant as RoleGrant
    from cycle_tracker.models.user import SignInAttempt as SignInAttempt
    from cycle_tracker.models.user import TryKind as TryKind
    from cycle_tracker.models.user import User as User

# What each file gives to others.
NAMES = {
    "access": ("AccessLink", "Invitation", "LinkPurpose", "RecoveryCode", "SignInSession"),
    "answer": ("Answer", "AnswerKind"),
    "approval": ("Approval", "Manner"),
    "audit": ("AuditEvent", "AuditSeal"),
    "calendar_feed": ("CalendarFeed",),
    "contact": ("Contact", "milestone_contacts"),
    "cycle": ("Cycle", "TemplateEdition"),
    "date_change": ("DateChange", "DateChangeKind"),
    "decision": ("Decision", "DecisionOutcome"),
    "delegation": ("Delegation",),
    "escalation": ("Escalation", "Resolution"),
    "evidence": ("Comment", "Evidence", "StoredContent", "StoredFile"),
    "group": ("Group", "Meeting", "Membership", "MembershipRole"),
    "job_run": ("Alarm", "AlarmKind", "JobRun", "RunOutcome"),
    "message": ("MailClaim", "Message", "MessageBody", "MessageKind"),
    "milestone": ("Milestone",),
    "notice": ("Ending", "Notice", "NoticePolicy"),
    "organisation": ("OldCode", "Organisation", "OrganisationKind"),
    "partnership": ("BodyRole", "ClosureDay", "Partnership", "PartnershipBody"),
    "pending_import": ("ImportKind", "PendingImport"),
    "publication": ("Form", "Publication", "PublicationAddress", "PublicationCopy", "Version"),
    "reference": ("AlignedReport", "Criterion"),
    "update_request": ("UpdateRequest",),
    "user": ("AccountKind", "PostHolder", "RoleGrant", "SignInAttempt", "TryKind", "User"),
}

_FILE_OF = {name: file for file, names in NAMES.items() for name in names}


if not TYPE_CHECKING:  # a type checker knows the names from above, and no others

    def __getattr__(name: str) -> Any:
        """Load the file of a name that is asked for first. Raises AttributeError for one that no file gives."""
        if name not in _FILE_OF:
            raise AttributeError(f"No table and no word of one is called {name}.")
        found = getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)
        globals()[name] = found
        return found


def load_all() -> None:
    """Make every table known."""
    for file in NAMES:
        import_module(f"{__name__}.{file}")
