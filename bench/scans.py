"""`python -m bench.scans`: each statement of a page, explained by PostgreSQL as it runs, with its largest scan.

Reads pages as JSON from its input (name, path, cookie) and prints, as JSON, the rows that each page's largest scan
looked at, those thrown away by a filter too, and the statement.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event

from cycle_tracker.core.extensions import db
from cycle_tracker.web_app import create_app

Statement = tuple[str, Any]
LONGEST_STATEMENT = 300


def largest_scans(pages: list[dict[str, str]]) -> dict[str, dict[str, Any]]:
    """For each page the largest scan of its statements."""
    app = create_app()
    with app.app_context():
        engine = db.engine
    found = {}
    for page in pages:
        seen: list[Statement] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any, seen: Any = seen) -> None:
            seen.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", note)
        answer = app.test_client(use_cookies=False).get(page["path"], headers={"Cookie": page["cookie"]})
        event.remove(engine, "before_cursor_execute", note)
        if answer.status_code != 200:
            raise SystemExit(f"{page['path']} was answered with {answer.status}.")
        with engine.connect() as connection:
            scans = [_largest(connection, one) for one in seen if one[0].lstrip("( ").startswith(("SELECT", "WITH"))]
        found[page["name"]] = max(scans, key=lambda scan: int(scan["rows"])) | {"statements": len(seen)}
    return found


def _largest(connection: Any, statement: Statement) -> dict[str, Any]:
    words, parameters = statement
    with connection.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}", parameters)
        plan = cursor.fetchone()[0][0]["Plan"]
    rows, what = max(_scans(plan), default=(0, "no scan"))
    return {"rows": rows, "what": what, "statement": " ".join(words.split())[:LONGEST_STATEMENT]}


def _scans(node: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Every scan of a plan, with how many rows it looked at in all its loops."""
    if "Scan" in node["Node Type"]:
        each = node["Actual Rows"] + sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        where = node.get("Index Name") or node.get("Relation Name") or node.get("Alias", "")
        yield round(each * node["Actual Loops"]), f"{node['Node Type']} on {where}"
    for inner in node.get("Plans", ()):
        yield from _scans(inner)


if __name__ == "__main__":
    print(json.dumps(largest_scans(json.load(sys.stdin))))
