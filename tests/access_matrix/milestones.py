"""The page of one milestone."""

from tests.access_matrix.cells import BEGUN, EVERYBODY, LEAD, MILESTONE, OFFICIAL, REPORT, STEP, TOLD, Cell

ADDRESS = (("version", "2"), ("address", "https://www.example.org/report"), ("published_on", "1 7 2026"))

TABLE = [
    Cell(MILESTONE, "GET", REPORT, EVERYBODY),
    Cell(MILESTONE, "GET", STEP, EVERYBODY - {OFFICIAL}, otherwise=404),
    Cell(f"{MILESTONE}/start", "GET", f"{STEP}/start", frozenset({LEAD})),
    Cell(f"{MILESTONE}/start", "POST", f"{STEP}/start", frozenset({LEAD}), data=(("version", "1"),)),
    Cell(f"{MILESTONE}/finish", "GET", f"{BEGUN}/finish", frozenset({LEAD})),
    Cell(
        f"{MILESTONE}/finish",
        "POST",
        f"{BEGUN}/finish",
        frozenset({LEAD}),
        data=(("version", "2"), ("done_on", "1 7 2026")),
    ),
    Cell(f"{MILESTONE}/publication", "GET", f"{REPORT}/publication", frozenset({LEAD})),
    Cell(f"{MILESTONE}/publication", "POST", f"{REPORT}/publication", frozenset({LEAD}), data=ADDRESS),
    Cell(f"{MILESTONE}/tell", "GET", f"{TOLD}/tell", frozenset({LEAD})),
    Cell(f"{MILESTONE}/tell", "POST", f"{TOLD}/tell", frozenset({LEAD}), data=(("version", "1"),)),
]
