"""The words around a month's draft and a quarter's pack: steps, gaps, measures; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.rules.papers import (
    Compared,
    HotSpot,
    PaperFacts,
    Step,
    Taken,
    gaps,
    iso_week,
    next_step,
    quarter_of,
    signatures,
    times_returned,
    unexplained,
    without_effect,
)
from bot.words.card import Button, Card, press
from bot.words.plain import clock, cut, day, percent

STEP_NAMES: dict[str, str] = {"own": "自审", "second": "专人审核", "final": "终审"}
SIGN_LABELS: dict[str, str] = {"own": "自审通过", "second": "审核通过", "final": "终审通过"}
QUARTERS = "一二三四"


def name(kind: str, start: date) -> str:
    """6月月报, 二季度研判, 第24周周报."""
    if kind == "week":
        return f"第{iso_week(start)}周周报"
    if kind == "month":
        return f"{start.month}月月报"
    return f"{QUARTERS[quarter_of(start) - 1]}季度研判"


def name_of(facts: PaperFacts) -> str:
    """The paper's name in a chat."""
    return name(facts.kind, _start(facts))


def _start(facts: PaperFacts) -> date:
    assert facts.span.since is not None
    return facts.span.since.date()


# ---- the draft and its steps ----


def draft(facts: PaperFacts) -> Card:
    """The paper's card in every state; what is missing is counted, the file comes before it.

    Where it can't be changed nothing is said anew: what matters has a card of its own.
    """
    number, version = facts.paper, facts.version
    gist = f"paper {number}"
    if facts.state == "skipped":
        anyway = ((Button("还是要", press("ek", number, version)),),)
        return Card(f"{name_of(facts)}不要了。", anyway, gist=gist, brief="")
    files = _files(number, version)
    if facts.state == "sent":
        return Card(f"{name_of(facts)}定稿了。\n{signed(facts.taken)}。", (files,),
                    gist=gist, brief="")  # fmt: skip
    step = next_step(facts.taken)
    if signatures(facts.taken):
        waits = f"等{STEP_NAMES[step or 'final']}"
        back = Button("退回", press("ej", number, version))
        return Card(f"{name_of(facts)}：{signed(facts.taken)}，{waits}。", (files, (back,)),
                    gist=gist, brief="")  # fmt: skip
    lines = [_opening(facts), *_said(facts)]
    return Card(
        "\n".join(lines), _open_rows(facts), quiet=False, papers=(f"{number}.docx",), apart=True,
        gist=gist, brief="",
    )  # fmt: skip


def _opening(facts: PaperFacts) -> str:
    returned = next((t for t in reversed(facts.taken) if t.verdict in ("returned", "signed")), None)
    if returned is not None and returned.verdict == "returned":
        return (
            f"{name_of(facts)}退回来了（{returned.name}）：{cut(returned.words or '没说原因', 40)}"
        )
    missing = len(gaps(facts))
    lack = f"，有 {missing} 处要您补，标黄了。" if missing else "，没有要补的了。"
    ready = "该准备了" if facts.kind == "quarter" else "草稿好了"
    return f"{name_of(facts)}{ready}{lack}"


def _said(facts: PaperFacts) -> list[str]:
    """What answers by itself: the numbers, the worst place, how earlier measures did."""
    found = facts.number("problem_count")
    done = facts.number("closure_rate")
    lines = [f"发现问题 {found.total} 个，解决 {done.total} 个（{said_share(done)}）。"]
    if not found.total:
        lines = ["这段时间没有发现问题。"]
    if facts.kind == "quarter":
        again = [hot for hot in facts.hot if hot.rebounds]
        if again:
            lines.append(f"反弹最多：{hot_words(again[0])}。")
        lines += _measures_said(facts)
    silent = len(unexplained(facts))
    if silent:
        lines.append(f"另有 {silent} 处没完成的原因，等中队长说。")
    return lines


def _measures_said(facts: PaperFacts) -> list[str]:
    said = []
    if facts.earlier:
        open_ones = len(without_effect(facts))
        rest = f"，{open_ones} 条没写成效" if open_ones else "，成效都写了"
        said.append(f"上季度措施 {len(facts.earlier)} 条{rest}")
    if facts.measures:
        said.append(f"本季度措施 {len(facts.measures)} 条")
    return [f"{'；'.join(said)}。"] if said else []


def said_share(one: Compared) -> str:
    """88.9%，8/9."""
    return f"{percent(one.total, one.of)}，{one.total}/{one.of}" if one.of else "没有"


def hot_words(hot: HotSpot) -> str:
    """松江路占道经营（反弹 5 次，多在 16 点到 18 点）."""
    times = f"反弹 {hot.rebounds} 次" if hot.rebounds else f"{hot.found} 个"
    when = f"，多在 {hot.hour} 点到 {hot.hour + 2} 点" if hot.hour is not None else ""
    return f"{hot.spot}{hot.category}（{times}{when}）"


def _files(number: int, version: int) -> tuple[Button, ...]:
    return (
        Button("Word", press("ed", number, version, "docx")),
        Button("Excel", press("ed", number, version, "xlsx")),
    )


def _open_rows(facts: PaperFacts) -> tuple[tuple[Button, ...], ...]:
    """What can be done with a draft: at most six buttons, so many as every line shows."""
    number, version = facts.paper, facts.version
    missing = bool(gaps(facts))
    fill = Button("补一处", press("eg", number, version), primary=True)
    excel = Button("换成 Excel", press("ed", number, version, "xlsx"))
    own = Button(SIGN_LABELS["own"], press("ei", number, version, "own"), primary=not missing)
    first = (fill, excel) if missing else (excel,)
    if facts.kind == "quarter":
        review = (
            Button("加一条", press("em", number, version)),
            Button("定会议时间", press("eg", number, version, "meeting")),
            Button("稍后", press("el", number, version)),
        )
        return review, first, (own,)
    return first, (own, Button("这月不要", press("ek", number, version)))


def sign(facts: PaperFacts, step: str, round_: int = 0) -> Card:
    """Somebody is asked for the next signature; once it is taken, the card says so."""
    number, version = facts.paper, facts.version
    over = next_step(facts.taken) != step or times_returned(facts.taken) != round_
    if facts.state == "sent" or over:
        done = "已经定稿了" if facts.state == "sent" else "这一道已经有结果了"
        return Card(f"{name_of(facts)}{done}。", gist=f"sign {number}", brief="")
    lines = [f"请{STEP_NAMES[step]}：{name_of(facts)}", f"{signed(facts.taken)}。"]
    missing = len(gaps(facts)) + len(unexplained(facts))
    if missing:
        lines.append(f"还有 {missing} 处没补，标黄了。")
    rows = (
        (Button(SIGN_LABELS[step], press("ei", number, version, step), primary=True),),
        (Button("退回", press("ej", number, version)), *_files(number, version)),
    )
    return Card("\n".join(lines), rows, quiet=False, papers=(f"{number}.docx",), apart=True,
                gist=f"sign {number}")  # fmt: skip


def signed(taken: Sequence[Taken]) -> str:
    """孙涛 7月1日自审，赵敏 7月2日专人审核."""
    return "，".join(
        f"{one.name} {day(one.at)}{STEP_NAMES.get(one.step, one.step)}" for one in signatures(taken)
    )


def after_sign(facts: PaperFacts, step: Step) -> Card:
    """What the one who signed reads."""
    following = STEP_NAMES[next_step(facts.taken) or "final"]
    return Card(f"{STEP_NAMES[step]}记下了。{name_of(facts)}下一道是{following}，我去请人。")


def final(facts: PaperFacts) -> Card:
    """The paper as it goes out."""
    rows = ((Button("Excel", press("ed", facts.paper, facts.version, "xlsx")),),)
    return Card(f"{name_of(facts)}终稿。\n{signed(facts.taken)}。", rows,
                papers=(f"{facts.paper}.docx",), quiet=False)  # fmt: skip


def returned(facts: PaperFacts) -> Card:
    """Who signed hears that it came back."""
    rows = ((Button("看草稿", press("eo", facts.paper, facts.version)),),)
    return Card(f"{_opening(facts)}\n前面审过的不算了，改好再从自审走一遍。", rows, quiet=False)


def ask_reason(what: str) -> Card:
    """Why is it given back?"""
    return Card(f"{what}为什么退回？写一句发给我。\n不退了就发：算了")


def gave_back(what: str) -> Card:
    """It went back."""
    return Card(f"{what}退回去了，审过的人我都告诉了。")


def file(facts: PaperFacts, form: str) -> Card:
    """The paper in one form, and until when it counts."""
    mark = "" if facts.kind == "week" else "终稿" if facts.state == "sent" else "草稿"
    running = facts.counted.until < facts.span.until
    end = facts.counted.until
    until = f"{day(end)} {clock(end)}" if running else day(end - timedelta(days=1))
    return Card(f"{name_of(facts)}{mark}，算到 {until}。", papers=(f"{facts.paper}.{form}",))


def ask_words(what: str, gap: str, more: int) -> Card:
    """The next gap is asked for."""
    rest = f"后面还有 {more} 处。" if more else ""
    return Card(f"{what}要补的：{gap}。写一段发给我。\n{rest}先不补就发：算了")


def filled(gap: str, facts: PaperFacts) -> Card:
    """Words are in."""
    missing = gaps(facts)
    number, version = facts.paper, facts.version
    more = ((Button("补下一处", press("eg", number, version)),),) if missing else ()
    left = f"还有 {len(missing)} 处。" if missing else "都补齐了。"
    return Card(f"{gap}写进{name_of(facts)}了。{left}", more or ((_see(facts),),))


def _see(facts: PaperFacts) -> Button:
    return Button("看草稿", press("eo", facts.paper, facts.version))


def nothing_missing(facts: PaperFacts) -> Card:
    """No words are wanted any more."""
    return Card(f"{name_of(facts)}要写的都写了。", ((_see(facts),),))


def put_off(what: str, on: date) -> Card:
    """稍后."""
    return Card(f"好，{what}{day(on)}再提。")


# ---- measures ----
