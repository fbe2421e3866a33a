"""The headings of the parts of a long page, for the links to them at its top."""

import re

from markupsafe import Markup

HEADING = re.compile(r'<h2 id="(?P<id>[a-z][a-z0-9-]*)"[^>]*>(?P<text>.*?)</h2>', re.DOTALL)


def headings_of(html: Markup) -> list[tuple[str, str]]:
    """Each heading of the second level that has an id: its words and its id.

    >>> headings_of(Markup('<h2 id="evidence">Evidence <b>(2)</b></h2><h2>No id</h2>'))
    [('Evidence (2)', 'evidence')]
    """
    return [(Markup(found["text"]).striptags(), found["id"]) for found in HEADING.finditer(html)]  # noqa: S704
