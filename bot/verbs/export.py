"""`gangting export`: records as Excel, JSON lines or CSV; one find a line.

User text never becomes a formula: bot/words/spreadsheet.py writes Excel cells as strings, CSV cells
that begin like one get an apostrophe (reliability.md T11).
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from bot.actions.ledger_export import export_rows as ledger_table
from bot.actions.outings import export_rows
from bot.actions.records import journal_rows, report_rows
from bot.errors import BadSetting, StoreFault
from bot.rules.ledger_columns import EXPORTED
from bot.rules.records import Bureau
from bot.settings import Settings
from bot.words import spreadsheet
from bot.words.sheet import Sheet
from storage.database import Database
from storage.schema import Transaction

HEADS = {
    "number": "编号", "item": "第几项", "kind": "性质", "spot": "点位代码", "spot_name": "点位",
    "category": "类别代码", "category_name": "类别", "count": "数量", "action": "处置",
    "state": "状态", "rebound": "反弹", "source": "来源", "patrol": "巡查种类", "visit": "到场",
    "officer": "队员", "squad": "中队", "occurred_at": "发生时间",
    "received_at": "收到时间", "line": "线路", "text": "原话", "photos": "照片",
    "started_at": "开始", "ended_at": "结束", "officers": "同巡", "spots": "到过的点位",
    "asked": "要到几处", "counts": "算数", "late": "补记", "told": "一句话报的",
    "lacking": "缺什么", "accepted_reason": "认可理由",
    "withdrawn": "已撤回", "practice": "练习", "id": "序号", "at": "时间", "person": "人",
    "deed": "事项", "subject": "对象", "detail": "内容", "hash": "校验",
}  # fmt: skip
LEDGER_HEADS = dict(EXPORTED)
"""The ledger's own, by which it is loaded again."""


def day(text: str | None, name: str) -> date | None:
    """The given day, or None. Raises BadSetting with an example."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadSetting(f"{name} {text!r} is no day; write it as 2025-11-01") from None


def span(
    since: str | None, until: str | None, bureau: Bureau
) -> tuple[datetime | None, datetime | None]:
    """The half-open stretch of local moments from the first to the last day, both included."""
    first, last = day(since, "--from"), day(until, "--to")
    if first and last and last < first:
        raise BadSetting("--to lies before --from")
    begin = datetime.combine(first, time(), bureau.tz) if first else None
    end = datetime.combine(last + timedelta(days=1), time(), bureau.tz) if last else None
    return begin, end


async def export(
    settings: Settings, what: str, since: str | None, until: str | None, form: str,
    output: Path | None, withdrawn: bool,
) -> None:  # fmt: skip
    """The records are in the file, or on standard output; how many is said on standard error."""
    begin, end = span(since, until, settings.bureau)
    to_screen = output is None or str(output) == "-"
    if form == "xlsx" and to_screen:
        raise BadSetting("an Excel file needs a name: -o reports.xlsx (or take --format jsonl)")
    database = await Database.open(settings.database_url, exclusive=False, create=False)
    try:
        if what == "patrols":
            rows = await database.study(export_rows, settings.bureau, begin, end)
        elif what == "ledger":
            rows = await database.study(ledger_rows)
        elif what == "reports":
            rows = await database.study(report_rows, settings.bureau, begin, end, withdrawn)
        else:
            rows = await database.study(journal_rows, settings.bureau, begin, end)
    finally:
        await database.close()
    text = "" if form == "xlsx" else "".join(
        as_jsonl(rows) if form == "jsonl"
        else as_csv(rows, LEDGER_HEADS if what == "ledger" else HEADS)
    )  # fmt: skip
    if to_screen:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        assert output is not None
        try:
            write_xlsx(output, rows, what) if form == "xlsx" else output.write_text(text, "utf-8")
        except OSError as fault:
            raise StoreFault(f"{output} can't be written: {fault.strerror}") from fault
    click.echo(f"{len(rows)} lines{'' if to_screen else f' in {output}'}", err=True)


def ledger_rows(tx: Transaction) -> list[dict[str, Any]]:
    """The ledger's tasks, every column in each."""
    return [{name: row.get(name) for name, _ in EXPORTED} for row in ledger_table(tx)]


def as_jsonl(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One JSON object a line."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def as_csv(rows: list[dict[str, Any]], heads: Mapping[str, str] = HEADS) -> Iterator[str]:
    """Comma-separated with a mark for Excel that it is UTF-8; no cell can be a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(rows[0]) if rows else ["number"]
    writer.writerow([heads.get(name, name) for name in names])
    for row in rows:
        writer.writerow([harmless(flat(row[name])) for name in names])
    yield "\ufeff" + out.getvalue()


def flat(value: Any) -> str:
    """A cell's text: lists as their hashes, None as nothing, control characters left out."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(
            str(v.get("sha256") or v.get("state")) if isinstance(v, dict) else str(v) for v in value
        )
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    text = text.encode("utf-8", "replace").decode()
    return "".join(c for c in text if c in "\n\t" or c.isprintable() or ord(c) > 0x9F)


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write_xlsx(output: Path, rows: list[dict[str, Any]], what: str) -> None:
    """The rows are an Excel file, written as every other that the bot sends."""
    names = list(rows[0]) if rows else ["number"]
    known = LEDGER_HEADS if what == "ledger" else HEADS
    heads = tuple(known.get(name, name) for name in names)
    lines = tuple(tuple(cell(row[name]) for name in names) for row in rows)
    title = {
        "reports": "上报", "patrols": "巡查", "journal": "日志", "ledger": "整改台账",
    }[what]  # fmt: skip
    spreadsheet.write_xlsx(Sheet(output.stem, title, heads, lines), output)


def cell(value: Any) -> str | int | None:
    """A number as it is, all else as text."""
    number = isinstance(value, int) and not isinstance(value, bool)
    return value if number else flat(value)
