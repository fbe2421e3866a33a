"""Where a message stands on its way out; what moves it there is in `mail/rules.py`."""

from enum import StrEnum


class MessageState(StrEnum):
    """Where a message stands."""

    # Waiting for a sender, perhaps until its next try.
    QUEUED = "queued"
    # Claimed by a sender under a lease; taken again by another once the lease is over.
    SENDING = "sending"
    # The mail server accepted it. Final.
    SENT = "sent"
    # Refused for good, or tried as often as it will be. Final, and shown.
    FAILED = "failed"
    # Nothing in it was still true when it was to be sent, or a later mail says it. Final.
    WITHDRAWN = "withdrawn"
