"""Judges a run with faults from outside: what the mail server took, against what the outbox says and what was due."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Told(NamedTuple):
    """One notice as somebody is told it."""

    recipient: str
    key: str
    due_on: str
    step: str


@dataclass(frozen=True)
class Verdict:
    """What is wrong, and how many mails came again.

    `unsent` names the messages that hold notices and were not sent: one that was folded into a later holds none.
    `repeats` counts the further arrivals of mails with a Message-ID that had arrived before. Of the rest, each holds
    what nothing excuses.
    """

    lost: list[Told]
    unexpected: list[Told]
    told_twice: list[Told]
    unsent: list[str]
    unknown_mails: list[str]
    repeats: int

    @property
    def faults(self) -> dict[str, list[Any]]:
        """Everything that nothing excuses; empty where all is well."""
        found: dict[str, list[Any]] = {
            "lost": list(self.lost),
            "unexpected": list(self.unexpected),
            "told twice": list(self.told_twice),
            "unsent": list(self.unsent),
            "unknown mails": list(self.unknown_mails),
        }
        return {name: things[:5] for name, things in found.items() if things}


def judge(ledger: Sequence[Mapping[str, Any]], outbox: Sequence[Mapping[str, Any]], due: Collection[Told]) -> Verdict:
    """Compare what arrived (`ledger`, a line for each mail) with the outbox (as `flask outbox --json` gives it) and
    with the notices that were `due`. A notice counts as told where a mail that holds it arrived at its recipient."""
    arrived = Counter((line["message_id"], recipient) for line in ledger for recipient in line["recipients"])
    held = {(message["message_id"], message["recipient"]): message for message in outbox}
    notified = Counter(
        Told(message["recipient"], notice["key"], notice["due_on"], notice["step"])
        for identity, message in held.items()
        if identity in arrived
        for notice in message["notices"]
    )
    return Verdict(
        lost=sorted(set(due) - set(notified)),
        unexpected=sorted(set(notified) - set(due)),
        told_twice=sorted(notice for notice, times in notified.items() if times > 1),
        unsent=[message["message_id"] for message in outbox if message["state"] != "sent" and message["notices"]],
        unknown_mails=sorted(message_id for message_id, recipient in set(arrived) - set(held)),
        repeats=sum(times - 1 for times in arrived.values()),
    )
