"""Nothing that may become of a notice or a mail is without its words."""

from cycle_tracker.models.message import MessageKind
from cycle_tracker.reminders.queries.notices import NoticeStatus
from cycle_tracker.reminders.web.notices.mails import MAILS
from cycle_tracker.reminders.web.notices.presenters import STATUSES


def test_every_kind_of_mail_says_what_it_is_for() -> None:
    assert set(MAILS) == set(MessageKind)


def test_everything_that_becomes_of_a_notice_has_its_words() -> None:
    assert set(STATUSES) == set(NoticeStatus)
