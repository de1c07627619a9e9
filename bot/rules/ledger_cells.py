"""The cells of a ledger's row: several people in one, yes and no, a state, stages; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.rules.ledger import STATE_NAMES, TaskState
from bot.rules.ledger_dates import ALREADY, NONE_SAID
from bot.rules.ledger_draft import PHASES, Stage, clean

MOST_PEOPLE, LONGEST_NAME = 20, 20

_TWO_BEFORE, _TWO_AFTER = r"(?<=[\u4e00-\u9fff]{2})", r"(?=[\u4e00-\u9fff]{2})"
_APART = re.compile(
    rf"[、，,/;；\n\\|+]|{_TWO_BEFORE}[和及]{_TWO_AFTER}|{_TWO_BEFORE}[ \u3000\t]+{_TWO_AFTER}"
)
"""李和平 is one: 和 parts only what has two letters on either side."""
_ASIDE = re.compile(r"[（(【\[].*?[)）】\]]", re.DOTALL)
_PART = re.compile(
    r"^(?:牵头|主办|协办|配合|责任人|负责人|组长|责任领导|主要领导|分管领导|具体)\s*[:：]"
)
_ROOM = re.compile(r"(?:科|室|队|组|办|部|局|所|中心|支部|党组|公司|单位|全体\w*)$")
_YES = frozenset(
    {"是", "√", "✓", "✔", "长期", "长期坚持", "长期任务", "有", "Y", "YES", "TRUE", "1"}
)
_NO = frozenset({"否", "×", "✗", "✘", "不是", "N", "NO", "FALSE", "0", "非长期", "阶段性", "短期"})
_STATES = {name: state for state, name in STATE_NAMES.items()}
_DONE = re.compile(rf"(?:{ALREADY}|完成|整改完成|办结|销号|√|✓|✔|完成整改|整改到位|是|100%)[。.]?")
_LASTING = re.compile(
    r".{0,12}(?:长期(?:坚持|整改|推进)?|阶段性成效|持续(?:推进|坚持|整改)).{0,12}"
)
_UNDER_WAY = re.compile(
    r"(?:正在|在|推进|持续)?(?:办|办理|进行|整改|推进|落实)中?|进行中|未完成|整改中|否"
)
_NOT = re.compile(r"未开始|未启动|没开始|待启动|待办|尚未开始")
_STAGE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(（已达标）)?(?:\s+(.*))?", re.DOTALL)
MET = "（已达标）"


@dataclass(frozen=True, slots=True)
class Names:
    """The people of a cell, in order; what in it is a department; how many were left out."""

    people: tuple[str, ...]
    rooms: tuple[str, ...]
    left_out: int = 0


def people_of(text: str) -> Names:
    """Who is named in the cell, without what is said of them: 王志强（牵头）、李红梅."""
    plain = _ASIDE.sub("", clean(text))
    if re.fullmatch(r"[\u4e00-\u9fff](?:[ \u3000]+[\u4e00-\u9fff]){1,2}", plain):
        return Names((re.sub(r"\s", "", plain),), ())
    people, rooms = [], []
    for part in _APART.split(plain):
        name = _bare(part)
        if not name or name in NONE_SAID:
            continue
        if len(name) > 2 and _ROOM.search(name):
            rooms.append(name)
        else:
            people.append(name)
    known = list(dict.fromkeys(one for one in people if len(one) <= LONGEST_NAME))
    left_out = len(set(people)) - len(known[:MOST_PEOPLE])
    return Names(tuple(known[:MOST_PEOPLE]), tuple(dict.fromkeys(rooms)), left_out)


def _bare(name: str) -> str:
    """The name alone; to take it apart once more changes nothing."""
    while True:
        bare = _PART.sub("", name.strip(" \u3000\t。."))
        if re.fullmatch(r"[\u4e00-\u9fff][ \u3000]+[\u4e00-\u9fff]", bare):
            bare = re.sub(r"\s", "", bare)
        if bare == name:
            return name
        name = bare


def yes_or_no(text: str) -> bool | None:
    """Whether the cell says yes; None where it says nothing that is known."""
    plain = unicodedata.normalize("NFKC", clean(text)).upper()
    return True if plain in _YES else False if plain in _NO else None


def state_of(text: str, long_term: bool) -> TaskState | None:
    """The state that a new task comes in; None where the words are not understood.

    Evidence is not in a table: whose evidence was handed in there is under way here.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", clean(text)))
    known = _STATES.get(plain)
    if known in (TaskState.HANDED_IN, TaskState.CHECKED):
        return TaskState.UNDER_WAY
    if known is not None and (known is not TaskState.SIGNED_OFF or not long_term):
        return known
    if _NOT.fullmatch(plain):
        return TaskState.NOT_STARTED
    if known is TaskState.SIGNED_OFF or _DONE.fullmatch(plain):
        return TaskState.LASTING if long_term else TaskState.SIGNED_OFF
    if _LASTING.fullmatch(plain):
        return TaskState.LASTING
    return TaskState.UNDER_WAY if _UNDER_WAY.fullmatch(plain) else None


def phase_of(text: str) -> str | None:
    """The stage of the whole work that the cell names, or None."""
    plain = re.sub(r"\s|阶段", "", text)
    return plain if plain in PHASES else None


def number_of(text: str) -> str:
    """A row's number as it is compared: half-width, without 第…号 and Excel's .0."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", clean(text))).strip("'")
    match = re.fullmatch(r"(?:第|任务|№|NO\.?)?(\d+)(?:\.0+|号|项|条|、|\.)?", plain, re.IGNORECASE)
    return str(int(match[1])) if match and len(match[1]) <= 9 else plain


def stages_of(text: str) -> tuple[tuple[Stage, ...], list[str]]:
    """The milestones of a cell, one a line, and the lines that are none."""
    found: dict[date, Stage] = {}
    wrong = []
    for line in clean(text).split("\n"):
        match = _STAGE.fullmatch(line.strip())
        if match is None:
            wrong += [line.strip()] if line.strip() else []
            continue
        try:
            due = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            wrong.append(line.strip())
            continue
        found[due] = Stage(due, (match[5] or "").strip(), match[4] is not None)
    return tuple(found[due] for due in sorted(found)), wrong


def written_stages(stages: Iterable[Stage]) -> str:
    """The cell that `stages_of` reads again."""
    return "\n".join(
        f"{one.due.isoformat()}{MET if one.met else ''} {' '.join(one.text.split())}".rstrip()
        for one in stages
    )


def written_people(names: Sequence[str]) -> str:
    """The cell that `people_of` reads again."""
    return "、".join(names)
