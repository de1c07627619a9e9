"""A ledger in whatever file it comes: text, Word, xlsx, xls, ods or CSV, told by its bytes. Pure.

Knows no store: what a file means for the ledger is bot.actions.ledger_diff's.
"""

from __future__ import annotations

from datetime import date

from bot.papers.read_table import OLD_EXCEL, pages_of
from bot.papers.read_word import is_word, lines_of, word_of
from bot.rules.ledger_draft import Draft
from bot.rules.ledger_rows import read_pages
from bot.rules.ledger_text import read_text


def read_ledger(data: bytes, today: date) -> Draft:
    """What the file tells, `refused` where it is no ledger. Raises BadFile where none can be read.

    Of a Word file with tables the one that tells more is taken: its text or its tables.
    """
    if is_word(data):
        lines, pages = word_of(data)
        told = read_text(lines)
        tables = read_pages(pages, today) if pages else told
        return max(told, tables, key=lambda one: (one.refused is None, len(one.tasks)))
    if data.startswith((b"PK", OLD_EXCEL)):
        return read_pages(pages_of(data), today)
    told = read_text(lines_of(data))
    if told.refused is None:
        return told
    table = read_pages(pages_of(data), today)
    return table if table.refused is None else told
