"""The paths of the pages that mails point to; a test holds them to the routes of the web side."""

HOME = "/"
OUTSTANDING = "/outstanding"
ESCALATIONS = "/escalations"


def milestone(partnership: str, key: str) -> str:
    """The page of one milestone, by the partnership's slug and the milestone's key."""
    return f"/partnerships/{partnership}/milestones/{key}"


def escalation(escalation_id: int) -> str:
    """The page on which a governance group decides."""
    return f"{ESCALATIONS}/{escalation_id}"
