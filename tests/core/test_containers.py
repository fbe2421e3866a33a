"""The guard for zip containers: how many parts, how much they unpack to, and what no office program writes."""

import struct
import zipfile
from io import BytesIO

import pytest

from cycle_tracker.core.containers import (
    Container,
    DamagedContainer,
    Limits,
    TooManyParts,
    UnpacksToTooMuch,
    is_container,
    opened,
)

WIDE = Limits(parts=10, unpacked=1_000)
UNPACKED_SIZE = 24
"""Where the list of parts says how large one is unpacked, counted from its mark."""


def made(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return file.getvalue()


def read(content: bytes, limits: Limits = WIDE) -> list[tuple[str, bytes]]:
    with opened(content, limits) as container:
        return list(container.parts())


def test_every_part_is_read_in_the_order_of_the_list() -> None:
    content = made(("b", b"one"), ("a/c", b""), ("d", b"x" * 997))
    assert is_container(content)
    assert not is_container(b"%PDF")
    assert read(content) == [("b", b"one"), ("a/c", b""), ("d", b"x" * 997)]


def test_the_beginning_of_a_part_is_no_longer_than_was_asked_for() -> None:
    with opened(made(("a", b"abcdef")), WIDE) as container:
        assert container.names == ["a"]
        assert container.beginning_of("a", 3) == b"abc"
        assert container.beginning_of("b", 3) == b""


def test_as_many_parts_as_are_allowed_and_no_more() -> None:
    parts = [(str(number), b"") for number in range(11)]
    assert len(read(made(*parts[:10]))) == 10
    with pytest.raises(TooManyParts):
        read(made(*parts))


def test_as_much_as_is_allowed_and_not_a_byte_more() -> None:
    assert sum(len(data) for _, data in read(made(("a", b"x" * 400), ("b", b"x" * 600)))) == 1_000
    with pytest.raises(UnpacksToTooMuch):
        read(made(("a", b"x" * 401), ("b", b"x" * 600)))


def test_a_part_that_claims_to_be_small_is_not_read_to_its_end() -> None:
    """Python's reader stops at the size that is claimed, and finds that the checksum is that of more."""
    content = bytearray(made(("a", b"x" * 5_000)))
    claimed = content.index(b"PK\x01\x02") + UNPACKED_SIZE
    content[claimed : claimed + 4] = struct.pack("<I", 10)
    with pytest.raises(DamagedContainer):
        read(bytes(content))


def test_a_container_unpacks_to_so_many_times_its_size_at_most() -> None:
    content = made(("a", b"x" * 1_000))
    allowed = Limits(parts=1, unpacked=1_000, ratio=1_000 // len(content) + 1)
    assert read(content, allowed) == [("a", b"x" * 1_000)]
    with pytest.raises(UnpacksToTooMuch):
        read(content, Limits(parts=1, unpacked=1_000, ratio=1_000 // len(content)))


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "\\a", "a\\..\\..\\b"])
def test_a_name_that_leads_elsewhere_is_damage(name: str) -> None:
    with pytest.raises(DamagedContainer):
        read(made((name, b"")))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_no_office_program_uses_is_damage_before_it_is_unpacked(method: int) -> None:
    with pytest.raises(DamagedContainer):
        read(made(("a", b"x" * 5_000), method=method))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_there_twice_is_damage() -> None:
    with pytest.raises(DamagedContainer):
        read(made(("a", b"one"), ("a", b"two")))


def test_what_is_locked_broken_or_cut_off_is_damage() -> None:
    content = made(("a", b"some text that is long enough"))
    locked = bytearray(content)
    locked[content.index(b"PK\x01\x02") + 8] |= 1
    broken = bytearray(content)
    broken[content.index(b"a", 30) + 3] ^= 0xFF
    for damaged in (bytes(locked), bytes(broken), content[:-30], b"PK", b"", b"PK\x03\x04" + b"\0" * 100):
        with pytest.raises(DamagedContainer):
            read(damaged)


def test_what_is_raised_about_the_content_goes_through_as_it_is() -> None:
    with pytest.raises(KeyError), opened(made(("a", b"")), WIDE):
        raise KeyError("a part that was looked for")


def test_what_claims_too_much_is_refused_before_anything_is_unpacked() -> None:
    with pytest.raises(UnpacksToTooMuch), opened(made(("a", b"x" * 1_001)), WIDE):
        pytest.fail("it was handed out")


def test_no_more_is_read_than_is_allowed_whatever_the_list_said() -> None:
    with zipfile.ZipFile(BytesIO(made(("a", b"x" * 600), ("b", b"x" * 600)))) as archive:
        parts = Container(archive, WIDE).parts()
        assert next(parts) == ("a", b"x" * 600)
        with pytest.raises(UnpacksToTooMuch):
            next(parts)
