"""Finding a partnership by any name that people give it: its own, those of its lead bodies, and official codes."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import OldCode, Organisation
from cycle_tracker.models.partnership import Partnership, PartnershipBody

ADD_NOTHING = frozenset({"the", "of", "council", "city", "cspp", "childrens", "services", "planning", "partnership"})
"""Words that people put in or leave out: no two partnerships differ by these alone."""


@dataclass
class PartnershipNames:
    """The partnerships by their names. The name of a body that takes part in several means all of those."""

    partnerships: dict[int, Partnership] = field(default_factory=dict)
    _own: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _of_bodies: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def find(self, text: str) -> list[Partnership]:
        """The partnerships that are meant: one, none, or several where the name is that of a body in several. A
        partnership's own names go before those of bodies."""
        name = _plain(text)
        return [self.partnerships[number] for number in sorted(self._own.get(name) or self._of_bodies.get(name) or ())]

    def add(self, partnership: Partnership, names: Iterable[str]) -> None:
        """Let these be the partnership's own names."""
        self.partnerships[partnership.id] = partnership
        for name in names:
            self._own[_plain(name)].add(partnership.id)

    def add_body(self, partnership_id: int, names: Iterable[str]) -> None:
        """Let the names of one of its bodies mean a partnership."""
        for name in names:
            self._of_bodies[_plain(name)].add(partnership_id)


def read_partnership_names() -> PartnershipNames:
    """Every partnership with its names, in three statements."""
    found = PartnershipNames()
    for partnership in db.session.scalars(select(Partnership).order_by(Partnership.id)):
        found.add(partnership, _own_names(partnership))
    old_codes = defaultdict(list)
    for old in db.session.execute(select(OldCode.organisation_id, OldCode.code).order_by(OldCode.code)):
        old_codes[old.organisation_id].append(old.code)
    for body in db.session.execute(
        select(PartnershipBody.partnership_id, Organisation.id, Organisation.name, Organisation.code)
        .join(PartnershipBody.organisation)
        # What a partnership added means nothing to others before it is accepted.
        .where(or_(Organisation.added_by_id.is_(None), Organisation.accepted_at.is_not(None)))
        .order_by(PartnershipBody.id)
    ):
        found.add_body(body.partnership_id, [body.name, body.code, *old_codes[body.id]])
    return found


def _own_names(partnership: Partnership) -> list[str]:
    """Its name, each half of a name such as `Na h-Eileanan Siar (Outer Hebrides)`, its short name and its others."""
    names = [
        partnership.name,
        *re.split(r"[()]", partnership.name),
        partnership.slug,
        *partnership.other_names.split(","),
    ]
    return [name for name in names if name.strip()]


def _plain(text: str) -> str:
    """A name as it is compared: small letters, `&` as `and`, without punctuation and words that add nothing."""
    words = re.findall(r"\w+", re.sub(r"['’]", "", text[:200].casefold().replace("&", " and ")))
    return " ".join(word for word in words if word not in ADD_NOTHING)
