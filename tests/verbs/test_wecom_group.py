"""A group that an operator sets up is the house's: it is written to, and nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.actions import doors as deeds
from bot.rules.records import Role
from bot.settings import Settings, load
from bot.verbs.wecom import group
from storage import outbox
from storage.people import chats
from tests.wecom_house import WeComStage, open_wecom


def settings_of(stage: WeComStage, monkeypatch: pytest.MonkeyPatch) -> Settings:
    setup = stage.corp.setup
    for name, value in {
        "CORP_ID": setup.corp_id, "AGENT_ID": str(setup.agent_id), "SECRET": setup.secret,
        "TOKEN": setup.token, "AES_KEY": setup.aes_key, "API": stage.corp.base,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"GANGTING_WECOM__{name}", value)
    return load(stage.settings.home)


async def test_a_group_of_the_apps_own_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_wecom(tmp_path) as stage:
        for name in ("张建国", "李红梅"):
            await stage.join(name, {Role.OFFICER})
        members = [stage.corp.userid(stage.user(name)) for name in ("张建国", "李红梅")]
        await group(settings_of(stage, monkeypatch), "工作群", members)
        assert "chatid:" in capsys.readouterr().out
        assert stage.house is not None
        database, now = stage.house.database, stage.clock.now()
        ((number, title, state),) = await database.read(
            lambda tx: tx.execute(select(chats.c.chat, chats.c.title, chats.c.state)).all()
        )
        assert (title, state) == ("工作群", "allowed")
        assert await database.read(deeds.is_allowed, "wecom", number)
        await database.write(outbox.owe, "wecom", number, "group_hello", number, now)
        stage.house.wake_sender()
        await stage.settle()
        (shown,) = stage.platform.chats[stage.platform.group.id].messages.values()
        assert shown.text.startswith("大家好。")
        assert not stage.objections()
