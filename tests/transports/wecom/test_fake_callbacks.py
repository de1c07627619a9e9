"""What a person does on a phone reaches the app as WeCom's callbacks, or is lost as WeCom loses."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import NotFound, Refused
from bot.transports.simulator.wecom.datum import to_gcj
from bot.transports.wecom.datum import to_wgs84
from tests.house import jpeg
from tests.transports.wecom.fake import AGENT, LI, VOTE, ZHANG, Fake, open_fake

MENU = {
    "button": [
        {"type": "pic_sysphoto", "name": "拍照上报", "key": "photo"},
        {"name": "巡查", "sub_button": [
            {"type": "location_select", "name": "发送位置", "key": "place"},
            {"type": "click", "name": "本周", "key": "本周"},
        ]},
    ]
}  # fmt: skip


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[Fake]:
    async with open_fake(tmp_path) as fake:
        yield fake


async def hung_out(fake: Fake) -> None:
    assert (await fake.post("menu/create", MENU, agentid=AGENT))["errcode"] == 0


async def test_the_address_proves_itself(fake: Fake) -> None:
    assert await fake.corp.callbacks.verify()


async def test_a_text_arrives_with_its_marks(fake: Fake) -> None:
    said = "松江路 <b>&正常 ]]> 😀"
    await fake.phone().write(said)
    heard = fake.app.heard[-1]
    assert (heard["MsgType"], heard["Content"]) == ("text", said)
    assert heard["FromUserName"] == "User1"
    assert heard["AgentID"] == str(AGENT)
    assert heard["CreateTime"] == str(fake.platform.now())
    assert 1 << 62 <= int(heard["MsgId"]) < 1 << 63


async def test_every_message_has_an_id_of_its_own(fake: Fake) -> None:
    await fake.phone().write("一")
    await fake.phone().write("一")
    first, second = [heard["MsgId"] for heard in fake.app.heard]
    assert first != second


async def test_a_photo_is_a_media_id_that_gives_the_very_bytes_for_three_days(fake: Fake) -> None:
    shot = jpeg(5)
    await fake.phone().shoot([shot, jpeg(6)], "松江路正常")
    kinds = [heard["MsgType"] for heard in fake.app.heard]
    assert kinds == ["image", "image", "text"]
    heard = fake.app.heard[0]
    query = {"access_token": fake.token(), "media_id": heard["MediaId"]}
    async with fake.session.get(f"{fake.base}/cgi-bin/media/get", params=query) as answer:
        assert await answer.read() == shot
    async with fake.session.get(heard["PicUrl"]) as answer:
        assert await answer.read() == shot
    fake.later(days=3.1)
    assert (await fake.get("media/get", media_id=heard["MediaId"]))["errcode"] == 40007


async def test_voice_and_video_arrive_and_files_never_do(fake: Fake) -> None:
    await fake.phone().attach("v.amr", "audio/amr", b"sound")
    await fake.phone().attach("v.mp4", "video/mp4", b"film")
    assert [heard["MsgType"] for heard in fake.app.heard] == ["voice", "video"]
    with pytest.raises(Refused, match="收不到文件"):
        await fake.phone().attach("a.pdf", "application/pdf", b"paper")
    assert len(fake.app.heard) == 2


async def test_a_place_arrives_in_the_map_s_datum(fake: Fake) -> None:
    await fake.phone().point(34.8105, 117.3236)
    heard = fake.app.heard[-1]
    there = float(heard["Location_X"]), float(heard["Location_Y"])
    assert there == pytest.approx((34.8105, 117.3236), abs=0.01)
    assert abs(there[0] - 34.8105) > 0.0005
    assert to_wgs84(*there) == pytest.approx((34.8105, 117.3236), abs=2e-6)
    assert to_gcj(39.908823, 116.397470) == pytest.approx((39.910227, 116.403711), abs=2e-5)
    assert to_gcj(51.5, -0.12) == (51.5, -0.12)


async def test_a_press_tells_key_task_kind_and_code(fake: Fake) -> None:
    await fake.card("t7")
    await fake.phone().tap("撤回")
    heard = fake.app.heard[-1]
    assert (heard["Event"], heard["EventKey"]) == ("template_card_event", "v1:b")
    assert (heard["TaskId"], heard["CardType"]) == ("t7", "button_interaction")
    assert heard["ResponseCode"] in fake.corp.state.codes


async def test_a_choice_of_a_vote_tells_the_option(fake: Fake) -> None:
    await fake.send("template_card", VOTE | {"task_id": "t8"})
    await fake.phone().tap("点位8")
    heard = fake.app.heard[-1]
    assert (heard["EventKey"], heard["CardType"]) == ("submit", "vote_interaction")
    item: Any = heard["SelectedItems"]["SelectedItem"]
    item = item[0] if isinstance(item, list) else item
    assert item["QuestionKey"] == "pick"
    assert item["OptionIds"]["OptionId"] in ("v1:8", ["v1:8"])
    assert fake.platform.violations == []


async def test_the_menu_s_keys_click_shoot_and_locate(fake: Fake) -> None:
    await hung_out(fake)
    await fake.corp.callbacks.click(ZHANG, "本周")
    assert (fake.app.heard[-1]["Event"], fake.app.heard[-1]["EventKey"]) == ("click", "本周")
    with pytest.raises(NotFound):
        await fake.corp.callbacks.click(ZHANG, "没有的")
    shots = [jpeg(8), jpeg(9)]
    await fake.corp.callbacks.snap(ZHANG, shots)
    event, *images = fake.app.heard[-3:]
    assert event["SendPicsInfo"]["Count"] == "2"
    sums = [item["PicMd5Sum"] for item in event["SendPicsInfo"]["PicList"]["item"]]
    assert sums == [hashlib.md5(shot).hexdigest() for shot in shots]
    for heard, shot in zip(images, shots, strict=True):
        assert fake.corp.media(heard["MediaId"])[1] == shot
    await fake.corp.callbacks.locate(ZHANG, 34.8, 117.3)
    event, message = fake.app.heard[-2:]
    assert event["SendLocationInfo"]["Location_X"] == message["Location_X"]


async def test_entering_is_told_once_a_day_and_visibility_at_once(fake: Fake) -> None:
    told = [await fake.corp.callbacks.enter(LI) for _ in range(2)]
    fake.later(days=1)
    told.append(await fake.corp.callbacks.enter(LI))
    assert told == [True, False, True]
    await fake.corp.callbacks.appear(LI, False)
    assert (await fake.say("早", "user2"))["errcode"] == 81013
    await fake.corp.callbacks.appear(LI, True)
    assert (await fake.say("早", "user2"))["errcode"] == 0
    events = [heard["Event"] for heard in fake.app.heard]
    assert events == ["enter_agent", "enter_agent", "unsubscribe", "subscribe"]


async def test_a_callback_is_tried_three_times_with_the_same_id(fake: Fake) -> None:
    fake.app.statuses = [500, 403]
    await fake.phone().write("第三次才到")
    assert [heard["Content"] for heard in fake.app.heard] == ["第三次才到"]
    assert fake.corp.lost == []
    assert fake.platform.net()["waiting"] == 0


async def test_what_nobody_takes_in_three_tries_is_lost_and_said_to_be(fake: Fake) -> None:
    fake.app.statuses = [503, 503, 503]
    await fake.phone().write("没人收")
    assert fake.app.heard == []
    assert "没人收" in fake.corp.lost[0]
    assert "503" in fake.platform.violations[-1]
    await fake.phone().write("下一条")
    assert fake.app.heard[-1]["Content"] == "下一条"


async def test_an_answer_that_takes_too_long_is_none(fake: Fake) -> None:
    fake.corp.callbacks.patience = 0.0
    await fake.phone().write("太慢")
    assert len(fake.corp.lost) == 1


async def test_without_a_net_nothing_leaves_the_phone_and_all_of_it_does_later(fake: Fake) -> None:
    await hung_out(fake)
    fake.platform.cut(60)
    await fake.phone().write("等一等")
    with pytest.raises(Refused):
        await fake.corp.callbacks.click(ZHANG, "本周")
    assert fake.app.heard == []
    fake.platform.cut(0)
    await fake.platform.deliver()
    assert fake.app.heard[-1]["Content"] == "等一等"
