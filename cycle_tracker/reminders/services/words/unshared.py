"""That officials cannot see the explanation of a document's new expected date, and so go on counting."""

from datetime import date

from cycle_tracker.core.audiences import Audience
from cycle_tracker.reminders.queries.waiting import NoticeLine

IN_LIST = "Officials cannot see the explanation."


def unshared_note(line: NoticeLine, today: date) -> str:
    """What an email says of a document whose guidance date has passed and whose agreed explanation is not shared, in
    words for those who can share it and for those who have to ask; empty for any other, and for contacts."""
    if not line.is_unshared or line.audience is Audience.CONTACT or line.target_on is None or line.target_on >= today:
        return ""
    counted = "Your group agreed the new date, but officials cannot see the explanation and still count the days."
    if line.audience is Audience.LEAD:
        return f"{counted} You can share it on the page."
    return f"{counted} A planning lead can share it on the page."
