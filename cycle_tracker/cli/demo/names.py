"""Made-up names of people, each once, so that a history reads as one of people and not of posts."""

FIRST = (
    "Ailsa",
    "Fergus",
    "Morag",
    "Callum",
    "Eilidh",
    "Hamish",
    "Shona",
    "Gregor",
    "Mairi",
    "Lachlan",
    "Iona",
    "Rory",
    "Catriona",
)
LAST = (
    "Abercrombie",
    "Balfour",
    "Cargill",
    "Drummond",
    "Erskine",
    "Farquhar",
    "Geddes",
    "Haldane",
    "Innes",
    "Jardine",
    "Kinnear",
    "Lockhart",
    "Muirhead",
    "Nairn",
    "Ogilvie",
    "Petrie",
    "Rankine",
    "Soutar",
    "Tulloch",
    "Urquhart",
)


def name_of(number: int) -> str:
    """The name with this number: 13 first names and 20 last ones, so that the first 260 differ.

    >>> name_of(0), name_of(21)
    ('Ailsa Abercrombie', 'Eilidh Balfour')
    """
    return f"{FIRST[number * 7 % len(FIRST)]} {LAST[number % len(LAST)]}"
