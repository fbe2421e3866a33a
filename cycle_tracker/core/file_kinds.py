"""The kinds of file that are kept here, and the names that people gave them. A name is text and never a path."""

import re
import unicodedata
from enum import Enum

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.lines import EMPTY

# Bytes. A whole request is held to about the same.
LARGEST_FILE = 10 * 1024 * 1024

LONGEST_NAME = 150
WHAT_IS_KEPT = (
    "Choose a PDF, a Word, Excel, PowerPoint or OpenDocument file, a PNG or JPEG picture, or a CSV or plain text file."
)

NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
# Categories of characters that nobody sees: control characters, and those that turn the direction of text around.
INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


class FileKind(Enum):
    """What a file can be: its media type, and the endings that its name may have."""

    PDF = ("application/pdf", "pdf")
    WORD = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
    EXCEL = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
    POWERPOINT = ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx")
    OPEN_TEXT = ("application/vnd.oasis.opendocument.text", "odt")
    OPEN_SHEET = ("application/vnd.oasis.opendocument.spreadsheet", "ods")
    PNG = ("image/png", "png")
    JPEG = ("image/jpeg", "jpg", "jpeg")
    CSV = ("text/csv", "csv")
    TEXT = ("text/plain", "txt")

    def __init__(self, media_type: str, *endings: str) -> None:
        self.media_type = media_type
        self.endings = endings

    @property
    def label(self) -> str:
        """The kind in words, with its article."""
        return {
            FileKind.PDF: "a PDF",
            FileKind.WORD: "a Word document",
            FileKind.EXCEL: "an Excel workbook",
            FileKind.POWERPOINT: "a PowerPoint presentation",
            FileKind.OPEN_TEXT: "an OpenDocument text",
            FileKind.OPEN_SHEET: "an OpenDocument spreadsheet",
            FileKind.PNG: "a PNG picture",
            FileKind.JPEG: "a JPEG picture",
            FileKind.CSV: "a CSV file",
            FileKind.TEXT: "plain text",
        }[self]


# For the file field of a form.
ACCEPTED = ",".join(f".{ending}" for kind in FileKind for ending in kind.endings)


def tidy_name(name: str) -> str:
    """The name of a file as its person had it, without folders and without what cannot be seen or stand in a name.

    >>> tidy_name("../../etc/Minute of 3 May.pdf")
    'Minute of 3 May.pdf'
    """
    last = EMPTY.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in INVISIBLE)
    tidy = " ".join(NOT_IN_NAMES.sub("-", seen).split()).strip(". ")
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) <= LONGEST_NAME:
        return tidy
    return (
        f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip()}.{ending}"
        if dot and len(ending) < 10
        else tidy[:LONGEST_NAME]
    )


def kind_named(name: str) -> FileKind:
    """The kind that a tidy name says. Raises RuleBroken for one that is not kept here."""
    stem, _, ending = name.rpartition(".")
    for kind in FileKind:
        if stem and ending.lower() in kind.endings:
            return kind
    raise RuleBroken(WHAT_IS_KEPT, field="file")


def size_words(size: int) -> str:
    """The size of a file: `12 KB`, `3.4 MB`.

    >>> size_words(812), size_words(3_565_158)
    ('1 KB', '3.4 MB')
    """
    megabytes = size / (1024 * 1024)
    return f"{megabytes:.1f} MB" if megabytes >= 1 else f"{max(round(size / 1024), 1)} KB"
