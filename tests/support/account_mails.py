"""Links as they come in mails about an account."""

import re

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.smtp_sink import SmtpSink

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/(?:invitation|reset-password|sign-in/link)/[\w-]{43})\b")


def send_account_mails() -> Sent:
    """What the job of every five seconds does."""
    sent = send_ready_messages(clock.today(), clock.now, only_for_accounts=True)
    db.session.expire_all()
    return sent


def links_in(sink: SmtpSink) -> list[str]:
    """The path of the link in each mail that came and has one, the same in its text and its HTML."""
    found: list[str] = []
    for mail in sink.accepted:
        parts = [mail.message.get_body((kind,)) for kind in ("plain", "html")]
        links = {match for part in parts if part for match in LINK.findall(part.get_content())}
        assert len(links) <= 1, links
        found += links
    return found


def mailed_link(sink: SmtpSink) -> str:
    """Send what waits, and give the path of the link that came last."""
    send_account_mails()
    return links_in(sink)[-1]
