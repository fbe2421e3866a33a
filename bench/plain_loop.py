"""The baseline of sending: what a plain program does with smtplib and the mails of the outbox.

`python -m bench.plain_loop build|ready PORT`: with `build` each mail is put together as it is sent, with `ready` its
bytes are there already. It records nothing, retries nothing and would lose or repeat mails at a crash.
"""

import email
import json
import os
import smtplib
import sys
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

from sqlalchemy import create_engine, text

from bench.processes import LOOPBACK
from cycle_tracker.core.database import engine_url

SENDER = "cycle-tracker@example.org"


@dataclass(frozen=True)
class Words:
    """What a mail says, before it is one."""

    recipient: str
    subject: str
    message_id: str
    date: str
    text: str
    html: str


def main(how: str, port: int) -> None:
    """Send all, and print the seconds that it took as JSON."""
    stored = _stored_mails()
    built = [_words(recipient, content) for recipient, content in stored] if how == "build" else []
    started = time.perf_counter()
    with smtplib.SMTP(LOOPBACK, port) as line:
        if how == "build":
            for words in built:
                line.send_message(_built(words), SENDER, [words.recipient])
        else:
            for recipient, content in stored:
                line.sendmail(SENDER, [recipient], content)
    print(json.dumps({"mails": len(stored), "seconds": time.perf_counter() - started}))


def _stored_mails() -> list[tuple[str, bytes]]:
    engine = create_engine(engine_url(os.environ["DATABASE_URL"]))
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT recipient, content FROM messages JOIN message_bodies b ON b.message_id = messages.id")
        )
        return [(recipient, bytes(content)) for recipient, content in rows]


def _words(recipient: str, content: bytes) -> Words:
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (body.get_content() if isinstance(body, EmailMessage) else "" for body in bodies)
    return Words(recipient, message["Subject"], message["Message-ID"], message["Date"], text, html)


def _built(words: Words) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = words.subject
    message["From"] = SENDER
    message["To"] = words.recipient
    message["Date"] = words.date
    message["Message-ID"] = words.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words.text)
    message.add_alternative(words.html, subtype="html")
    return message


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
