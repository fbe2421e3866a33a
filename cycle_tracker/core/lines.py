"""What people write, as text of one line or of several, without the characters that nobody sees.

Line ends, control characters, marks that turn the direction of text round, and letters of no width let somebody write
what looks like another line, another word or another name (Unicode Standard Annex 9; Unicode Technical Report 36).
"""

import re
from unicodedata import category

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters that no screen shows and Unicode counts as letters all the same: fillers, inherent vowels, an empty braille
# cell, the grapheme joiner (Default_Ignorable_Code_Point, and what looks like it).
EMPTY = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
LINE_END = re.compile("[\r\v\f\x1c-\x1f\x85\u2028\u2029]")

EMOJI = "\u00a9\u00ae\u2190-\u2bff\U0001f000-\U0001faff"
# Letters of Arabic, Syriac and the scripts of South Asia, which are written otherwise with a joiner between them.
JOINING = "\u0620-\u065f\u066e-\u06d3\u06fa-\u06ff\u0710-\u074a\u0750-\u077f\u08a0-\u08c9\u0900-\u0dff"
# The flags of England, Scotland and Wales are a black flag, their letters as tags, and a tag that ends them.
FLAGS = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in nation) for nation in ("gbeng", "gbsct", "gbwls"))
# Format characters where they belong: without them, the words or pictures around them would be others.
NEEDED = re.compile(
    f"(\U0001f3f4(?:{FLAGS})\U000e007f"
    f"|(?<=[{EMOJI}\ufe0f])\u200d(?=[{EMOJI}])"
    f"|(?<=[{JOINING}])[\u200c\u200d](?=[{JOINING}]))"
)


def one_line(text: str) -> str:
    """The text as one line: blanks and line ends of every kind, however many, are one blank; none stands at an end.

    Control and format characters are left out, but for joiners within emoji and within scripts that need them.

    >>> one_line("  Plan\\r\\n\\u202efor\\u00a0 \\u2028Mo\\u00adray ")
    'Plan for Moray'
    """
    if not text.isascii():
        text = EMPTY.sub("", text)
    if text.isprintable() and "  " not in text and text == text.strip():
        return text
    return _single_blanks(_seen(_single_blanks(text)))


def within_line(text: str) -> str:
    """The same for a piece of a line, which may begin and end with a blank.

    >>> within_line(" on\\n\\n30 June  ")
    ' on 30 June '
    """
    text = EMPTY.sub("", text)
    if text.isprintable() and "  " not in text:
        return text
    before, after = text[:1].isspace(), text[-1:].isspace()
    line = one_line(text)
    return f"{' ' * before}{line}{' ' * after}" if line else " " * before


def several_lines(text: str) -> str:
    """The text with its lines and tabs, each line ended with a line feed, and without what nobody sees.

    >>> several_lines("Dear all,\\r\\n\\u202eplease\\x00 read\\u2028this")
    'Dear all,\\nplease read\\nthis'
    """
    if text.isascii() and text.isprintable():  # nearly every word on a page: the patterns are not asked
        return text
    text = EMPTY.sub("", text)
    if text.isprintable():
        return text
    return "\n".join(_seen(line) for line in LINE_END.sub("\n", text.replace("\r\n", "\n")).split("\n"))


def _single_blanks(text: str) -> str:
    return " ".join(text.split())


def _seen(text: str) -> str:
    """The text of a line without control and format characters, but for tabs and those that are needed."""
    if text.isprintable():
        return text
    parts = NEEDED.split(text)
    parts[::2] = ["".join(sign for sign in part if sign == "\t" or category(sign) not in UNSEEN) for part in parts[::2]]
    return "".join(parts)
