"""The one guard for zip containers that anybody may have sent: workbooks, Word files, OpenDocument files.

Nothing is unpacked to disk, and every look is bounded, whatever sizes the container claims: a hostile one costs little.
What its parts say is for those who ask to judge.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

# What each part is listed with: counted before the list is read, however long it claims to be.
PART_MARK = b"PK\x01\x02"
COMPRESSIONS = frozenset({ZIP_STORED, ZIP_DEFLATED})
ENCRYPTED = 0x1
UNREADABLE = (
    BadZipFile,
    LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class DamagedContainer(Exception):
    """It is no container, is broken or locked, or has parts that no program of an office writes."""


class TooManyParts(Exception):
    """It lists more parts than anybody would make."""


class UnpacksToTooMuch(Exception):
    """Its parts are together larger than anybody needs, or far larger than the container."""


@dataclass(frozen=True)
class Limits:
    """How many parts a container may have, and how many bytes they may come to. `ratio` is how many times the size of
    the container that may be, None where the bytes alone count."""

    parts: int
    unpacked: int
    ratio: int | None = None


class Container:
    """A container whose list of parts was found harmless."""

    def __init__(self, archive: ZipFile, limits: Limits) -> None:
        self._archive, self._limits = archive, limits
        self.names = [part.filename for part in archive.infolist()]

    def beginning_of(self, name: str, most: int) -> bytes:
        """The first bytes of one part; nothing where there is none."""
        if name not in self.names:
            return b""
        with self._archive.open(name) as part:
            return part.read(most)

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Each part with its name, in the order of the list. Raises UnpacksToTooMuch, and what is damaged."""
        left = self._limits.unpacked
        for name in self.names:
            with self._archive.open(name) as part:
                data = part.read(left + 1)  # never without a limit: the size that a part claims may be a lie
            left -= len(data)
            if left < 0:
                raise UnpacksToTooMuch
            yield name, data


def is_container(content: bytes) -> bool:
    """True for what begins as a zip container does."""
    return content.startswith(b"PK")


@contextmanager
def opened(content: bytes, limits: Limits) -> Iterator[Container]:
    """A container, to be read within its limits. Raises DamagedContainer, TooManyParts and UnpacksToTooMuch; what is
    found damaged while it is read is a DamagedContainer too."""
    if content.count(PART_MARK) > limits.parts:
        raise TooManyParts
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_list(archive.infolist(), len(content), limits)
            yield Container(archive, limits)
    except UNREADABLE as error:
        raise DamagedContainer from error


def _check_list(parts: list[ZipInfo], packed: int, limits: Limits) -> None:
    """What the list says, before any part is unpacked."""
    if len({part.filename for part in parts}) != len(parts):
        raise DamagedContainer
    for part in parts:
        if part.flag_bits & ENCRYPTED or part.compress_type not in COMPRESSIONS or _leads_elsewhere(part.filename):
            raise DamagedContainer
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked or (limits.ratio is not None and unpacked > limits.ratio * packed):
        raise UnpacksToTooMuch


def _leads_elsewhere(name: str) -> bool:
    """True for a name that would lie outside the folder into which somebody unpacks the container."""
    return ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\"))
