"""What a deployment has, asked without sending anything; and the verbs over it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from bot.errors import BadSetting, LineFault
from bot.settings import load
from bot.transports.wecom.client import Client
from bot.transports.wecom.config import App
from bot.transports.wecom.directory import Directory
from bot.transports.wecom.errors import WeComError
from bot.transports.wecom.media import download, upload
from bot.transports.wecom.menu import hang_out
from bot.transports.wecom.probe import MISSING, Finding, features, probe, workable
from bot.verbs import wecom as verbs
from bot.verbs.wecom import create_group
from tests.transports.wecom.api_server import AGENT, CORP, SECRET, ApiServer, api, refusal
from tests.transports.wecom.dict_book import DictBook
from tests.transports.wecom.fake import open_fake

OK = {"errcode": 0, "errmsg": "ok"}
APP = OK | {
    "agentid": AGENT, "name": "岗亭", "close": 0,
    "allow_userinfos": {"user": [{"userid": "zhangjg"}, {"userid": "lisi"}]},
    "allow_partys": {"partyid": [1]}, "allow_tags": {"tagid": []},
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "agent/get": APP,
    "user/get": OK | {"userid": "zhangjg", "name": "张建国"},
    "media/get": refusal(40007, "invalid media_id"),
    "message/update_template_card": refusal(42022, "invalid code"),
    "message/recall": refusal(40008, "invalid msgid"),
    "menu/get": OK | {"button": [{"name": "拍照上报"}]},
}
ROOT = Path(__file__).parents[3]


async def found(server: ApiServer, client: Client, **answers: Any) -> dict[str, Finding]:
    server.answers = WHOLE | {path.replace("__", "/"): given for path, given in answers.items()}
    return {finding.what: finding for finding in await probe(client.config, client)}


async def test_a_whole_deployment_is_found_whole_and_nothing_is_sent() -> None:
    async with api() as (server, client):
        findings = await found(server, client)
        order = ["token", "ip", "app", "directory", "media", "cards", "recall", "menu"]
        assert list(findings) == order
        assert all(finding.ok for finding in findings.values())
        assert "岗亭" in findings["app"].said
        assert "2 人、1 个部门" in findings["app"].said
        assert workable(list(findings.values()))
        assert features(list(findings.values()), client.config) == client.config
        assert set(server.paths()) == {"gettoken", *WHOLE}
        for asked in server.asked:  # nobody's card and nobody's message
            assert b"zhangjg" not in asked.body


@pytest.mark.parametrize("code", [*sorted(MISSING)])
async def test_what_a_deployment_lacks_is_switched_off_and_said(code: int) -> None:
    gone = refusal(code)
    async with api() as (server, client):
        findings = await found(
            server, client, user__get=gone, message__update_template_card=gone,
            message__recall=gone, menu__get=gone,
        )  # fmt: skip
        lacking = {what for what, finding in findings.items() if not finding.ok}
        assert lacking == {"directory", "cards", "recall", "menu"}
        assert "回复数字" in findings["cards"].said
        assert "邀请" in findings["directory"].said
        assert workable(list(findings.values()))
        config = features(list(findings.values()), client.config)
        assert (config.cards, config.recall, config.directory) == (False, False, False)
        assert config.secret == SECRET


async def test_a_page_of_http_404_is_a_call_that_is_not_there() -> None:
    async with api() as (server, client):
        server.answers = {"agent/get": APP}
        findings = await probe(client.config, client)
        assert [finding.what for finding in findings if finding.ok] == ["token", "ip", "app"]


async def test_a_bad_moment_switches_nothing_off() -> None:
    busy = refusal(-1, "system busy")
    answers = {path.replace("/", "__"): busy for path in WHOLE}
    async with api() as (server, client):
        findings = await found(server, client, **answers)
        assert all(finding.ok for finding in findings.values())
        assert "没有问到" in findings["cards"].said
        assert features(list(findings.values()), client.config).cards


async def test_what_the_settings_switch_off_is_not_asked_for() -> None:
    async with api(cards=False, recall=False, directory=False) as (server, client):
        findings = await found(server, client)
        asked = set(server.paths())
        assert asked == {"gettoken", "agent/get", "media/get", "menu/get"}
        assert not any(findings[what].ok for what in ("cards", "recall", "directory"))
        assert features(list(findings.values()), client.config) == client.config


@pytest.mark.parametrize(
    ("answer", "what", "said"),
    [
        (refusal(60020, "not allow to access from your ip, from ip: 10.1.2.3"), "ip", "10.1.2.3"),
        (refusal(301002), "app", "AgentId"),
        (refusal(40056), "app", "AgentId"),
        (APP | {"close": 1}, "app", "已停用"),
        (APP | {"allow_userinfos": {}, "allow_partys": {}}, "app", "可见范围"),
    ],
)
async def test_an_app_that_cannot_work_says_what_to_do(
    answer: dict[str, Any], what: str, said: str
) -> None:
    async with api() as (server, client):
        findings = await found(server, client, agent__get=answer)
        last = list(findings.values())[-1]
        assert (last.what, last.ok) == (what, False)
        assert said in last.said
        assert not workable(list(findings.values()))
        assert "user/get" not in server.paths()


async def test_without_a_token_nothing_else_is_asked() -> None:
    async with api(secret="wrong") as (server, client):
        findings = await found(server, client)
        assert list(findings) == ["token"]
        assert "Secret" in findings["token"].said
        assert server.paths() == ["gettoken"]
    gone = Client(client.config, lambda: server.now)
    (finding,) = await probe(gone.config, gone)
    assert not finding.ok
    assert "连不上" in finding.said
    await gone.close()


@pytest.mark.parametrize(
    ("answer", "ok"), [(refusal(60111), True), (refusal(60011), True), (refusal(48002), False)]
)
async def test_the_directory_is_asked_for_nobody_where_only_departments_see_the_app(
    answer: dict[str, Any], ok: bool
) -> None:
    async with api() as (server, client):
        app = APP | {"allow_userinfos": {"user": []}}
        findings = await found(server, client, agent__get=app, user__get=answer)
        assert findings["directory"].ok is ok
        asked = next(one for one in server.asked if one.path == "user/get")
        assert asked.query["userid"] == "gangting-probe"


async def test_a_menu_that_is_not_there_yet_can_be_made() -> None:
    async with api() as (server, client):
        for answer in (refusal(46003), OK, OK | {"button": []}):
            findings = await found(server, client, menu__get=answer)
            assert findings["menu"].ok
            assert "gangting wecom menu" in findings["menu"].said


async def test_a_group_is_made_with_its_members_each_once() -> None:
    async with api() as (server, client):
        server.answers["appchat/create"] = OK | {"chatid": "C1"}
        assert await create_group(client, " 一中队 ", ["zhang", "li", "zhang"]) == "C1"
        body = server.asked[-1].json
        assert body == {"name": "一中队", "owner": "zhang", "userlist": ["zhang", "li"]}
        for title, members in (("群", ["zhang"]), ("", ["a", "b"]), ("长" * 51, ["a", "b"])):
            with pytest.raises(BadSetting):
                await create_group(client, title, members)
        server.answers["appchat/create"] = refusal(60011)
        with pytest.raises(WeComError):
            await create_group(client, "群", ["a", "b"])


async def test_the_make_believe_corporation_agrees(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(open_fake(tmp_path))
        setup = fake.corp.setup
        config = App(setup.corp_id, setup.agent_id, setup.secret, fake.base)
        client = Client(config, fake.platform.clock.now)
        stack.push_async_callback(client.close)
        findings = await probe(config, client)
        assert [finding for finding in findings if not finding.ok] == []
        await hang_out(client, config.agent_id)
        menu = next(one for one in await probe(config, client) if one.what == "menu")
        assert menu.said == "菜单已经建好。"
        member = await Directory(client, DictBook(), fake.platform.clock.now).look("USER1")
        assert member is not None
        assert member.name == "张建国"
        picture = BytesIO()
        Image.effect_noise((200, 200), 80).save(picture, "JPEG")
        data = picture.getvalue()
        media_id = await upload(client, "image", "松江路 占道.jpg", data, "image/jpeg")
        assert b"".join([chunk async for chunk in download(client, media_id)]) == data
        fake.later(days=4)
        with pytest.raises(WeComError) as caught:
            await anext(download(client, media_id))
        assert caught.value.code == 40007


def environment(client: Client, home: Path) -> dict[str, str]:
    return {
        "GANGTING_HOME": str(home), "GANGTING_WECOM__API": client.config.api,
        "GANGTING_WECOM__CORP_ID": CORP, "GANGTING_WECOM__AGENT_ID": str(AGENT),
        "GANGTING_WECOM__SECRET": SECRET, "GANGTING_WECOM__TOKEN": "t",
        "GANGTING_WECOM__AES_KEY": "k" * 43,
    }  # fmt: skip


async def test_the_verbs_do_it_and_tell_a_fault_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with api() as (server, client):
        server.answers = WHOLE | {"menu/create": OK, "appchat/create": OK | {"chatid": "C1"}}
        for name, value in environment(client, tmp_path).items():
            monkeypatch.setenv(name, value)
        settings = load()
        await verbs.menu(settings)
        assert capsys.readouterr().out == "menu: 拍照上报 | 巡查 | 我的\n"
        await verbs.group(settings, "一中队", ["zhang", "li"])
        assert capsys.readouterr().out.startswith("chatid: C1\n")
        assert await verbs.probe(settings) == 0
        assert len(capsys.readouterr().out.splitlines()) == 8
        server.answers["menu/create"] = refusal(48002)
        with pytest.raises(LineFault, match="no right to this call"):
            await verbs.menu(settings)
        server.token_answer = web.Response(status=502)
        with pytest.raises(LineFault, match="doesn't answer") as caught:
            await verbs.menu(settings)
        assert SECRET not in caught.value.sentence
        for name in environment(client, tmp_path):
            monkeypatch.delenv(name)
        with pytest.raises(BadSetting, match="no WeCom app"):
            await verbs.menu(load(tmp_path))


async def test_a_probe_of_an_app_that_cannot_work_ends_with_1(tmp_path: Path) -> None:
    async with api() as (server, client):
        server.answers = WHOLE | {"agent/get": refusal(60020)}
        plain = {k: v for k, v in os.environ.items() if not k.upper().startswith("GANGTING_")}
        told = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "bot", "wecom", "probe"], cwd=ROOT,
            env=plain | environment(client, tmp_path), capture_output=True, text=True, timeout=60,
            encoding="utf-8", check=False,
        )  # fmt: skip
        assert told.returncode == 1
        assert "企业可信IP" in told.stdout
        assert "can't work" in told.stderr
        assert "Traceback" not in told.stderr
