"""Looking into an uploaded file: is it what its name says, and can it do nothing but be read?

Nothing is unpacked to disk. Every look is bounded, so a hostile file costs little.
"""

import re
import zlib
from collections.abc import Iterator

import filetype

from cycle_tracker.core.containers import (
    Container,
    DamagedContainer,
    Limits,
    TooManyParts,
    UnpacksToTooMuch,
    opened,
)
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.file_kinds import LARGEST_FILE, FileKind, kind_named, size_words

MEGABYTE = 1024 * 1024

# Sheets full of the same number unpack to nearly a hundred times their size; bombs go far beyond.
ARCHIVE_LIMITS = Limits(parts=2_000, unpacked=100 * MEGABYTE, ratio=200)
LONGEST_PART_READ = MEGABYTE

MOST_STREAMS = 50_000
DICTIONARY_BEFORE_STREAM = 1_500
MOST_IN_OBJECT_STREAMS = 64 * MEGABYTE

OFFICE_PARTS = {
    FileKind.WORD: b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    FileKind.EXCEL: b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    FileKind.POWERPOINT: b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
OPEN_DOCUMENTS = frozenset({FileKind.OPEN_TEXT, FileKind.OPEN_SHEET})
TEXTS = frozenset({FileKind.CSV, FileKind.TEXT})
ACTIVE_MEMBER = re.compile(r"(^|/)(vbaproject|vbadata|activex)|^(basic|scripts)/", re.IGNORECASE)

ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# What makes a PDF do something by itself. An OpenAction that only names the page to show first is in most of the PDFs
# that office programs write; one that refers elsewhere is harmless unless what it refers to is in this list.
ACTIVE_PDF = re.compile(
    rb"/(?:JavaScript|Launch)(?![A-Za-z0-9])|/JS\s*(?:[(<]|\d+\s+\d+\s+R)|/XFA\s*(?:\[|\d+\s+\d+\s+R)"
    rb"|/OpenAction\s*<<(?!\s*(?:/Type\s*/Action\s*)?/S\s*/GoTo\b|\s*/D\b)"
)
ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
OBJECT_STREAM = b"/ObjStm"
STREAM = re.compile(rb"(?<!end)stream\r?\n")

MARKUP = re.compile(r"<[a-z!/?%]", re.IGNORECASE)
NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def check_file(name: str, content: bytes) -> FileKind:
    """What the file is. Raises RuleBroken, for the field `file`, where it is not what its name says or not kept."""
    if not content:
        raise _refused("The file is empty. Choose another file.")
    if len(content) > LARGEST_FILE:
        raise _refused(
            f"The file is larger than {size_words(LARGEST_FILE)}. Choose a smaller file, or enter its web address."
        )
    kind = kind_named(name)
    if kind in TEXTS:
        _check_text(content)
        return kind
    _check_signature(kind, content)
    if kind is FileKind.PDF:
        _check_pdf(content)
    elif kind in OFFICE_PARTS or kind in OPEN_DOCUMENTS:
        _check_archive(kind, content)
    return kind


def _refused(message: str) -> RuleBroken:
    return RuleBroken(message, field="file")


def _not_what_it_says(kind: FileKind) -> RuleBroken:
    return _refused(
        f"The file name says that this is {kind.label}, but the content is something else, is damaged or has a "
        "password. Save it again in the right format, without a password."
    )


def _check_signature(kind: FileKind, content: bytes) -> None:
    """The first bytes. Office files are archives; which ones is asked of what is in them."""
    guess = filetype.guess(content)
    found = guess.mime if guess else ""
    is_archive = content.startswith(b"PK\x03\x04")
    if found != kind.media_type and not (is_archive and (kind in OFFICE_PARTS or kind in OPEN_DOCUMENTS)):
        raise _not_what_it_says(kind)


def _check_text(content: bytes) -> None:
    """Text in UTF-8 that no browser takes for a page."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("This is not plain text in UTF-8. Save it as “CSV UTF-8” or as UTF-8 text.") from error
    if filetype.guess(content) is not None or NOT_IN_TEXT.search(text):
        raise _refused("This is not plain text. Save it again as CSV or as plain text.")
    if MARKUP.search(text):
        raise _refused("This text contains web page code. Remove the code, or save it as a PDF.")


def _check_archive(kind: FileKind, content: bytes) -> None:
    """A Word, Excel, PowerPoint or OpenDocument file: not locked, no bomb, no macros, and of the kind that it says."""
    try:
        with opened(content, ARCHIVE_LIMITS) as container:
            if any(ACTIVE_MEMBER.search(name) for name in container.names):
                raise _refused("This file contains macros. Save it without macros, or as a PDF.")
            _check_kind(kind, container)
            for _ in container.parts():
                pass  # what does not fit its checksum, or what the list said, is damaged
    except TooManyParts as error:
        raise _refused("This file has too many parts. Save it as a PDF, or enter its web address.") from error
    except UnpacksToTooMuch as error:
        raise _refused(
            "This file expands to more than its size suggests. Save it as a PDF, or enter its web address."
        ) from error
    except DamagedContainer as error:
        raise _not_what_it_says(kind) from error


def _check_kind(kind: FileKind, container: Container) -> None:
    """What the archive says of itself, where its format has it say so."""
    if kind in OPEN_DOCUMENTS:
        says = container.beginning_of("mimetype", LONGEST_PART_READ)
        if container.names[:1] != ["mimetype"] or says != kind.media_type.encode():
            raise _not_what_it_says(kind)
        if b"encryption-data" in container.beginning_of("META-INF/manifest.xml", LONGEST_PART_READ):
            raise _not_what_it_says(kind)
        return
    types = container.beginning_of("[Content_Types].xml", LONGEST_PART_READ)
    if b"macroEnabled" in types:
        raise _refused("This file contains macros. Save it without macros, or as a PDF.")
    if OFFICE_PARTS[kind] not in types:
        raise _not_what_it_says(kind)


def _check_pdf(content: bytes) -> None:
    """A PDF that does nothing by itself, as far as can be seen: in the open, and in its packed objects."""
    if ENCRYPTED_PDF.search(content):
        raise _refused(
            "This PDF is protected, so it cannot be checked. Save it without protection, or enter its web address."
        )
    for text in (content, *_packed_objects(content)):
        if ACTIVE_PDF.search(ESCAPED.sub(_unescaped, text)):
            raise _refused("This PDF can run programs when it is opened. Print it to a new PDF, and choose that file.")


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """The object streams of a PDF, unpacked. Raises RuleBroken where that cannot be done, or takes too much."""
    left, named = MOST_IN_OBJECT_STREAMS, ESCAPED.sub(_unescaped, content).count(OBJECT_STREAM)
    for number, found in enumerate(STREAM.finditer(content)):
        if number > MOST_STREAMS:
            raise _not_what_it_says(FileKind.PDF)
        before = content[max(found.start() - DICTIONARY_BEFORE_STREAM, 0) : found.start()].rpartition(b" obj")[2]
        dictionary = ESCAPED.sub(_unescaped, before)
        if OBJECT_STREAM not in dictionary:
            continue
        named -= 1
        if b"/Filter" not in dictionary:
            continue  # it stands in the open
        objects = _inflated(content[found.end() :], left)
        left -= len(objects)
        yield objects
    if named > 0:  # one that is written so that we did not find its beginning
        raise _not_what_it_says(FileKind.PDF)


def _inflated(packed: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        objects = inflater.decompress(packed, most)
    except zlib.error as error:
        raise _not_what_it_says(FileKind.PDF) from error
    if not inflater.eof:
        raise _not_what_it_says(FileKind.PDF)
    return objects


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])
