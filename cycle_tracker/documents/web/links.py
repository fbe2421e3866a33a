"""Links from the page of a document to the pages on which its facts are changed, and who recorded them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere; `about` is read out after them where they do not say enough."""

    label: str
    address: str
    about: str = ""


def recorded_by(user_id: int | None, names: Mapping[int, str]) -> str:
    return f", recorded by {names[user_id]}" if user_id in names and user_id is not None else ""


def address_of(endpoint: str, document: Milestone, **more: Any) -> str:
    if document.partnership is None:
        raise ValueError("a national document has no page of its own")
    return url_for(endpoint, slug=document.partnership.slug, key=document.key, **more)
