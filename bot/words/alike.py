"""The words of the question whether two problems are one, with the earlier photo; pure.

Both choices say their result (conversations.md 2.13); after one of them the other undoes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.alike import AlikeFacts
from bot.words.card import Button, Card, press
from bot.words.plain import when

SOON, TODAY = timedelta(minutes=1), timedelta(hours=12)


def alike(facts: AlikeFacts) -> Card:
    """The card in each of its states."""
    gist = f"alike {facts.problem} {facts.other} {facts.state}"
    who = f"{facts.by}" if facts.by else "您早先"
    if facts.state == "merged":
        both = f"，算{facts.by}和您一起报的" if facts.by else ""
        said = f"好，并到{who}那件里了{both}。"
        return Card(said, ((_apart(facts, "分开，单独记"),),), gist=gist)
    if facts.state == "apart":
        return Card("好，单独记一件。", ((_one(facts, primary=False),),), gist=gist)
    if facts.state == "over":
        return Card(f"{facts.stands}，不用并了。", gist=gist, brief="")
    seen = "（见图）" if facts.photos else ""
    done = f"，{when(facts.handled_at, facts.now)} 说处置了" if facts.handled_at else ""
    same = "是同一个摊吗" if facts.goods else "是同一件事吗"
    by = facts.by or "您"
    text = f"{by}{_ago(facts.at, facts.now)}报过{facts.place}{facts.kind}{seen}{done}，{same}？"
    rows = ((_one(facts, primary=True),), (_apart(facts, _OTHER[facts.goods]),))
    return Card(text, rows, quiet=False, gist=gist, photos=facts.photos)


_OTHER = {True: "另一个摊，单独记", False: "另一件，单独记"}


def _one(facts: AlikeFacts, *, primary: bool) -> Button:
    data = press("xm", facts.problem, facts.version, str(facts.other))
    return Button("是，并到一起", data, primary=primary)


def _apart(facts: AlikeFacts, label: str) -> Button:
    return Button(label, press("xa", facts.problem, facts.version, str(facts.other)))


def _ago(moment: datetime, now: datetime) -> str:
    """20 分钟前 with its spaces, 3 小时前, 刚才; the time itself of what is longer ago."""
    since = now - moment
    if since < SOON:
        return "刚才"
    if since < timedelta(hours=1):
        return f" {since // timedelta(minutes=1)} 分钟前"
    if since < TODAY:
        return f" {since // timedelta(hours=1)} 小时前"
    return f" {when(moment, now)} "
