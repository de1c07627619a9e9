"""What works on this deployment, asked without sending anything to anybody.

A call with an argument that nobody has is refused for the argument where the call exists, and
otherwise where it doesn't: that is the whole trick. Private deployments lack this and that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.transports.wecom.client import Client
from bot.transports.wecom.config import App
from bot.transports.wecom.errors import (
    CREDENTIALS,
    FORBIDDEN,
    NO_SUCH_CALL,
    RETRY,
    NoAnswer,
    WeComError,
)

NOBODY = "gangting-probe"
"""A userid, file, card code and message id that nobody has."""

MISSING = frozenset({40066, 48002, 48004, 48006, *NO_SUCH_CALL})
"""The call isn't there, or not for this app; 40066 is an address that the platform doesn't know."""

UNTRUSTED, NO_MENU, NO_MEMBER = 60020, 46003, 60111

NEEDED = ("token", "ip", "app")
"""Without these the app can't work at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it works, and what follows, in Chinese."""

    what: str
    ok: bool
    said: str


async def probe(config: App, client: Client) -> list[Finding]:
    """What works, in the order of its importance; ends early where nothing further can be asked.

    What couldn't be asked for lack of an answer counts as working, and is said to be unknown: a
    bad moment must not switch anything off.
    """
    found = [await _token(client)]
    if not found[-1].ok:
        return found
    agent, fault = await _ask(client, "agent/get", params={"agentid": config.agent_id})
    found += _app(agent, fault)
    if not found[-1].ok:
        return found
    return [
        *found,
        await _directory(config, client, agent or {}),
        await _media(client),
        await _cards(config, client),
        await _recall(config, client),
        await _menu(config, client),
    ]


def workable(findings: list[Finding]) -> bool:
    """Whether the app can work: what is missing is at most degraded."""
    return all(finding.ok for finding in findings if finding.what in NEEDED)


def features(findings: list[Finding], config: App) -> App:
    """The configuration with cards, recall and directory switched off where they don't work."""
    lacking = {finding.what for finding in findings if not finding.ok}
    return replace(
        config,
        cards=config.cards and "cards" not in lacking,
        recall=config.recall and "recall" not in lacking,
        directory=config.directory and "directory" not in lacking,
    )


async def _ask(
    client: Client, path: str, body: Mapping[str, Any] | None = None,
    params: Mapping[str, str | int] | None = None,
) -> tuple[dict[str, Any] | None, WeComError | None]:  # fmt: skip
    """The answer, or the refusal; neither where there was no answer, or no time for one."""
    try:
        return await client.call(path, body, params=params, timeout=10.0), None
    except WeComError as refused:
        return None, None if refused.code in RETRY else refused
    except (NoAnswer, TimeoutError):
        return None, None


async def _token(client: Client) -> Finding:
    try:
        await client.token()
    except WeComError as refused:
        if refused.code in RETRY:
            return Finding("token", False, "平台现在太忙，没有给凭证。过一会儿再试。")
        hint = "请核对企业ID和应用的Secret。" if refused.code in CREDENTIALS else ""
        return Finding("token", False, f"平台不认这个应用（{refused}）。{hint}")
    except (NoAnswer, TimeoutError):
        api = client.config.api
        said = f"连不上 {api}。请检查网络、地址；私有部署还要检查证书（ca_file）。"
        return Finding("token", False, said)
    return Finding("token", True, "企业ID和Secret正确，拿到了凭证。")


def _app(agent: dict[str, Any] | None, fault: WeComError | None) -> list[Finding]:
    if fault is not None and fault.code == UNTRUSTED:
        said = (
            "这台机器的出口IP不在应用的「企业可信IP」里，什么也发不了。"
            f"请在管理后台加上（{fault.message}）。"
        )
        return [Finding("ip", False, said)]
    trusted = Finding("ip", True, "这台机器的IP可以调用接口。")
    if fault is not None and fault.code not in MISSING:
        said = f"应用用不了（{fault}）。请核对AgentId，它要和Secret是同一个应用的。"
        return [trusted, Finding("app", False, said)]
    if agent is None:
        return [trusted, Finding("app", True, "应用的资料没有查到，不影响使用。")]
    name = agent.get("name") or "（没有名字）"
    if agent.get("close"):
        return [trusted, Finding("app", False, f"应用「{name}」已停用。请在管理后台启用。")]
    seen = _visible(agent)
    if not seen:
        said = f"应用「{name}」的可见范围是空的，谁也用不了。请在管理后台加上人或部门。"
        return [trusted, Finding("app", False, said)]
    return [trusted, Finding("app", True, f"应用「{name}」已启用，可见范围：{seen}。")]


def _visible(agent: dict[str, Any]) -> str:
    """How many see the app, such as 3 人、1 个部门; empty where nobody does."""
    counted = (
        (len(_list(agent, "allow_userinfos", "user")), "人"),
        (len(_list(agent, "allow_partys", "partyid")), "个部门"),
        (len(_list(agent, "allow_tags", "tagid")), "个标签"),
    )
    return "、".join(f"{count} {unit}" for count, unit in counted if count)


def _list(agent: dict[str, Any], *path: str) -> list[Any]:
    place: Any = agent
    for part in path:
        place = place.get(part) if isinstance(place, dict) else None
    return place if isinstance(place, list) else []


async def _directory(config: App, client: Client, agent: dict[str, Any]) -> Finding:
    off = "同事要凭邀请加入。"
    if not config.directory:
        return Finding("directory", False, f"通讯录按设置不用，{off}")
    users = [one.get("userid") for one in _list(agent, "allow_userinfos", "user")]
    asked = next((str(user) for user in users if user), NOBODY)
    answer, fault = await _ask(client, "user/get", params={"userid": asked})
    if fault is None and answer is None:
        return _unknown("directory", "读通讯录")
    if fault is None or fault.code == NO_MEMBER:
        return Finding("directory", True, "能读通讯录，可见范围里的同事直接就能用。")
    if fault.code in MISSING or (fault.code in FORBIDDEN and asked != NOBODY):
        return Finding("directory", False, f"读不了通讯录（{fault}），{off}")
    return Finding("directory", True, "通讯录接口在，读得到谁要等有人来了才知道。")


async def _media(client: Client) -> Finding:
    asked = await _ask(client, "media/get", params={"media_id": NOBODY})
    lost = "上报能记下，照片收不到。"
    return _judged("media", "取照片", asked, "照片和文件可以收发。", lost)


async def _cards(config: App, client: Client) -> Finding:
    off = "选项改用编号，回复数字来选。"
    if not config.cards:
        return Finding("cards", False, f"模板卡片按设置不用，{off}")
    body = {
        "userids": [NOBODY], "agentid": config.agent_id, "response_code": NOBODY,
        "button": {"replace_name": "—"},
    }  # fmt: skip
    asked = await _ask(client, "message/update_template_card", body)
    return _judged("cards", "模板卡片的更新", asked, "模板卡片可以用，也可以更新。", off)


async def _recall(config: App, client: Client) -> Finding:
    off = "发出的消息收不回，改发更正。"
    if not config.recall:
        return Finding("recall", False, f"撤回按设置不用，{off}")
    asked = await _ask(client, "message/recall", {"msgid": NOBODY})
    return _judged("recall", "撤回", asked, "24 小时内的消息可以撤回。", off)


async def _menu(config: App, client: Client) -> Finding:
    answer, fault = await _ask(client, "menu/get", params={"agentid": config.agent_id})
    bare = answer is not None and not (_list(answer, "button") or _list(answer, "menu", "button"))
    if bare or (fault is not None and fault.code == NO_MENU):
        return Finding("menu", True, "菜单还没有建。运行 gangting wecom menu 就有了。")
    lost = "没有「拍照上报」键，照片分不出是不是现拍的。"
    return _judged("menu", "菜单", (answer, fault), "菜单已经建好。", lost)


def _judged(
    what: str, name: str, asked: tuple[dict[str, Any] | None, WeComError | None],
    works: str, lacking: str,
) -> Finding:  # fmt: skip
    """The finding about a call that was made with an argument of nobody's."""
    answer, fault = asked
    if fault is not None and fault.code in MISSING:
        return Finding(what, False, f"{name}这里没有（{fault}），{lacking}")
    if fault is None and answer is None:
        return _unknown(what, name)
    return Finding(what, True, works)


def _unknown(what: str, name: str) -> Finding:
    return Finding(what, True, f"{name}没有问到（平台没有回答），先当能用。")
