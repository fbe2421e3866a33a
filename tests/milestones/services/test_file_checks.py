"""What an uploaded file is found to be, and what is refused (attacks S9 and S10)."""

import random
import resource
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.file_kinds import LARGEST_FILE, kind_named
from cycle_tracker.milestones.services.file_checks import check_file
from tests.support import files

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

ACTIVE_PDFS = {
    "at once": files.pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
    "by reference": files.pdf(SCRIPT, catalog=b"/OpenAction 3 0 R"),
    "in a name tree": files.pdf(SCRIPT, catalog=b"/Names << /JavaScript 3 0 R >>"),
    "with its name escaped": files.pdf(b"<< /S /J#61vaScript /J#53 3 0 R >>"),
    "starting a program": files.pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "opening a page of the web": files.pdf(catalog=b"/OpenAction << /S /URI /URI (https://evil.example) >>"),
    "in a packed object": files.pdf(files.object_stream(b"3 0 " + SCRIPT)),
    "in a packed object whose name is escaped": files.pdf(files.object_stream(b"3 0 " + SCRIPT, b"/Obj#53tm")),
    "in a packed object far from its name": files.pdf(files.object_stream(b"3 0 " + SCRIPT, padding=5_000)),
    "in a form": files.pdf(catalog=b"/AcroForm << /XFA [ (template) 4 0 R ] >>"),
    "by a rendition": files.pdf(b"<< /S /Rendition /JS (app.alert\\(1\\)) >>"),
}

REFUSED = {
    "a page": ("page.html", HTML, "Choose a PDF"),
    "a drawing": ("drawing.svg", SVG, "Choose a PDF"),
    "a data file": ("data.xml", b"<?xml version='1.0'?><a/>", "Choose a PDF"),
    "a script": ("script.js", b"alert(1)", "Choose a PDF"),
    "a picture that is a script": ("picture.gif", files.gif_that_is_a_script(), "Choose a PDF"),
    "such a picture under another name": ("picture.png", files.gif_that_is_a_script(), "is a PNG picture"),
    "two endings": ("a.png.html", files.png(), "Choose a PDF"),
    "a page named as a picture": ("a.html.png", HTML, "is a PNG picture"),
    "a page named as a PDF": ("a.pdf", HTML, "is a PDF"),
    "a page named as text": ("a.txt", HTML, "web page code"),
    "a drawing named as a table": ("a.csv", SVG, "web page code"),
    "a program as text": ("a.txt", b"MZ\x90\x00\x03", "not plain text"),
    "a PDF named as text": ("a.txt", files.pdf().decode("latin-1").encode(), "not plain text"),
    "text in an old encoding": ("a.csv", "Caf\u00e9,\u00a312".encode("cp1252"), "UTF-8"),
    "text with a NUL": ("a.txt", b"a\x00b", "not plain text"),
    "an old Word file": ("a.doc", b"\xd0\xcf\x11\xe0", "Choose a PDF"),
    "a locked Word file": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "has a password"),
    "a Word file named as Excel": ("a.xlsx", files.docx(), "an Excel workbook"),
    "an Excel file named as Word": ("a.docx", files.xlsx(), "a Word document"),
    "any archive": ("a.docx", files.archive(("readme.txt", "hello")), "a Word document"),
    "an OpenDocument table named as text": ("a.odt", files.open_document("spreadsheet"), "an OpenDocument text"),
    "an archive with encrypted parts": ("a.docx", files.encrypted(files.docx()), "has a password"),
    "an encrypted OpenDocument": (
        "a.odt",
        files.archive(
            ("mimetype", f"{files.OPEN_DOCUMENT}.text"),
            ("META-INF/manifest.xml", "<manifest:encryption-data/>"),
            packed=False,
        ),
        "has a password",
    ),
    "macros": (
        "a.docx",
        files.office(f"{files.OFFICE}.wordprocessingml.document.main+xml", ("word/vbaProject.bin", b"x")),
        "contains macros",
    ),
    "macros by type": (
        "a.docx",
        files.office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        "contains macros",
    ),
    "macros of OpenDocument": ("a.odt", files.open_document("text", ("Basic/Standard/a.xml", "x")), "contains macros"),
    "a way out of a folder": (
        "a.docx",
        files.office(f"{files.OFFICE}.wordprocessingml.document.main+xml", ("../../etc/passwd", b"x")),
        "a Word document",
    ),
    "a Word file cut off": ("a.docx", files.docx()[:-200], "is damaged"),
    "a Word file with a wrong byte": (
        "a.docx",
        bytes([*files.docx()[:400], 0, 1, 2, 3, *files.docx()[404:]]),
        "is damaged",
    ),
    "a protected PDF": ("a.pdf", files.pdf(catalog=b"/Encrypt 9 0 R"), "protected"),
    "a PDF whose packed objects cannot be read": (
        "a.pdf",
        files.pdf(b"<< /Type /ObjStm /Filter /LZWDecode >>\nstream\nxyz\nendstream"),
        "is a PDF",
    ),
    "nothing": ("a.pdf", b"", "empty"),
    "no name": ("", files.pdf(), "Choose a PDF"),
    "nothing but an ending": (".pdf", files.pdf(), "Choose a PDF"),
    "too much": ("a.txt", b"a" * (LARGEST_FILE + 1), "larger than 10.0 MB"),
}


@pytest.mark.parametrize("name", files.GOOD)
def test_what_people_attach_is_taken_for_what_it_is(name: str) -> None:
    assert check_file(name, files.GOOD[name]) is kind_named(name)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_what_it_says_is_refused_in_words(case: str) -> None:
    name, content, words = REFUSED[case]
    with pytest.raises(RuleBroken) as refused:
        check_file(name, content)
    assert words in refused.value.message
    assert refused.value.field == "file"


@pytest.mark.parametrize("case", ACTIVE_PDFS)
def test_a_pdf_that_does_something_by_itself_is_refused(case: str) -> None:
    with pytest.raises(RuleBroken, match="can run programs|is a PDF"):
        check_file("report.pdf", ACTIVE_PDFS[case])


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction [1 0 R /XYZ null null 0]",
        b"/OpenAction << /S /GoTo /D [1 0 R /Fit] >>",
        b"/OpenAction << /Type /Action /S /GoTo /D (first) >>",
        b"/Lang (en-GB) /Title (The /JS of our report, by J. S.)",
    ],
)
def test_a_pdf_that_only_opens_at_a_page_is_taken(catalog: bytes) -> None:
    """Most of the PDFs that office programs write name the page to open at."""
    check_file("report.pdf", files.pdf(files.object_stream(b"3 0 << /Type /Page >>"), catalog=catalog))


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("bomb.docx", files.bomb, "expands to more"),
        ("parts.xlsx", lambda: files.many_members(100_000), "too many parts"),
        ("objects.pdf", lambda: files.pdf(*[files.object_stream(b"0" * 40_000_000)] * 3), "is a PDF"),
    ],
    ids=["bomb", "parts", "objects"],
)
def test_a_bomb_costs_little(name: str, make: Callable[[], bytes], words: str) -> None:
    content = make()
    assert len(content) < LARGEST_FILE + 4_000_000
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(RuleBroken, match=words):
        check_file(name, content[:LARGEST_FILE])
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_random_damage_gives_words_and_never_a_crash() -> None:
    chance = random.Random(7)
    for name, good in files.GOOD.items():
        for _ in range(60):
            content = bytearray(good[: chance.randrange(1, len(good) + 1)])
            for _ in range(chance.randrange(6)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            with suppress(RuleBroken):
                check_file(name, bytes(content))
