"""The report as a Word document that a screen reader can go through: built-in headings, tables with heading rows."""

import io
import re
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cycle_tracker.core.lines import several_lines
from cycle_tracker.overview.web.status_pages.parts import ReportSection
from cycle_tracker.overview.web.status_pages.presenters import StatusReport

LANGUAGE = "en-GB"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a file of this kind cannot hold.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_word(report: StatusReport, today: date) -> bytes:
    """The report as the bytes of a .docx."""
    document = Document()
    _set_up(document, report, today)
    document.add_heading(_text(report.title), level=1)
    document.add_paragraph(f"As at {report.as_at}.")
    for sentence in report.summary:
        document.add_paragraph(_text(sentence), style="List Bullet")
    for section in report.sections:
        _add_section(document, section)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Any, report: StatusReport, today: date) -> None:
    """Title and language, A4 on its side, and type that leaves the report on two pages."""
    facts = document.core_properties
    facts.title, facts.language, facts.author = _text(report.title), LANGUAGE, "Cycle Tracker"
    facts.subject, facts.keywords, facts.comments = f"As at {report.as_at}", "", ""
    facts.created = facts.modified = datetime.combine(today, time())
    facts.last_modified_by = "Cycle Tracker"
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(15)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    normal = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(10), Pt(4)
    for level, size in ((1, 18), (2, 13)):
        heading = document.styles[f"Heading {level}"]
        heading.font.size, heading.paragraph_format.space_before = Pt(size), Pt(10)


def _add_section(document: Any, section: ReportSection) -> None:
    document.add_heading(_text(section.title), level=2)
    if not section.rows:
        document.add_paragraph(_text(section.nothing))
        return
    table = document.add_table(rows=1, cols=len(section.columns), style="Table Grid")
    _fill(table.rows[0], section.columns, bold=True)
    _mark(table.rows[0], "w:tblHeader")
    for cells in section.rows:
        row = table.add_row()
        _fill(row, [cell.text for cell in cells])
        _mark(row, "w:cantSplit")
    if section.more:
        document.add_paragraph(_text(section.more))


def _fill(row: Any, texts: Any, *, bold: bool = False) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(_text(text))
        run.bold, run.font.size = bold, Pt(9)
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)


def _mark(row: Any, name: str) -> None:
    """Say of a row that it is a heading row, repeated on each page, or that no page may cut it."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _text(text: str) -> str:
    return NOT_XML.sub("", several_lines(text))
