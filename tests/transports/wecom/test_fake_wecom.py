"""The make-believe WeCom's active interface is as strict as the documents."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.transports.simulator.chats import Person
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.faults import Fault
from tests.house import jpeg
from tests.transports.wecom.fake import AGENT, CARD, LI, VOTE, WANG, ZHANG, Fake, open_fake


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[Fake]:
    async with open_fake(tmp_path) as fake:
        yield fake


# ---- tokens ----


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({}, 41002),
        ({"corpid": Setup().corp_id}, 41004),
        ({"corpid": "ww-another", "corpsecret": Setup().secret}, 40013),
        ({"corpid": Setup().corp_id, "corpsecret": "wrong"}, 40001),
    ],
)
async def test_a_token_needs_the_right_corporation_and_secret(
    fake: Fake, query: dict[str, str], errcode: int
) -> None:
    assert (await fake.get("gettoken", **query))["errcode"] == errcode


async def test_a_token_is_good_for_two_hours_and_the_same_meanwhile(fake: Fake) -> None:
    asked = {"corpid": Setup().corp_id, "corpsecret": Setup().secret}
    first = await fake.get("gettoken", **asked)
    assert first["errcode"] == 0
    assert first["expires_in"] == 7200
    fake.later(hours=1)
    assert (await fake.get("gettoken", **asked))["access_token"] == first["access_token"]
    fake.later(hours=1)
    expired = await fake.get("agent/get", access_token=first["access_token"], agentid=AGENT)
    assert expired["errcode"] == 42001
    assert (await fake.get("gettoken", **asked))["access_token"] != first["access_token"]


async def test_a_call_without_a_good_token_does_nothing(fake: Fake) -> None:
    token = fake.token()
    fake.corp.spoil_tokens()
    body = {"touser": "user1", "msgtype": "text", "agentid": AGENT, "text": {"content": "早"}}
    assert (await fake.post("message/send", body, access_token=token))["errcode"] == 40014
    assert (await fake.post("message/send", body, access_token=""))["errcode"] == 41001
    assert fake.texts() == []


async def test_an_address_that_is_not_trusted_is_refused(fake: Fake) -> None:
    fake.corp.trusted = False
    assert (await fake.say("早"))["errcode"] == 60020


# ---- who and what ----


async def test_a_message_stands_on_the_phone_whatever_the_userid_s_case(fake: Fake) -> None:
    answer = await fake.say("早", "USER1|user2")
    assert answer["errcode"] == 0
    assert answer["msgid"]
    assert fake.texts(ZHANG) == fake.texts(LI) == ["早"]
    assert fake.texts(WANG) == []


async def test_unknown_receivers_are_told_in_lower_case_and_alone_are_an_error(fake: Fake) -> None:
    assert (await fake.say("早", "user1|NoBody|User99"))["invaliduser"] == "nobody|user99"
    assert (await fake.say("早", "NoBody"))["errcode"] == 81013
    assert (await fake.say("早", ""))["errcode"] == 81013
    fake.corp.removed.add(ZHANG)
    assert (await fake.say("晚"))["errcode"] == 81013
    assert fake.texts() == ["早"]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"agentid": 7}, 40056),
        ({"agentid": str(AGENT)}, 40056),
        ({"agentid": None}, 41011),
        ({"msgtype": "sticker"}, 40008),
        ({"msgtype": None}, 40008),
        ({"text": {}}, 44004),
        ({"text": {"content": " "}}, 44004),
        ({"text": {"content": 5}}, 44004),
        ({"text": None}, 40063),
        ({"touser": ["user1"]}, 40058),
        ({"safe": 3}, 40058),
        ({"enable_duplicate_check": True}, 40058),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": 20_000}, 40058),
        ({"touser": "|".join(f"u{n}" for n in range(1001))}, 40032),
    ],
)
async def test_wrong_fields_have_their_codes_and_nothing_is_sent(
    fake: Fake, change: dict[str, Any], errcode: int
) -> None:
    body = {"touser": "user1", "msgtype": "text", "agentid": AGENT, "text": {"content": "早"}}
    assert (await fake.post("message/send", body | change))["errcode"] == errcode
    assert fake.texts() == []


async def test_a_body_must_be_json_with_signs_written_as_they_are(fake: Fake) -> None:
    head = b'{"touser":"user1","msgtype":"text","agentid":1000002,"text":{"content":"'
    assert (await fake.post("message/send", head))["errcode"] == 47001
    assert (await fake.post("message/send", b"[]"))["errcode"] == 47001
    assert (await fake.post("message/send", head + b'\\u65e9"}}'))["errcode"] == 40033
    assert (await fake.post("message/send", head + b'\\\\u65e9"}}'))["errcode"] == 0
    assert (await fake.post("message/send", head + b'a\\u0009b\\n"}}'))["errcode"] == 0


async def test_methods_are_not_exchanged(fake: Fake) -> None:
    assert (await fake.get("message/send"))["errcode"] == 43002
    assert (await fake.post("user/get", {}, userid="user1"))["errcode"] == 43001


async def test_a_text_above_2048_bytes_is_cut_and_the_page_says_so(fake: Fake) -> None:
    await fake.say("路" * 682 + "xy")
    assert fake.platform.violations == []
    assert (await fake.say("路" * 683))["errcode"] == 0
    assert fake.texts()[-1] == "路" * 682
    assert "2049 字节" in fake.platform.violations[-1]


# ---- limits ----


async def test_above_thirty_a_minute_messages_are_dropped_without_a_word(fake: Fake) -> None:
    answers = [await fake.say(f"{n}") for n in range(33)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert all(answer["msgid"] for answer in answers)
    assert fake.texts() == [f"{n}" for n in range(30)]
    assert [body["text"]["content"] for _, body in fake.corp.dropped] == ["30", "31", "32"]
    assert len(fake.platform.violations) == 3
    await fake.say("别人的", "user2")
    assert fake.texts(LI) == ["别人的"]
    fake.later(seconds=61)
    await fake.say("后来")
    assert fake.texts()[-1] == "后来"


async def test_above_a_thousand_an_hour_messages_are_dropped(fake: Fake) -> None:
    corp = fake.corp
    for n in range(1005):
        if n % 30 == 0:
            fake.later(seconds=61)
        corp._within_the_hour(ZHANG)
    fake.later(seconds=61)
    await fake.say("太多")
    assert fake.texts() == []
    fake.later(hours=1)
    await fake.say("够久")
    assert fake.texts() == ["够久"]


async def test_an_equal_body_is_delivered_once_within_its_interval(fake: Fake) -> None:
    checked = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    for _ in range(3):
        assert (await fake.say("早", **checked))["errcode"] == 0
    assert fake.texts() == ["早"]
    await fake.say("早", "user1", **checked, safe=0)
    assert len(fake.texts()) == 2
    fake.later(seconds=601)
    await fake.say("早", **checked)
    assert len(fake.texts()) == 3
    await fake.say("早")
    await fake.say("早")
    assert len(fake.texts()) == 5


async def test_an_equal_card_is_no_second_task_while_it_is_checked(fake: Fake) -> None:
    card = CARD | {"task_id": "t1"}
    first = await fake.send("template_card", card, enable_duplicate_check=1)
    assert first["response_code"]
    again = await fake.send("template_card", card, enable_duplicate_check=1)
    assert again["errcode"] == 0
    assert "response_code" not in again
    assert len(fake.texts()) == 1
    fake.corp.task_first = True
    again = await fake.send("template_card", card, enable_duplicate_check=1)
    assert again["errcode"] == 42014


async def test_more_than_ten_calls_at_once_are_too_many(fake: Fake) -> None:
    fake.corp.faults.plan(Fault("slow", times=11, seconds=0.1))
    answers = await asyncio.gather(*(fake.say(f"{n}") for n in range(11)))
    assert sorted({answer["errcode"] for answer in answers}) == [0, 45033]


# ---- cards ----


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"task_id": None}, 40058),
        ({"task_id": "汉字"}, 40058),
        ({"task_id": "a b"}, 40058),
        ({"task_id": "a" * 129}, 40058),
        ({"card_type": "poster"}, 40058),
        ({"main_title": {}}, 41016),
        ({"main_title": {"title": ""}}, 41016),
        ({"main_title": "报告"}, 40058),
        ({"sub_title_text": 5}, 40058),
        ({"button_list": []}, 40058),
        ({"button_list": [{"text": f"{n}", "key": f"{n}"} for n in range(7)]}, 40058),
        ({"button_list": [{"text": "", "key": "a"}]}, 40058),
        ({"button_list": [{"text": "改"}]}, 40058),
        ({"button_list": [{"text": "改", "key": "a"}, {"text": "撤", "key": "a"}]}, 40058),
        ({"button_list": [{"text": "改", "key": "a" * 1025}]}, 40058),
        ({"button_list": [{"text": "看", "type": 1}]}, 40058),
        ({"button_list": [{"text": "看", "key": "a", "style": 9}]}, 40058),
        ({"horizontal_content_list": [{"keyname": "路"}] * 7}, 40058),
        ({"card_type": "text_notice"}, 40058),
    ],
)
async def test_a_card_that_the_documents_don_t_allow_is_not_sent(
    fake: Fake, change: dict[str, Any], errcode: int
) -> None:
    answer = await fake.send("template_card", CARD | {"task_id": "t1"} | change)
    assert answer["errcode"] == errcode
    assert fake.texts() == []


@pytest.mark.parametrize(
    "change",
    [
        {"checkbox": None},
        {"checkbox": VOTE["checkbox"] | {"question_key": ""}},
        {"checkbox": VOTE["checkbox"] | {"mode": 2}},
        {"checkbox": VOTE["checkbox"] | {"option_list": []}},
        {"checkbox": VOTE["checkbox"]
         | {"option_list": [{"id": f"{n}", "text": "点"} for n in range(21)]}},
        {"checkbox": VOTE["checkbox"] | {"option_list": [{"id": "a", "text": "点"}] * 2}},
        {"submit_button": {"text": "好"}},
        {"submit_button": None},
    ],
)  # fmt: skip
async def test_a_vote_that_the_documents_don_t_allow_is_not_sent(
    fake: Fake, change: dict[str, Any]
) -> None:
    answer = await fake.send("template_card", VOTE | {"task_id": "t1"} | change)
    assert answer["errcode"] == 40058


async def test_advised_lengths_are_red_lines_but_no_error(fake: Fake) -> None:
    long = {"main_title": {"title": "题" * 27, "desc": "述" * 31}, "sub_title_text": "文" * 113}
    button = {"text": "十一个字的按钮文字太长了", "key": "a"}
    assert (await fake.card(**long, button_list=[button]))["errcode"] == 0
    told = "\n".join(fake.platform.violations)
    assert all(name in told for name in ("title", "desc", "sub_title_text", "十一个字的按钮文字"))
    assert len(fake.platform.violations) == 4


async def test_a_card_looks_as_a_card_and_its_task_is_used_once_for_ever(fake: Fake) -> None:
    assert (await fake.card("t1"))["errcode"] == 0
    message = list(fake.platform.chat(ZHANG).messages.values())[-1]
    assert message.text == "报告 1\n松江路"
    assert message.entities == [{"type": "bold", "offset": 0, "length": 4}]
    assert [b.text for row in message.buttons for b in row] == ["改点位", "撤回"]
    fake.later(days=400)
    assert (await fake.card("t1"))["errcode"] == 42014
    assert len(fake.texts()) == 1


async def test_a_card_that_calls_back_needs_a_callback_address(tmp_path: Path) -> None:
    async with open_fake(tmp_path, callback=False) as fake:
        assert (await fake.card())["errcode"] == 40057
        assert (await fake.say("早"))["errcode"] == 0


# ---- updates and recalls ----


async def test_a_response_code_updates_once(fake: Fake) -> None:
    code = (await fake.card())["response_code"]
    anew = {**CARD, "main_title": {"title": "报告 1 已撤回"}}
    assert (await fake.update(code, template_card=anew))["errcode"] == 0
    assert fake.texts() == ["报告 1 已撤回\n松江路"]
    assert (await fake.update(code, template_card=CARD))["errcode"] == 40058
    assert (await fake.update("made-up", template_card=CARD))["errcode"] == 40058
    assert fake.texts() == ["报告 1 已撤回\n松江路"]


async def test_a_press_brings_a_new_code_and_spends_none(fake: Fake) -> None:
    first = (await fake.card())["response_code"]
    await fake.phone().tap("改点位")
    await fake.phone().tap("改点位")
    codes = [heard["ResponseCode"] for heard in fake.app.heard]
    assert len({first, *codes}) == 3
    for code in (codes[1], codes[0], first):
        assert (await fake.update(code, button={"replace_name": "已改"}))["errcode"] == 0
    assert fake.texts() == ["报告 1\n松江路\n（已改）"]


async def test_a_response_code_is_good_for_72_hours(fake: Fake) -> None:
    first, second = [(await fake.card(task))["response_code"] for task in ("t1", "t2")]
    fake.later(hours=71.9)
    assert (await fake.update(first, template_card=CARD))["errcode"] == 0
    fake.later(hours=0.2)
    assert (await fake.update(second, template_card=CARD))["errcode"] == 40058


async def test_an_update_is_checked_before_the_code_is_spent(fake: Fake) -> None:
    code = (await fake.card())["response_code"]
    for wrong in ({"template_card": {"card_type": "poster"}}, {}, {"button": {}},
                  {"template_card": CARD, "userids": []}, {"template_card": CARD, "agentid": 7},
                  {"template_card": CARD, "userids": "user1"}):  # fmt: skip
        assert (await fake.update(code, **wrong))["errcode"] != 0
    assert (await fake.update(code, template_card=CARD))["errcode"] == 0


async def test_an_update_reaches_those_named(fake: Fake) -> None:
    code = (await fake.card(to="user1|user2"))["response_code"]
    anew = {**CARD, "main_title": {"title": "报告 2"}}
    answer = await fake.update(code, userids=["USER2", "nobody"], template_card=anew)
    assert answer["invaliduser"] == ["nobody"]
    assert (fake.texts(ZHANG), fake.texts(LI)) == (["报告 1\n松江路"], ["报告 2\n松江路"])


async def test_a_message_is_recalled_for_24_hours(fake: Fake) -> None:
    first, second = [(await fake.say(text))["msgid"] for text in ("一", "二")]
    assert (await fake.post("message/recall", {"msgid": first}))["errcode"] == 0
    assert fake.texts() == ["二"]
    assert (await fake.post("message/recall", {"msgid": first}))["errcode"] != 0
    assert (await fake.post("message/recall", {"msgid": "made-up"}))["errcode"] != 0
    fake.later(hours=24.1)
    assert (await fake.post("message/recall", {"msgid": second}))["errcode"] != 0
    assert fake.texts() == ["二"]


# ---- files ----


@pytest.mark.parametrize(
    ("disposition", "errcode"),
    [
        (b'form-data; name="media"; filename="%E5%8F%B0%E8%B4%A6.xlsx"', 44001),
        (b"form-data; name=\"media\"; filename*=utf-8''%E5%8F%B0.xlsx", 41005),
        (b'form-data; name="file"; filename="a.txt"', 41005),
        (b'form-data; name="media"', 41005),
        ('form-data; name="media"; filename="台账"'.encode("gbk"), 44001),
    ],
)
async def test_a_file_name_must_be_raw_utf_8(fake: Fake, disposition: bytes, errcode: int) -> None:
    assert (await fake.upload(b"content", disposition=disposition))["errcode"] == errcode


async def test_a_raw_file_name_arrives_with_the_very_bytes(fake: Fake) -> None:
    data = bytes(range(256)) + b"\r\n--fence\r\nhalf a fence"
    answer = await fake.upload(data.replace(b"--fence", b"--other"))
    assert answer["errcode"] == 0
    assert isinstance(answer["created_at"], str)
    await fake.send("file", {"media_id": answer["media_id"]})
    file = list(fake.platform.chat(ZHANG).messages.values())[-1].file
    assert file is not None
    assert file.name == "台账.xlsx"
    assert fake.platform.shelf.get(file.id) == data.replace(b"--fence", b"--other")


@pytest.mark.parametrize(
    ("data", "kind", "errcode"),
    [
        (b"12345", "file", 40006),
        (b"x" * (20 * 1024 * 1024 + 1), "file", 40006),
        (b"no picture", "image", 40004),
        (b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024), "image", 40009),
        (b"no sound", "voice", 40004),
        (b"no film at all", "video", 40004),
        (b"content", "gif", 40005),
    ],
)
async def test_wrong_bytes_and_sizes_are_refused(
    fake: Fake, data: bytes, kind: str, errcode: int
) -> None:
    assert (await fake.upload(data, kind))["errcode"] == errcode


async def test_media_are_kept_three_days_and_their_kind(fake: Fake) -> None:
    media_id = (await fake.upload(jpeg(1), "image", b"a.jpg"))["media_id"]
    assert (await fake.send("file", {"media_id": media_id}))["errcode"] == 40007
    assert (await fake.send("image", {"media_id": media_id}))["errcode"] == 0
    assert (await fake.send("image", {"media_id": "made-up"}))["errcode"] == 40007
    assert (await fake.send("image", {}))["errcode"] == 41006
    fake.later(days=3, seconds=1)
    assert (await fake.send("image", {"media_id": media_id}))["errcode"] == 40007
    assert (await fake.get("media/get", media_id=media_id))["errcode"] == 40007


async def test_a_large_file_is_given_in_ranges_only_and_errors_are_json_with_200(
    fake: Fake,
) -> None:
    data = bytes(1024) * (21 * 1024)
    media_id = fake.corp.keep_media(data, "video", "v.mp4")
    url = f"{fake.base}/cgi-bin/media/get"
    query = {"access_token": fake.token(), "media_id": media_id}
    async with fake.session.get(url, params=query) as answer:
        assert answer.status == 200
        assert (await answer.json())["errcode"] == 830002
    async with fake.session.get(url, params=query, headers={"Range": "bytes=0-1023"}) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes 0-1023/{len(data)}"
        assert await answer.read() == data[:1024]


# ---- the office ----


async def test_members_and_departments_are_told(fake: Fake) -> None:
    fake.corp.seat(LI, "二中队")
    user = await fake.get("user/get", userid="USER2")
    assert (user["userid"], user["name"], user["department"]) == ("user2", "李红梅", [2])
    assert "mobile" not in user
    assert (await fake.get("user/get", userid="nobody"))["errcode"] == 60111
    assert (await fake.get("user/get"))["errcode"] == 41009
    names = [d["name"] for d in (await fake.get("department/list"))["department"]]
    assert names == [Setup().title, "二中队"]
    assert (await fake.get("department/get", id=2))["department"]["name"] == "二中队"
    assert (await fake.get("department/get", id=9))["errcode"] == 60123
    await fake.say("中队", "", toparty="2")
    assert (fake.texts(ZHANG), fake.texts(LI)) == ([], ["中队"])


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([{"type": "click", "name": f"{n}", "key": "k"} for n in range(4)], 40016),
        ([{"type": "click", "name": "六个汉字太长", "key": "k"}], 40018),
        ([{"type": "jump", "name": "跳", "key": "k"}], 40017),
        ([{"type": "click", "name": "点"}], 40019),
        ([{"type": "click", "name": "点", "key": "k" * 129}], 40019),
        ([{"name": "多", "sub_button": []}], 40023),
        ([{"name": "多", "sub_button": [{"type": "click", "name": "长" * 14, "key": "k"}]}], 40025),
        ([{"name": "多", "sub_button": [{"name": "更多", "sub_button": []}]}], 40022),
    ],
)
async def test_a_menu_that_the_documents_don_t_allow_is_refused(
    fake: Fake, buttons: list[Any], errcode: int
) -> None:
    answer = await fake.post("menu/create", {"button": buttons}, agentid=AGENT)
    assert answer["errcode"] == errcode
    assert (await fake.get("menu/get", agentid=AGENT))["errcode"] == 46003


async def test_group_chats_are_made_by_the_app_and_show_no_cards(fake: Fake) -> None:
    made = {"name": "工作群", "owner": "user1", "userlist": ["user1", "user2"]}
    assert (await fake.post("appchat/create", made | {"userlist": ["user1"]}))["errcode"] == 40032
    assert (await fake.post("appchat/create", made | {"userlist": ["user1", "x"]}))["errcode"]
    room = (await fake.post("appchat/create", made))["chatid"]
    said = {"chatid": room, "msgtype": "text", "text": {"content": "通报"}}
    assert (await fake.post("appchat/send", said))["errcode"] == 0
    assert (await fake.post("appchat/send", said | {"chatid": "x"}))["errcode"] == 40050
    card = {"chatid": room, "msgtype": "template_card", "template_card": CARD}
    assert (await fake.post("appchat/send", card))["errcode"] == 40008
    assert fake.texts(fake.platform.group.id) == ["通报"]
    fake.corp.root_visible = False
    assert (await fake.post("appchat/create", made))["errcode"] == 60011


async def test_a_webhook_sends_twenty_a_minute_into_the_group(fake: Fake) -> None:
    key = Setup().webhook_key
    said = {"msgtype": "markdown", "markdown": {"content": "**小结**"}}
    assert (await fake.post("webhook/send", said, key="wrong"))["errcode"] == 93000
    wrong = {"msgtype": "template_card", "template_card": CARD | {"task_id": "t"}}
    assert (await fake.post("webhook/send", wrong, key=key))["errcode"] == 40058
    codes = [(await fake.post("webhook/send", said, key=key))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    assert len(fake.texts(fake.platform.group.id)) == 20


async def test_a_webhook_s_picture_comes_with_its_own_sum(fake: Fake) -> None:
    key, shot = Setup().webhook_key, jpeg(3)
    picture = {"base64": base64.b64encode(shot).decode(), "md5": hashlib.md5(shot).hexdigest()}
    said = {"msgtype": "image", "image": picture}
    assert (await fake.post("webhook/send", said, key=key))["errcode"] == 0
    wrong = said | {"image": picture | {"md5": "0" * 32}}
    assert (await fake.post("webhook/send", wrong, key=key))["errcode"] == 40058
    wrong = said | {"image": picture | {"base64": base64.b64encode(b"no picture").decode()}}
    assert (await fake.post("webhook/send", wrong, key=key))["errcode"] == 40009


# ---- faults on purpose, and keeping ----


async def test_faults_come_as_often_as_planned(fake: Fake) -> None:
    fake.corp.faults.plan(Fault("errcode", times=2, path="message/send", errcode=45009))
    assert [(await fake.say("早"))["errcode"] for _ in range(3)] == [45009, 45009, 0]
    fake.corp.faults.plan(Fault("html"))
    with pytest.raises(aiohttp.ContentTypeError):
        await fake.say("早")
    fake.corp.faults.plan(Fault("reset"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await fake.say("早")
    assert len(fake.texts()) == 1
    fake.corp.faults.plan(Fault("lost"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await fake.say("到了")
    assert fake.texts()[-1] == "到了"
    assert [call.errcode for call in fake.corp.calls] == [45009, 45009, 0, None, None, 0]
    fake.platform.cut(5)
    with pytest.raises(aiohttp.ClientConnectionError):
        await fake.say("断了")


async def test_a_corporation_knows_its_cards_after_a_restart(fake: Fake, tmp_path: Path) -> None:
    code = (await fake.card())["response_code"]
    await fake.upload(base64.b64encode(b"content"))
    fake.platform.save()
    fake.corp.save()
    platform = Platform(tmp_path, fake.platform.clock, [Person(ZHANG, "张建国")])
    again = Corp(platform, replace(fake.corp.setup), tmp_path)
    assert again.state == fake.corp.state
    assert again.spend_code(code).task_id == "t1"
