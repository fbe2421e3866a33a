"""Pages of a list, for the macro that links to them."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from flask_sqlalchemy.pagination import Pagination

from cycle_tracker.core.wording import COUNTED_TO

PER_PAGE = 50


class Pages(Pagination):
    """One page of a list that is `count` items long; `items` are those of the page alone.

    Made with the items themselves, so it asks the database for nothing. `counted` is the number to show, where
    the count stops before the pages do.
    """

    def __init__(
        self, items: Sequence[Any], *, page: int, count: int, per_page: int = PER_PAGE, counted: int | None = None
    ) -> None:
        self.counted = count if counted is None else counted
        super().__init__(
            page=page, per_page=per_page, max_per_page=per_page, error_out=False, items=items, length=count
        )

    def _query_items(self) -> list[Any]:
        return list(self._query_args["items"])

    def _query_count(self) -> int:
        return int(self._query_args["length"])

    def __iter__(self) -> Iterator[Any]:
        yield from self.items


def page_asked_for() -> int:
    """The number of the page in the address; the first where it says nothing that could be one."""
    text = request.args.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= 4 else 1


def last_page(count: int, per_page: int = PER_PAGE) -> int:
    """The number of the last page of a list of so many items; an empty list has one page."""
    return max(-(-count // per_page), 1)


def page_of(found: Sequence[Any], *, page: int, count: int, per_page: int = PER_PAGE) -> Pages:
    """The page of a list whose count stops at one more than `COUNTED_TO`. `found` are its rows and one more, where
    there is one: so the way on is known also beyond what is counted."""
    shown = (page - 1) * per_page + len(found)
    known = max(count, shown) if count > COUNTED_TO else count
    return Pages(found[:per_page], page=page, count=known, per_page=per_page, counted=count)


def pages_of(items: Sequence[Any], per_page: int = PER_PAGE) -> Pages:
    """The page of a whole list that the address asks for; the last where it asks for one beyond."""
    page = min(page_asked_for(), last_page(len(items), per_page))
    shown = items[(page - 1) * per_page : page * per_page]
    return Pages(shown, page=page, count=len(items), per_page=per_page)
