"""Writes a Document as a Word file in the look of official papers (GB/T 9704); knows no fact.

A4 with the margins of the standard; 方正小标宋 for the title, 黑体 and 楷体 for heads, 仿宋 for
text in lines of 28 points. Fonts are named, not embedded: a machine without them shows its own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.papers.document import Block, Document, Gap, Heading, Paragraph, Picture, Table, Words
from bot.words.spreadsheet import text_of

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from docx.text.paragraph import Paragraph as WordParagraph

TITLE, HEAD, SECOND, BODY = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN = "Times New Roman"
TITLE_SIZE, SIZE, SMALL, PAGE_SIZE = 22, 16, 12, 14
"""Points: 二号, 三号, 小四, 四号."""
LINE, TITLE_LINE, TABLE_LINE = 28, 36, 20
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""Margins in millimetres; so 22 lines of 28 letters fit a page."""
WIDE = 210 - LEFT - RIGHT
PICTURE = 130
TOGETHER = 14
"""A table of so few rows stays on one page."""
GAP = "【待补：{}】"


def docx(document: Document, pictures: Sequence[bytes]) -> bytes:
    """The Word file; `pictures` are PNGs of the document's drawings, in their order."""
    import docx as word

    file = word.Document()
    _page(file, document)
    for line in document.title:
        _paragraph(file, (line,), TITLE, TITLE_SIZE, "center", TITLE_LINE, indent=False)
    _paragraph(file, ("",), BODY, SIZE, "left", LINE, indent=False)
    drawn = iter(pictures)
    for block in document.blocks:
        _block(file, block, drawn)
    file.core_properties.title = text_of("".join(document.title))
    file.core_properties.author = ""
    file.core_properties.comments = ""
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def _block(file: WordFile, block: Block, drawn: Any) -> None:
    if isinstance(block, Heading):
        font = HEAD if block.level == 1 else SECOND
        made = _paragraph(file, (block.text,), font, SIZE, "left", LINE)
        made.paragraph_format.keep_with_next = True
    elif isinstance(block, Paragraph):
        _paragraph(file, block.parts, BODY, SIZE, block.align, LINE, indent=block.align == "left")
    elif isinstance(block, Table):
        _table(file, block)
    else:
        _picture(file, block, next(drawn))


def _page(file: WordFile, document: Document) -> None:
    from docx.shared import Mm, Pt

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    normal: Any = file.styles["Normal"]
    normal.font.size = Pt(SIZE)
    _fonts(normal.element.get_or_add_rPr(), BODY)
    header = section.header.paragraphs[0]
    _shape(header, "right", TABLE_LINE, indent=False)
    _run(header, document.mark, HEAD, PAGE_SIZE)
    _page_number(section.footer.paragraphs[0])


def _page_number(footer: WordParagraph) -> None:
    """— 1 —"""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    _shape(footer, "center", TABLE_LINE, indent=False)
    _run(footer, "— ", "宋体", PAGE_SIZE)
    run = _run(footer, "", "宋体", PAGE_SIZE)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        if words:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = words
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
    _run(footer, " —", "宋体", PAGE_SIZE)


def _paragraph(
    file: Any, parts: Sequence[Words], font: str, size: int, align: str, line: int,
    indent: bool = True,
) -> WordParagraph:  # fmt: skip
    made: WordParagraph = file.add_paragraph()
    _shape(made, align, line, indent=indent)
    _write(made, parts, font, size)
    return made


def _write(made: WordParagraph, parts: Sequence[Words], font: str, size: int) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    for part in parts:
        if isinstance(part, Gap):
            run = _run(made, GAP.format(part.text), font, size)
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif part:
            _run(made, part, font, size)


def _shape(made: WordParagraph, align: str, line: int, *, indent: bool) -> None:
    """How the lines stand: fixed height, no room between paragraphs, two letters in front."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt

    form = made.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if line:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    sides = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT,
             "center": WD_ALIGN_PARAGRAPH.CENTER}  # fmt: skip
    made.alignment = sides[align]
    if indent:
        form.first_line_indent = Pt(SIZE * 2)
        made._p.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def _run(made: WordParagraph, words: str, font: str, size: int) -> Any:
    from docx.shared import Pt

    run = made.add_run(text_of(words))
    run.font.size = Pt(size)
    _fonts(run._r.get_or_add_rPr(), font)
    return run


def _fonts(properties: Any, font: str) -> None:
    """The font of Chinese letters is named apart: a plain name would only mean the Latin ones."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for side in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(side), LATIN)
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _table(file: WordFile, block: Table) -> None:
    """A table over the whole width; its head comes again on each page, no row is torn."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    if block.title:
        title = _paragraph(file, (block.title,), HEAD, SMALL, "center", LINE, indent=False)
        title.paragraph_format.keep_with_next = True
    table = file.add_table(rows=0, cols=len(block.heads))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    whole = sum(block.widths)
    wide = [Mm(WIDE * share / whole) for share in block.widths]
    for column, width in zip(table.columns, wide, strict=True):
        column.width = width
    for number, row in enumerate((block.heads, *block.rows)):
        cells = table.add_row().cells
        for nth, words in enumerate(row):
            cells[nth].width = wide[nth]
            paragraph = cells[nth].paragraphs[0]
            long = number != 0 and not isinstance(words, Gap) and len(words) > 14
            _shape(paragraph, "left" if long else "center", TABLE_LINE, indent=False)
            _write(paragraph, (words,), HEAD if number == 0 else BODY, SMALL)
            paragraph.paragraph_format.keep_with_next = number < len(block.rows) <= TOGETHER
            _middle(cells[nth])
        _row_rules(table.rows[number], head=number == 0)
    _paragraph(file, ("",), BODY, SMALL, "left", 12, indent=False)


def _middle(cell: Any) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL

    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _row_rules(row: Any, *, head: bool) -> None:
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _picture(file: WordFile, block: Picture, png: bytes) -> None:
    """In a line of its own height: a fixed one would cut it."""
    from docx.shared import Mm

    made = file.add_paragraph()
    _shape(made, "center", 0, indent=False)
    made.paragraph_format.line_spacing = 1.0
    made.paragraph_format.keep_with_next = True
    made.add_run().add_picture(io.BytesIO(png), width=Mm(PICTURE))
    _paragraph(file, (block.caption,), BODY, SMALL, "center", LINE, indent=False)
