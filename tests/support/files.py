"""Files as people upload them, and as attackers do: each made here, byte for byte."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from docx import Document
from openpyxl import Workbook

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


def docx(text: str = "Minute of the board") -> bytes:
    made, document = BytesIO(), Document()
    document.add_heading(text)
    document.save(made)
    return made.getvalue()


def xlsx() -> bytes:
    made, book = BytesIO(), Workbook()
    book.active.append(["Moray", 12])  # type: ignore[union-attr]
    book.save(made)
    return made.getvalue()


def archive(*members: tuple[str, bytes | str], packed: bool = True) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED if packed else ZIP_STORED) as zipped:
        for name, content in members:
            zipped.writestr(name, content)
    return made.getvalue()


def office(main_part: str, *more: tuple[str, bytes | str]) -> bytes:
    """An Office file whose list of types says this of its main part."""
    types = f'<Types><Override PartName="/main.xml" ContentType="{main_part}"/></Types>'
    return archive(("[Content_Types].xml", types), ("main.xml", "<main/>"), *more)


def pptx() -> bytes:
    return office(f"{OFFICE}.presentationml.presentation.main+xml")


def open_document(kind: str = "text", *more: tuple[str, bytes | str]) -> bytes:
    return archive(
        ("mimetype", f"{OPEN_DOCUMENT}.{kind}"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", "<office/>"),
        *more,
        packed=False,
    )


def pdf(*objects: bytes, catalog: bytes = b"") -> bytes:
    """A small PDF with these objects and these entries in its catalogue."""
    parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>\nendobj\n"]
    parts.append(b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n")
    parts += [b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, 3)]
    return b"".join(parts) + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"


def object_stream(text: bytes, name: bytes = b"/ObjStm", padding: int = 0) -> bytes:
    packed = zlib.compress(text)
    return b"<< /Type %s /N 1 /First 4 /Filter /FlateDecode /Length %d %s>>\nstream\n%s\nendstream" % (
        name,
        len(packed),
        b" " * padding,
        packed,
    )


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xd9"


def gif_that_is_a_script() -> bytes:
    return b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(document.domain);"


def bomb() -> bytes:
    """A Word file of some kilobytes that unpacks to far more than the service looks at."""
    zeros = b"\0" * (30 * 1024 * 1024)
    types = f'<Types><Override ContentType="{OFFICE}.wordprocessingml.document.main+xml"/></Types>'
    members = [(f"word/media/image{number}.bin", zeros) for number in range(5)]
    return archive(("[Content_Types].xml", types), *members)


def many_members(count: int) -> bytes:
    types = f'<Types><Override ContentType="{OFFICE}.spreadsheetml.sheet.main+xml"/></Types>'
    return archive(("[Content_Types].xml", types), *((f"m{number}", b"") for number in range(count)))


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of encryption set on each of its members."""
    made = bytearray(content)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(sign)
        while place >= 0:
            made[place + offset] |= 1
            place = made.find(sign, place + 4)
    return bytes(made)


GOOD = {
    "report.pdf": pdf(),
    "report.docx": docx(),
    "figures.xlsx": xlsx(),
    "slides.pptx": pptx(),
    "report.odt": open_document(),
    "figures.ods": open_document("spreadsheet"),
    "picture.png": png(),
    "picture.jpg": jpeg(),
    "PICTURE.JPEG": jpeg(),
    "figures.csv": "Area,Children\nMoray,17000\nNa h-Eileanan Siar,4900\n".encode("utf-8-sig"),
    "notes.txt": "Fewer than <5 children, so no figures. Caf\u00e9 at 3 < 4.".encode(),
}
