"""Looking into an uploaded file: is it what its name says, and can it do nothing but be read?

Nothing is unpacked to disk. Every look is bounded, so a hostile file costs little.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

import filetype

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.file_kinds import LARGEST_FILE, FileKind, kind_named, size_words

MEGABYTE = 1024 * 1024

MOST_MEMBERS = 2_000
MOST_UNPACKED = 100 * MEGABYTE
# Unpacked to packed. Sheets full of the same number come near a hundred; bombs go far beyond.
STEEPEST_RATIO = 200
LONGEST_PART_READ = MEGABYTE
MEMBER_OF_DIRECTORY = b"PK\x01\x02"

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
    if content.count(MEMBER_OF_DIRECTORY) > MOST_MEMBERS:
        raise _refused("This file has too many parts. Save it as a PDF, or enter its web address.")
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(kind, members, len(content))
            _check_kind(kind, archive, members)
            for member in members:
                _read_through(archive, member)
    except (
        BadZipFile,
        LargeZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _not_what_it_says(kind) from error


def _check_members(kind: FileKind, members: list[ZipInfo], packed: int) -> None:
    """What the directory of the archive says, before any of it is unpacked."""
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED or unpacked > STEEPEST_RATIO * packed:
        raise _refused("This file expands to more than its size suggests. Save it as a PDF, or enter its web address.")
    for member in members:
        if member.flag_bits & 0x1 or ".." in member.filename.split("/") or member.filename.startswith(("/", "\\")):
            raise _not_what_it_says(kind)
        if ACTIVE_MEMBER.search(member.filename):
            raise _refused("This file contains macros. Save it without macros, or as a PDF.")


def _check_kind(kind: FileKind, archive: ZipFile, members: list[ZipInfo]) -> None:
    """What the archive says of itself, where its format has it say so."""
    if kind in OPEN_DOCUMENTS:
        if members[:1] and members[0].filename == "mimetype" and _part(archive, "mimetype") == kind.media_type.encode():
            if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
                raise _not_what_it_says(kind)
            return
        raise _not_what_it_says(kind)
    types = _part(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise _refused("This file contains macros. Save it without macros, or as a PDF.")
    if OFFICE_PARTS[kind] not in types:
        raise _not_what_it_says(kind)


def _part(archive: ZipFile, name: str) -> bytes:
    """The beginning of one member; nothing where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(LONGEST_PART_READ)


def _read_through(archive: ZipFile, member: ZipInfo) -> None:
    """Unpack a member piece by piece into nothing. What the directory said is the most that is read of it; what does
    not fit that, or its checksum, is damaged."""
    with archive.open(member) as part:
        while part.read(MEGABYTE):
            pass


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
