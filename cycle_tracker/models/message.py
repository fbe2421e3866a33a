"""The outbox: one mail to one recipient, its bytes, and the lease of the sender that has it in hand."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.base import Base, OneLine, UtcDateTime, partial_index, sparse_index, words


class MessageKind(StrEnum):
    """What a mail is for."""

    DIGEST = "digest"
    DOCUMENT_PUBLISHED = "document-published"
    COPY_NOT_SENT = "copy-not-sent"
    ON_BEHALF = "on-behalf"
    GROUP = "group"
    UPDATE_REQUEST = "update-request"
    INVITATION = "invitation"
    PASSWORD_RESET = "password-reset"  # noqa: S105
    SIGN_IN_LINK = "sign-in-link"
    ACCOUNT_CHANGED = "account-changed"
    ALARM = "alarm"

    @property
    def is_for_an_account(self) -> bool:
        """True for a mail that somebody waits for, or must have at once: it does not wait behind the day's digests."""
        return self in {
            MessageKind.INVITATION,
            MessageKind.PASSWORD_RESET,
            MessageKind.SIGN_IN_LINK,
            MessageKind.ACCOUNT_CHANGED,
            MessageKind.ALARM,
        }


# The condition of the index that these mails are found by, word for word: SQLite uses it for nothing else.
ACCOUNT_MAIL_IS_QUEUED = "state = 'queued' AND kind IN ({})".format(
    ", ".join(f"'{kind.value}'" for kind in MessageKind if kind.is_for_an_account)
)


class MailClaim(Base):
    """One sender's claim on a batch of messages. Renewed as it works; whoever finds it run out deletes it."""

    __tablename__ = "mail_claims"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    leased_until: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One mail. `identity` makes its Message-ID, so that a repeat can be told from a second mail.

    `addressee` is who gets a mail about notices (`user:12`, `contact:3`), by `user_id` or `contact_id`: whom each of
    its notices is for, which may be somebody whom they cover, its notices say. Of mails from before digests were
    gathered by reader, it is whom they are for. `digest_on` is set on a reader's one digest of a London day.
    `rendered_on` is the day its words hold for. `ready_at` is when it may be tried (again). `claim_id` is plain text,
    not a key: a claim that ran out is deleted by its finder, and the message then counts as free. `trouble` is what the
    mail server last said against it, `receipt` what it said when it took it, and `ended_why` why it was withdrawn, or
    why it failed where no server refused it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        partial_index("uq_messages_digest", "addressee", "digest_on", where="digest_on IS NOT NULL", unique=True),
        partial_index("ix_messages_ready", "ready_at", "id", where="state = 'queued'"),
        partial_index("ix_messages_account_mail", "kind", "ready_at", where=ACCOUNT_MAIL_IS_QUEUED),
        partial_index("ix_messages_claim_id", "claim_id", "id", where="state = 'sending'"),
        partial_index("ix_messages_failed", "id", where="state = 'failed'"),
        partial_index("ix_messages_sent", "ended_at", where="state = 'sent'"),
        sparse_index("messages", "contact_id"),
        sparse_index("messages", "milestone_id"),
        sparse_index("messages", "invitation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind, "kind"))
    recipient: Mapped[str] = mapped_column(OneLine(254))
    addressee: Mapped[str | None] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    subject: Mapped[str] = mapped_column(OneLine(200))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    message_id: Mapped[str] = mapped_column(String(200))
    digest_on: Mapped[date | None]
    rendered_on: Mapped[date]
    state: Mapped[MessageState] = mapped_column(words(MessageState, "state"), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claim_id: Mapped[str | None] = mapped_column(String(32))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(Text, default="")
    receipt: Mapped[str] = mapped_column(OneLine(500), default="")
    ended_why: Mapped[str] = mapped_column(String(200), default="")


class MessageLine(Base):
    """One late milestone that a digest lists beside its notices, as it was when the digest was rendered: its date, and
    whose it was. Rendered again, a message has the lines of that moment in place of these."""

    __tablename__ = "message_lines"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), primary_key=True, index=True)
    owner_id: Mapped[int | None]
    due_on: Mapped[date]


class MessageBody(Base):
    """The bytes of a mail, kept apart so that a change of state does not write them again. `key` is that of the
    placeholders in them, random for each rendering and shown nowhere; it is empty where there are none."""

    __tablename__ = "message_bodies"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[str] = mapped_column(String(32), default="")
