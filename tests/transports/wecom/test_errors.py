"""Each code as the Bot API would say it, through aiogram's own reading of it."""

from __future__ import annotations

import json

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage

from bot.transports.wecom.errors import LONGEST, WeComError, answer_of

FORBIDDEN = (81013, 60011, 40003, 60111, 60021, 50002, 86003)


def raised(code: int, message: str = "said by the platform") -> TelegramAPIError:
    session = AiohttpSession()
    status, body = answer_of(WeComError(code, message))
    with pytest.raises(TelegramAPIError) as caught:
        session.check_response(
            Bot("1:wecom", session=session), SendMessage(chat_id=1, text="t"), status,
            json.dumps(body),
        )  # fmt: skip
    return caught.value


@pytest.mark.parametrize(
    ("code", "seconds"), [(45009, 60), (45011, 60), (45033, 2), (-1, 2)]
)  # fmt: skip
def test_a_limit_tells_when_to_come_again(code: int, seconds: int) -> None:
    fault = raised(code)
    assert isinstance(fault, TelegramRetryAfter)
    assert fault.retry_after == seconds


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (TelegramForbiddenError, FORBIDDEN),
        (TelegramNotFound, (40007,)),
        (TelegramConflictError, (42014,)),
        (TelegramUnauthorizedError, (40001, 40013, 40056, 50003, 40014, 42001, 41001)),
        (TelegramServerError, (404, 405, 501, 48005)),
        (TelegramBadRequest, (40008, 40058, 45002, 85002, 999999)),
    ],
)
def test_every_class_of_refusal_is_aiograms(
    kind: type[TelegramAPIError], codes: tuple[int, ...]
) -> None:
    for code in codes:
        fault = raised(code)
        assert type(fault) is kind, code
        assert f"WeCom {code}: said by the platform" in fault.message


def test_the_description_says_what_to_do() -> None:
    assert "企业可信IP" in raised(60020).message
    assert "visible range" in raised(60011).message
    assert "GANGTING_WECOM__SECRET" in raised(40001).message


def test_a_card_that_cannot_be_changed_any_more_says_so_in_the_bot_apis_words() -> None:
    for code in (42015, 42016, 42022):
        fault = raised(code)
        assert type(fault) is TelegramBadRequest
        assert "message can't be edited" in fault.message


def test_a_long_message_of_the_platform_is_cut() -> None:
    assert len(WeComError(1, "x" * 5000).message) == LONGEST
