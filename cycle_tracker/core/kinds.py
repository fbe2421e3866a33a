"""What a milestone can be, what its duty and its date rest on, where in the cycle it stands, and what a lead body can
decide about a document."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing has the date."""

    STEP = "step"
    PLAN = "plan"
    ANNUAL_REPORT = "annual-report"
    CONSULTATION = "consultation"
    REVIEW = "review"
    ACTION = "action"
    REQUEST = "request"
    ALIGNED_REPORT = "aligned-report"
    SUB_TASK = "sub-task"


# Done by their facts alone, a report by being published and a plan by being prepared; seen by officials; never dropped
# by the partnership.
DOCUMENTS = frozenset({Kind.PLAN, Kind.ANNUAL_REPORT})


# What people without an account may be asked about.
ASKS_CONTACTS = frozenset({Kind.CONSULTATION, Kind.REQUEST})


class Stage(StrEnum):
    """The four stages of the cycle, in the order in which they are worked (2016 guidance, paragraphs 24 to 29)."""

    ANALYSE = "analyse"
    PLAN = "plan"
    DO = "do"
    REVIEW = "review"


class Basis(StrEnum):
    """What a duty, or a date, rests on. The two are kept apart: a statutory duty may have a suggested date."""

    STATUTE = "statute"
    GUIDANCE = "guidance"
    PRACTICE = "practice"
    # A date that this service proposes where neither statute nor guidance gives one.
    SUGGESTED = "suggested"
    LOCAL = "local"


class Fact(StrEnum):
    """The fact about a document that completes a step, so that nothing is recorded twice."""

    AGREED = "agreed"
    MINISTERS_SENT = "ministers-sent"
    PROVIDERS_SENT = "providers-sent"
    # To all of them, Ministers and providers: the one step of sending a revised plan.
    COPIES_SENT = "copies-sent"
    PUBLISHED = "published"


class PreparedFrom(StrEnum):
    """What the day on which a plan was prepared is taken from."""

    APPROVALS = "approvals"
    PUBLICATION = "publication"
    BY_HAND = "by-hand"


class Manner(StrEnum):
    """What a lead body decided about a document."""

    APPROVED = "approved"
    SUBJECT_TO_CHANGES = "subject-to-changes"
    DELEGATED = "delegated"
    CHAIRS_ACTION = "chairs-action"
    DEFERRED = "deferred"
    NOT_AGREED = "not-agreed"
    NOTED = "noted"

    @property
    def label(self) -> str:
        """The decision in words for a page."""
        return {
            Manner.APPROVED: "Approved",
            Manner.SUBJECT_TO_CHANGES: "Approved subject to changes",
            Manner.DELEGATED: "Approved under delegated powers",
            Manner.CHAIRS_ACTION: "Approved by chair’s action",
            Manner.DEFERRED: "Deferred to another meeting",
            Manner.NOT_AGREED: "Not agreed",
            Manner.NOTED: "Noted",
        }[self]


class PowerUsed(StrEnum):
    """The section of the 2014 Act under which Scottish Ministers gave a direction."""

    SECTION_16 = "section-16"
    SECTION_17 = "section-17"

    @property
    def label(self) -> str:
        """The section in words for a page."""
        return {
            PowerUsed.SECTION_16: "Section 16 (direction)",
            PowerUsed.SECTION_17: "Section 17 (default powers)",
        }[self]

    @property
    def section(self) -> str:
        """The section within a sentence."""
        return self.value.replace("-", " ")


class Agreed(StrEnum):
    """The answer to “Did the body agree to the plan?”, asked about a body that noted it. A person answers: the service
    does not decide what a minute means."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not-known"

    @property
    def label(self) -> str:
        """The answer in words for a page."""
        return {Agreed.YES: "Yes", Agreed.NO: "No", Agreed.NOT_KNOWN: "Not known"}[self]


class OnBehalf(StrEnum):
    """What an official recorded for a partnership."""

    PUBLISHED = "published"
    SENT = "sent"
    HISTORY = "history"
    OWN_START = "own-start"
    DISAGREEMENT = "disagreement"

    @property
    def label(self) -> str:
        """What was recorded, in words for a page and an email."""
        return {
            OnBehalf.PUBLISHED: "Published and sent to the Scottish Government",
            OnBehalf.SENT: "Sent to the Scottish Government",
            OnBehalf.HISTORY: "Past record of publication",
            OnBehalf.OWN_START: "Own start of the plan",
            OnBehalf.DISAGREEMENT: "Notice of disagreement",
        }[self]


class Cause(StrEnum):
    """The main reason of a change of date, from a short list. Words beside it say the rest."""

    COMMITTEE_CALENDAR = "committee-calendar"
    LATE_APPROVAL = "late-approval"
    LATE_DATA = "late-data"
    STAFF = "staff"
    ELECTION = "election"
    REDESIGN = "redesign"
    FASTER = "faster"
    CORRECTION = "correction"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason in words, as forms and totals have it."""
        return {
            Cause.COMMITTEE_CALENDAR: "Committee calendar",
            Cause.LATE_APPROVAL: "An approval later than planned",
            Cause.LATE_DATA: "Data were late",
            Cause.STAFF: "Staff",
            Cause.ELECTION: "Election",
            Cause.REDESIGN: "Redesign",
            Cause.FASTER: "Faster than expected",
            Cause.CORRECTION: "Correcting an error",
            Cause.OTHER: "Other",
        }[self]
