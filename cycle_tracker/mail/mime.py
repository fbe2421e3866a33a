"""The bytes of a mail: its fixed headers, its text and its HTML, and a file beside them."""

import quopri
import re
from base64 import encodebytes
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from secrets import token_hex
from urllib.parse import quote

from flask import current_app

from cycle_tracker.core.lines import one_line
from cycle_tracker.core.placeholders import CLOSING, opening, placeholder

CRLF = compat32.clone(linesep="\r\n", max_line_length=None)
# None of the encoded words of a header may be longer (RFC 2047, section 2), and each may be a line of its own.
LONGEST_ENCODED_WORD = 75
CONTENT_TYPE = re.compile(rb"^Content-Type:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", re.MULTILINE)
LONGEST_PLAIN_NAME, LONGEST_ENCODED_PIECE = 60, 50
# Stands at the end of a part while it is encoded, so that the line has room for the sign of a soft break.
END = "~"


def can_be_answered(address: str) -> bool:
    """Whether an address can stand in Reply-To so that every mail program can answer to it. Another is written in the
    email's words."""
    return address.isascii()


def compose(
    *,
    subject: str,
    recipient: str,
    text: str,
    html: str,
    message_id: str,
    at: datetime,
    thread_id: str = "",
    stop_address: str = "",
    reply_to: str = "",
    key: str = "",
) -> bytes:
    """The bytes of one mail to one recipient. `at` is an aware instant.

    The headers are fixed. All mails have Subject, From, To, Date, Message-ID and Auto-Submitted, beside MIME-Version
    and Content-Type; with a `thread_id`, the Message-ID of a mail that there need not be, also In-Reply-To and
    References; with a `stop_address`, also List-Unsubscribe and List-Unsubscribe-Post (RFC 8058); with the address of a
    person to `reply_to`, also Reply-To. Nothing that people wrote comes into any but Subject, To and Reply-To. `key` is
    that of the placeholders in the texts and in the `stop_address`.

    Built with the older classes of the standard library: the newer parse every header that they are given, which
    takes twice as long for the whole mail. Each value is made one line here instead. Flask-Mail's own Message asks the
    resolver for this machine's name each time, to make a Message-ID that we do not want.
    """
    headers = {
        "Subject": subject,
        "From": _sender(),
        "To": recipient,
        "Date": format_datetime(at),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
    }
    if reply_to:
        headers["Reply-To"] = reply_to
    unfolded: dict[str, str] = {}
    if thread_id:
        unfolded |= {"In-Reply-To": thread_id, "References": thread_id}
    if stop_address:
        unfolded |= {"List-Unsubscribe": f"<{stop_address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = MIMEMultipart("alternative")
    for name, value in headers.items():
        message[name] = Header(one_line(value), header_name=name).encode(maxlinelen=LONGEST_ENCODED_WORD)
    for name, value in unfolded.items():
        message[name] = one_line(value)  # an address is found by every mail program where it stands on one line
    message.attach(_part("plain", text, key))
    message.attach(_part("html", html, key))
    return message.as_bytes(policy=CRLF)


def attach(content: bytes, name: str, media_type: str, file: bytes) -> bytes:
    """The bytes of a mail that `compose` made, with a file beside its texts.

    All headers stay as they are but Content-Type, which goes with the texts into a part of their own. The name of the
    file is one line, in plain letters or encoded as RFC 2231 says, on lines that every mail server takes.
    """
    head, _, body = content.partition(b"\r\n\r\n")
    before, of_texts, after = _around_content_type(head)
    boundary = f"file-{token_hex(16)}".encode("ascii")
    outer = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"'
    headers = [
        f"Content-Type: {one_line(media_type)}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment{_file_name(one_line(name))}",
    ]
    of_file = "\r\n".join(headers).encode("ascii")
    texts = of_texts + b"\r\n\r\n" + body
    encoded = encodebytes(file).replace(b"\n", b"\r\n")
    return b"".join(
        [
            *(before, outer, after, b"\r\n\r\n"),
            *(b"--", boundary, b"\r\n", texts, b"\r\n"),
            *(b"--", boundary, b"\r\n", of_file, b"\r\n\r\n", encoded),
            *(b"--", boundary, b"--\r\n"),
        ]
    )


def _around_content_type(head: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the header Content-Type, that header with its folded lines, and what stands after it."""
    found = CONTENT_TYPE.search(head)
    if found is None:
        raise ValueError("an email without a Content-Type")
    return head[: found.start()], found.group(), head[found.end() :]


def _file_name(name: str) -> str:
    """The parameters that say the name of an attached file."""
    if name.isascii() and len(name) <= LONGEST_PLAIN_NAME:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f';\r\n filename="{quoted}"'
    pieces, piece = [], ""
    for sign in name:
        encoded = quote(sign, safe="")
        if len(piece) + len(encoded) > LONGEST_ENCODED_PIECE:
            pieces.append(piece)
            piece = ""
        piece += encoded
    pieces.append(piece)
    if len(pieces) == 1:
        return f";\r\n filename*=utf-8''{pieces[0]}"
    first, *rest = pieces
    more = "".join(f";\r\n filename*{number}*={one}" for number, one in enumerate(rest, 1))
    return f";\r\n filename*0*=utf-8''{first}{more}"


def _sender() -> str:
    """The address of the sender with its name. A name that MAIL_DEFAULT_SENDER itself has wins over the other."""
    name, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    name = name or current_app.config["MAIL_SENDER_NAME"]
    if name.isascii():
        return formataddr((name, address))
    # `formataddr` would make one encoded word of it, however long.
    return f"{Header(name, 'utf-8', header_name='From').encode(maxlinelen=LONGEST_ENCODED_WORD)} <{address}>"


def _part(subtype: str, words: str, key: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(_encoded(words, key))
    return part


def _encoded(words: str, key: str) -> str:
    """Quoted-printable in which each placeholder has a line of its own, between soft line breaks: so it is whole in the
    bytes, and a value of another length makes no line too long. Nothing has to be parsed to put one in."""
    if not key:
        return _quoted(words)
    lines = []
    before, *rest = words.split(opening(key))
    for piece in rest:
        what, _closing, after = piece.partition(CLOSING)
        lines += [f"{_quoted(before + END)[:-1]}=\n", f"{placeholder(key, what)}=\n"]
        before = after
    return "".join([*lines, _quoted(before)])


def _quoted(words: str) -> str:
    return quopri.encodestring(words.encode()).decode("ascii")
