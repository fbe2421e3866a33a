"""Comments as they are shown: plain text with its lines, and the addresses in it as links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.clock import london_time
from cycle_tracker.core.lines import several_lines
from cycle_tracker.models.evidence import Comment
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import moment

ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
# What ends a sentence is no part of the address before it.
AFTER_AN_ADDRESS = ".,;:!?)]"


@dataclass(frozen=True)
class CommentRow:
    """One comment. `text` is None where it was taken back; `take_back` is the address for its own author."""

    id: int
    who: str
    when: str
    stamp: str
    text: Markup | None
    take_back: str


def said(comments: Iterable[Comment], milestone: Milestone, viewer: Viewer) -> list[CommentRow]:
    """Comments as one person sees them."""
    slug = milestone.partnership.slug if milestone.partnership else ""
    return [
        CommentRow(
            id=one.id,
            who=one.author.name,
            when=moment(one.written_at),
            stamp=london_time(one.written_at).isoformat(timespec="minutes"),
            text=None if one.removed_at else with_links(one.text),
            take_back=url_for("comments.take_back", slug=slug, key=milestone.key, comment_id=one.id)
            if one.author_id == viewer.user_id and one.removed_at is None
            else "",
        )
        for one in comments
    ]


def with_links(text: str) -> Markup:
    """Plain text as HTML: everything escaped, lines kept, and each web address a link.

    >>> str(with_links("See https://example.org/a?b=1&c=2."))
    'See <a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">https://example.org/a?b=1&amp;c=2</a>.'
    """
    parts: list[Markup] = []
    text, end = several_lines(text), 0
    for found in ADDRESS.finditer(text):
        address = found[0].rstrip(AFTER_AN_ADDRESS)
        parts += [escape(text[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    parts.append(escape(text[end:]))
    return Markup("<br>\n").join(Markup("").join(parts).split("\n"))


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(address)
