"""Every method of the Bot API that the house uses has its place on each WeCom line, on purpose."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiogram import Bot, methods, types
from aiogram.methods import TelegramMethod

from bot.transports.wecom.methods import CARRIERS

ROOT = Path(__file__).parents[3]

MAPPED = "mapped"
APP = {
    "GetMe": MAPPED,
    "SendMessage": MAPPED,
    "SendPhoto": MAPPED,
    "SendDocument": MAPPED,
    "GetFile": MAPPED,
    "EditMessageText": "degraded because a code changes a card once within 72 hours",
    "EditMessageReplyMarkup": "degraded because a code changes a card once within 72 hours",
    "EditMessageCaption": "degraded because a code changes a card once within 72 hours",
    "DeleteMessage": "degraded because a message can be recalled for a day",
    "SendMediaGroup": "degraded because there are no albums: one message each",
    "AnswerCallbackQuery": "degraded because there are no toasts: an alert is a message",
    "SetMessageReaction": "degraded because there are no reactions: the card is the receipt",
    "PinChatMessage": "degraded because there are no pins",
    "UnpinChatMessage": "degraded because there are no pins",
    "SendChatAction": "degraded because nobody is shown as writing",
    "SetMyCommands": "degraded because the menu is made by `gangting wecom menu`",
    "DeleteWebhook": "degraded because the callback is set in the admin console",
    "LeaveChat": "degraded because an app can't leave a chat",
}
"""Each method that an app's line takes, and how."""

ROBOT = APP | {
    "EditMessageText": "degraded because a card changes within five seconds of a press",
    "EditMessageReplyMarkup": "degraded because a card changes within five seconds of a press",
    "EditMessageCaption": "degraded because a card changes within five seconds of a press",
    "DeleteMessage": "degraded because a robot's message can't be taken back",
    "SetMyCommands": "degraded because a robot has no menu",
}


def sources() -> Iterator[ast.Module]:
    for folder in ("handlers", "scheduler", "bot"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "transports" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"), str(path))


def method_named(name: str) -> type[TelegramMethod] | None:
    found = getattr(methods, name, None)
    if inspect.isclass(found) and issubclass(found, TelegramMethod) and found is not TelegramMethod:
        return found
    return None


def of_bot(name: str) -> str | None:
    """The method behind `bot.<name>(…)`."""
    if not hasattr(Bot, name):
        return None
    camel = "".join(part.capitalize() for part in name.split("_"))
    return camel if method_named(camel) else {"download": "GetFile"}.get(name)


def of_type(kind: str, name: str) -> str | None:
    """The method behind a shortcut of a type, as `message.answer(…)`: what it says it returns."""
    shortcut = getattr(getattr(types, kind, None), name, None)
    said = re.findall(r"\w+", str(getattr(shortcut, "__annotations__", {}).get("return", "")))
    return next((word for word in said if method_named(word)), None)


def annotated(tree: ast.Module) -> Iterator[tuple[str, str, ast.AST]]:
    """(argument, name of its type, function) of every function."""
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for arg in [*function.args.args, *function.args.kwonlyargs]:
                if arg.annotation is not None:
                    for word in re.findall(r"\w+", ast.unparse(arg.annotation)):
                        yield arg.arg, word, function


def used_in(tree: ast.Module) -> set[str]:
    used = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aiogram.methods"):
            used |= {alias.name for alias in node.names if method_named(alias.name)}
        if isinstance(node, ast.Attribute) and method_named(node.attr):
            used.add(node.attr)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = ast.unparse(node.func.value)
            if holder.split(".")[-1] == "bot" and (found := of_bot(node.func.attr)):
                used.add(found)
    for name, kind, function in annotated(tree):
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value).split(".")[0] == name
                and (found := of_type(kind, node.func.attr))
            ):
                used.add(found)
    return used


@pytest.fixture(scope="module")
def used() -> set[str]:
    return set().union(*(used_in(tree) for tree in sources()))


def names(table: dict[type[TelegramMethod], object]) -> set[str]:
    return {method.__name__ for method in table}


def test_the_search_finds_every_way_to_call_a_method():
    written = """
from aiogram.methods import SendMessage
async def press(query: CallbackQuery, message: Message | None, line: Line, bot: Bot):
    await query.answer("好")
    await message.answer_photo("x")
    await message.delete()
    await line.bot.get_file("x")
    await bot.download("x")
    api.SendChatAction(chat_id=1, action="typing")
    found.answer("no method of ours")
"""
    assert used_in(ast.parse(written)) == {
        "SendMessage", "AnswerCallbackQuery", "SendPhoto", "DeleteMessage", "GetFile",
        "SendChatAction",
    }  # fmt: skip


def test_what_the_house_uses_today_is_found(used: set[str]):
    known = {"SendMessage", "EditMessageText", "SetMessageReaction", "AnswerCallbackQuery"}
    files = {"SendPhoto", "SendDocument", "SendMediaGroup"}
    assert known | files | {"GetFile", "SetMyCommands"} <= used


def test_the_app_takes_every_method_that_the_house_uses(used: set[str]):
    assert used - names(CARRIERS) == set()


def test_each_method_of_the_app_is_mapped_or_degraded_on_purpose():
    assert names(CARRIERS) == APP.keys()


def test_each_method_of_the_robot_is_mapped_or_degraded_on_purpose(used: set[str]):
    try:
        robot = importlib.import_module("bot.transports.wecom.robot.session")
    except ModuleNotFoundError:
        pytest.skip("the robot's session is not built yet")
    assert used - names(robot.CARRIERS) == set()
    assert names(robot.CARRIERS) == ROBOT.keys()
