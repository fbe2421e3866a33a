"""What a milestone can be, what its duty and its date rest on, and where in the cycle it stands."""

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


# Done by their publication alone; seen by officials; never dropped by the partnership.
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


class DoneWith(StrEnum):
    """The fact about the document followed that also completes this milestone, so nobody records it twice."""

    PUBLISHED = "published"
    TOLD = "told"
