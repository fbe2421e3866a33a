"""The paths of the pages that mails point to; a test holds them to the routes of the web side."""

HOME = "/"
MY_WORK = "/my-work"
OUTSTANDING = "/outstanding"
ESCALATIONS = "/escalations"
UPDATE_REQUESTS = "/update-requests"
TO_RECEIVE = "/to-receive"
MATRIX = "/matrix"
PEOPLE = "/people"
PARTNERSHIPS = "/partnerships"
ORGANISATIONS = "/organisations"
SERVICE_HEALTH = "/service-health"
FORECAST = "/forecast"
NOTICES = "/notices"
POLICIES = "/policies"
ACCOUNT = "/account"
CALENDAR_FEEDS = "/account/calendar"
SIGN_IN = "/sign-in"
SIGN_IN_LINK = "/sign-in/link"
FORGOTTEN_PASSWORD = "/forgotten-password"  # noqa: S105


def milestone(partnership: str, key: str) -> str:
    """The page of one milestone, by the partnership's slug and the milestone's key."""
    return f"/partnerships/{partnership}/milestones/{key}"


def proposal(partnership: str, key: str) -> str:
    """The page on which a planning lead adds an explanation with a new expected date."""
    return f"{milestone(partnership, key)}/proposal"


def escalation(escalation_id: int) -> str:
    """The page on which a governance group decides."""
    return f"{ESCALATIONS}/{escalation_id}"


def disputed_decision(escalation_id: int, decision_id: int) -> str:
    """The page on which a chair says that the group did not decide this."""
    return f"{escalation(escalation_id)}/decisions/{decision_id}/dispute"


def reset_password(token: str) -> str:
    """The page on which whoever holds a mailed link sets a new password."""
    return f"/reset-password/{token}"


def sign_in_by_link(token: str) -> str:
    """The page on which whoever holds a mailed link signs in with a button."""
    return f"{SIGN_IN_LINK}/{token}"


def invitation(token: str) -> str:
    """The page on which whoever holds a mailed link accepts an invitation."""
    return f"/invitation/{token}"


def mail(identity: str) -> str:
    """The page that says why somebody got a mail; `identity` is the message's, 32 hexadecimal digits."""
    return f"/mails/{identity}"


def answer(token: str) -> str:
    """The page on which whoever holds a mailed link says how one milestone stands."""
    return f"/answer/{token}"


def stop_reminders(token: str) -> str:
    """The page on which whoever holds a mailed link switches off their reminders before the day."""
    return f"/reminders/stop/{token}"


def update_request(request_id: int) -> str:
    """The page on which a partnership answers a request for an update."""
    return f"{UPDATE_REQUESTS}/{request_id}"


def group(partnership: str) -> str:
    """The page of a partnership's governance group."""
    return f"/partnerships/{partnership}/group"


def partnership(slug: str) -> str:
    """The page of one partnership."""
    return f"/partnerships/{slug}"


def calendar_feed(token: str) -> str:
    """What a calendar program fetches."""
    return f"/calendar/{token}.ics"
