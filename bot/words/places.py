"""The words about a location that was sent; knows spots and distances in metres."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.rules.records import Role, Spot
from bot.words.card import Button, Card, press
from bot.words.people import keys_for
from bot.words.plain import cut


def near(name: str, metres: float | None, minutes: int) -> Card:
    """The location is at one spot; no distance where the person picked it himself."""
    away = "" if metres is None else f"（约 {max(10, round(metres / 10) * 10)} 米）"
    return Card(
        f"您在{name}附近{away}。{minutes} 分钟内发来的照片都记在{name}。",
        ((Button(f"不是{cut(name, 8)}", press("hn", 0, 1)),),),
    )


def ask(roles: Collection[Role]) -> Card:
    """「发送位置」: the key stands below the text field, above the usual ones."""
    said = "点下面的「发送位置」，我就知道在哪里。\n只记这一次，不跟踪。"
    return Card(said, keys=keys_for(roles), ask_place=True)


def which(
    within: Sequence[tuple[Spot, float]], nearest: Sequence[tuple[Spot, float]], vague: bool
) -> Card:
    """Several spots, or a vague location, are asked about; none is said with the nearest one."""
    if within:
        rows = tuple(
            (Button(cut(spot.name, 10), press("hs", 0, 1, spot.code)),) for spot, _ in within[:4]
        )
        which_one = "是这里吗？都不是就在照片上写路名。" if len(rows) == 1 else "是哪一处？"
        head = "位置不太准，" if vague else "这里离几处都近，"
        return Card(f"{head}{which_one}", rows)
    if not nearest:
        return Card("点位表里还没有坐标，认不出这是哪里。发照片时写上路名就行。")
    spot, metres = nearest[0]
    away = f"{metres / 1000:.1f} 公里" if metres >= 1000 else f"{round(metres / 10) * 10} 米"
    return Card(f"附近没有点位，最近的是{spot.name}（约 {away}）。\n发照片时写上路名就行。")
