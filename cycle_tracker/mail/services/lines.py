"""One line of a run of the sender: batch after batch, each message recorded with the renewal for the next."""

import logging
from collections.abc import Sequence
from random import SystemRandom

from sqlalchemy import Connection

from cycle_tracker.access.services.access_links import with_fresh_link
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.jobs.services.each_by_itself import all_or_each, describe, is_about_one
from cycle_tracker.mail.rules import Verdict, retry_after
from cycle_tracker.mail.services.attachments import file_asked_for, with_file
from cycle_tracker.mail.services.claims import Claim, release_claim, renew_claim
from cycle_tracker.mail.services.connections import MailLine
from cycle_tracker.mail.services.hooks import Links
from cycle_tracker.mail.services.results import MailInHand, Result, Sent, mails_of, put_back, record, record_failure
from cycle_tracker.mail.services.runs import Run
from cycle_tracker.mail.smtp import ServerTrouble

chance = SystemRandom().random
log = logging.getLogger(__name__)


class SendingLine:
    """One line of a run: what it has done so far, and the connection that it does it over."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.clock = run.clock
        self.line = MailLine(run.door)
        self.sent = Sent()

    @property
    def is_over(self) -> bool:
        """True where this line sends no more in this run."""
        return self.run.stop() or self.line.is_shut

    def send(self) -> Sent:
        """Send batch after batch until nothing is ready, and give the counts.

        The server is spoken to before anything is claimed: while it is away a run reads, tries to connect, and that is
        all, however much is waiting.
        """
        try:
            while not self.is_over and self.run.has_work() and self.is_open():
                claim = self.run.claim()
                if claim is None:
                    break
                self.send_batch(claim)
        finally:
            self.line.close()
        return self.sent

    def send_batch(self, claim: Claim) -> None:
        """Send one batch, as far as the run goes on, and end its claim. Commits after each mail."""
        self.refresh(claim)
        with db.engine.connect() as connection:
            with self.run.turn, connection.begin():
                mails = mails_of(connection, claim)
            links = self.run.hooks.links_of(mails)
            before: Result | None = None
            for mail in mails:
                if self.is_over or not self.is_open():
                    break
                ours = self.record_and_renew(connection, claim, before, mail)
                before = self.deliver(connection, claim, mail, links) if ours else None
            if before is not None:
                self.record_and_renew(connection, claim, before, None)
        with self.run.turn:
            release_claim(claim)

    def refresh(self, claim: Claim) -> None:
        """Bring up to date what is no longer true. A message of which that cannot be done has failed."""

        def refresh_some(message_ids: Sequence[int]) -> None:
            self.sent.withdrawn += len(self.run.hooks.refresh(message_ids, self.run.today, self.clock()))

        def give_up(message_id: int, error: Exception) -> None:
            with db.engine.connect() as connection:
                self.give_up(
                    connection, claim, message_id, f"It could not be updated before it was sent. {describe(error)}"
                )

        with self.run.turn:
            all_or_each(claim.message_ids, refresh_some, give_up)

    def is_open(self) -> bool:
        """True where the server can be spoken to, over a line made now if there is none.

        Making one takes time, so the claim is renewed after it. No answer waits to be recorded meanwhile: there is a
        line to be made only where none was used yet, or where the last mail got no answer.
        """
        try:
            self.line.open()
        except ServerTrouble as trouble:
            self.sent.trouble = str(trouble)
            return False
        return True

    def record_and_renew(
        self, connection: Connection, claim: Claim, before: Result | None, mail: MailInHand | None
    ) -> bool:
        """In one transaction: renew the claim and record the result before; True where this mail is ours still. Where
        the result cannot be recorded, that message has failed, for it must not go out again. Commits.

        The claim first, then its messages: so does whoever frees a claim that ran out, and neither waits for the other
        in a circle.
        """
        ours = False
        try:
            with self.run.turn, connection.begin():
                if mail is not None:
                    ours = renew_claim(connection, claim, mail.message_id, now=self.clock(), lease=self.run.lease)
                if before is not None:
                    record(connection, claim, before, now=self.clock())
        except Exception as error:  # whatever is wrong with the one before, this one goes out
            if before is None or not is_about_one(error):
                raise
            answered = before.answer.said
            said = f"The mail server answered “{answered}”, but the answer could not be recorded. {describe(error)}"
            with self.run.turn:
                self.give_up(connection, claim, before.mail.message_id, said, handed_over=True, receipt=answered)
            return self.record_and_renew(connection, claim, None, mail)
        if before is not None:
            self.count(before)
        self.sent.lost_claims += mail is not None and not ours
        return ours

    def deliver(self, connection: Connection, claim: Claim, mail: MailInHand, links: Links) -> Result | None:
        """Hand one mail to the server. Where the server as a whole fails, the message goes back to the queue.
        Commits that it does."""
        handed_over = False
        try:
            content = self.content_of(connection, mail, links)
            handed_over = True
            answer = self.line.deliver(self.run.sender, mail.recipient, content)
        except ServerTrouble as trouble:
            log.warning("The mail server: %s", trouble)
            self.sent.trouble = str(trouble)
            with self.run.turn, connection.begin():
                put_back(connection, claim, mail, self.clock(), trouble)
            return None
        except Exception as error:  # whatever is wrong with this one, the next go out
            if not is_about_one(error):
                raise
            said = f"It could not be sent. {describe(error)}"
            with self.run.turn:
                self.give_up(connection, claim, mail.message_id, said, handed_over=handed_over)
            return None
        wait = retry_after(mail.attempts + 1, chance) if answer.verdict is Verdict.TRY_LATER else None
        return Result(mail, answer, wait)

    def give_up(
        self,
        connection: Connection,
        claim: Claim,
        message_id: int,
        said: str,
        *,
        handed_over: bool = False,
        receipt: str = "",
    ) -> None:
        """End a message that something is wrong with. `receipt` is what the server had answered. Commits."""
        log.error("Message %d has failed: %s", message_id, said)
        with connection.begin():
            record_failure(
                connection, claim, message_id, said, handed_over=handed_over, receipt=receipt, now=self.clock()
            )
        self.sent.failed += 1

    def content_of(self, connection: Connection, mail: MailInHand, links: Links) -> bytes:
        """The bytes as they are stored, with links made now and a file read now. Raises ValueError where there are
        none. Commits, so that no transaction is open while the server is spoken to."""
        if not mail.content:
            raise ValueError("it has no text")
        if mail.carries_a_link:
            with self.run.turn:
                return with_fresh_link(connection, mail.message_id, mail.key, mail.content, now=self.clock())
        if not links.are_made:
            with self.run.turn:
                links.make(connection, now=self.clock())
        content = links.fill_in(mail)
        number = file_asked_for(mail.content, mail.key)
        if number is None:
            return content
        with self.run.turn, connection.begin():
            file = self.run.hooks.file_of(connection, number)
        return with_file(content, mail.key, number, file)

    def count(self, result: Result) -> None:
        """Count what was recorded."""
        self.sent.sent += result.state is MessageState.SENT
        self.sent.retried += result.state is MessageState.QUEUED
        self.sent.refused += result.state is MessageState.FAILED
