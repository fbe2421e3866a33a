"""The parts of a digest: who gets it, its sections, and the items in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cycle_tracker.core.wording import listed

OPEN_PAGE = "Open its page"


@dataclass(frozen=True)
class Reader:
    """Who gets a mail: a person or a contact. `covers` names those who are away and whose part of it they get, by their
    numbers."""

    name: str
    email: str
    user_id: int | None = None
    contact_id: int | None = None
    covers: Mapping[int, str] = field(default_factory=dict)

    @property
    def stands_in_for(self) -> str:
        """Whom they cover, in words; empty where it is nobody."""
        return listed(sorted(self.covers.values()))

    @property
    def is_contact(self) -> bool:
        """True for somebody without an account, for whom no page of the service is open."""
        return self.contact_id is not None


@dataclass(frozen=True)
class Item:
    """One milestone in an email. `link` is its page, empty for those without an account, and `action` what to do there;
    `answer` the address at which its status is updated, empty for those who are not asked; `named` its title, short
    enough for a link."""

    title: str
    named: str
    partnership: str
    state: str
    facts: str
    link: str = ""
    answer: str = ""
    note: str = ""
    action: str = OPEN_PAGE


@dataclass(frozen=True)
class Section:
    """The items that are alike, under one heading; of `name`, where the reader covers somebody besides their own."""

    kind: str
    colour: str
    name: str = ""
    items: list[Item] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """`Overdue`, or `Overdue, for Rory Baird`."""
        return f"{self.kind}, for {self.name}" if self.name else self.kind
