"""Finding the partnership that somebody named in a file: by its short name, its names, or the name or official code of
one of its bodies, codes of the past included."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from cycle_tracker.extensions import db
from cycle_tracker.models import OldCode, Organisation, Partnership, PartnershipBody

APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Places:
    """Partnerships by everything that they may be called. Their own names go before those of their bodies."""

    own: Mapping[str, list[Partnership]]
    by_body: Mapping[str, list[Partnership]]

    def find(self, text: str) -> list[Partnership]:
        """The partnerships of this name or code, by name: none where nobody is called so, several for a body of
        several."""
        name = _plain(text)
        return self.own.get(name) or self.by_body.get(name) or []


def read_places() -> Places:
    """Everything that partnerships may be called, in three statements."""
    partnerships = {
        one.id: one for one in db.session.scalars(select(Partnership).order_by(Partnership.name, Partnership.id))
    }
    own: dict[str, list[Partnership]] = defaultdict(list)
    for partnership in partnerships.values():
        _add(own, partnership, partnership.slug, partnership.name, *re.split(r"[;,|]", partnership.other_names))
    old_codes: dict[int, list[str]] = defaultdict(list)
    for old in db.session.scalars(select(OldCode).order_by(OldCode.code)):
        old_codes[old.organisation_id].append(old.code)
    by_body: dict[str, list[Partnership]] = defaultdict(list)
    for row in db.session.execute(
        select(PartnershipBody.partnership_id, Organisation.id, Organisation.code, Organisation.name)
        .join(PartnershipBody.organisation)
        .join(Partnership, Partnership.id == PartnershipBody.partnership_id)
        .order_by(Partnership.name, Partnership.id, PartnershipBody.id)
    ):
        _add(by_body, partnerships[row.partnership_id], row.code, row.name, *old_codes[row.id])
    return Places(dict(own), dict(by_body))


def _add(found: dict[str, list[Partnership]], partnership: Partnership, *names: str) -> None:
    for name in names:
        plain = _plain(name)
        if plain and partnership not in found[plain]:
            found[plain].append(partnership)


def _plain(text: str) -> str:
    """A name without what people write differently: case, blanks, hyphens, `&` for `and`."""
    return APART.sub(" ", text.casefold().replace("&", " and ")).strip()
