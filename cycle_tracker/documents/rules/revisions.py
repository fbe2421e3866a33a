"""What a revised plan asks for again: it goes through the same process as the plan (2014 Act, section 11(2))."""

from cycle_tracker.core.periods import Period

# Template keys of inviting, consulting, approving, sending and publishing, in the order of the cycle.
#
# A notice of disagreement is asked for by nobody, so there is no step for it to open again.
OPENED_AGAIN = (
    "invite-bodies",
    "consultation-opening",
    "consultation-closing",
    "approvals",
    "send-to-ministers",
    "send-to-providers",
    "publish-plan",
)


def keys_opened_again(period: Period) -> list[str]:
    """The keys of those steps in a partnership's cycle for this period."""
    return [f"{period.name}.{key}" for key in OPENED_AGAIN]
