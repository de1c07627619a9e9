"""The strict checker: a method and its parameters, as they came over the wire, or a refusal.

Compiled once from tests/samples/telegram-methods.json into one closure per method. What the real
server silently ignores (unknown parameters, unknown fields) is let through and noted, so that a
test can assert that the bot never relies on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fakes.keyboards import keyboard
from tests.fakes.rules import RULES, Notes, Params, Wrong, bad, check_reaction

SOURCE = Path(__file__).parent.parent / "samples" / "telegram-methods.json"
Check = Callable[[Any, Notes], Any]
WHOLE = re.compile(r"-?\d{1,19}")
PREFIXES = {
    "InlineKeyboardButton": "can't parse inline keyboard button: ",
    "KeyboardButton": "can't parse keyboard button: ",
    "MessageEntity": "can't parse MessageEntity: ",
    "BotCommand": "can't parse BotCommand: ",
    "InputMedia": "can't parse InputMedia: ",
}
EMPTY = {"chat_id": "chat_id is empty", "text": "message text is empty"}


class Upload:
    """A file that came with a multipart request."""

    __slots__ = ("content_type", "data", "name")

    def __init__(self, name: str, data: bytes, content_type: str) -> None:
        self.name, self.data, self.content_type = name, data, content_type


def _string(value: Any, notes: Notes) -> str:
    if not isinstance(value, str):
        raise TypeError("String")
    return value


def _integer(value: Any, notes: Notes) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError("Integer")


def _integer_text(value: Any, notes: Notes) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    return _integer(value, notes)


def _boolean(value: Any, notes: Notes) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError("Boolean")


def _boolean_text(value: Any, notes: Notes) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0", "yes", "no"):
        return value.lower() in ("true", "1", "yes")
    return _boolean(value, notes)


def _float(value: Any, notes: Notes) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise TypeError("Float")


def _float_text(value: Any, notes: Notes) -> float:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise TypeError("Float") from None
    return _float(value, notes)


def _chat(value: Any, notes: Notes) -> int | str:
    if isinstance(value, str):
        return int(value) if WHOLE.fullmatch(value) else value
    return _integer(value, notes)


def _file(value: Any, notes: Notes) -> Any:
    if isinstance(value, (str, Upload)):
        return value
    raise TypeError("InputFile")


def _anything(value: Any, notes: Notes) -> Any:
    return value


NESTED: dict[str, Check] = {
    "String": _string,
    "Integer": _integer,
    "Boolean": _boolean,
    "Float": _float,
    "InputFile": _file,
}
TOP: dict[tuple[str, ...], Check] = {
    ("String",): _string,
    ("Integer",): _integer_text,
    ("Boolean",): _boolean_text,
    ("Float",): _float_text,
    ("Integer", "String"): _chat,
    ("InputFile",): _file,
    ("InputFile", "String"): _file,
}


class Schema:
    """All methods, compiled; `light` leaves out what lies inside compound values."""

    def __init__(self, light: bool = False) -> None:
        source = json.loads(SOURCE.read_text(encoding="utf-8"))
        self.types: dict[str, Any] = source["types"]
        self.constants: dict[str, dict[str, str]] = source["constants"]
        self.light = light
        self.nested: dict[str, Check] = dict(NESTED)
        # Real servers take method names in any case.
        self.names = {name.lower(): name for name in source["methods"]}
        self.methods = {name: self._method(m) for name, m in source["methods"].items()}
        self.required = {
            name: [p for p, (_, needed) in m.items() if needed]
            for name, m in source["methods"].items()
        }
        self.rules = {
            **RULES,
            "setMessageReaction": check_reaction(
                frozenset(e.replace("\ufe0f", "") for e in source["reactions"])
            ),
        }

    def check(self, method: str, raw: Params) -> tuple[Params, Notes]:
        """The typed parameters of a call, and what was wrong with it but would be ignored."""
        notes: Notes = []
        checks = self.methods[method]
        clean: Params = {}
        for key, value in raw.items():
            one = checks.get(key)
            if one is None:
                # Uploads travel as parameters of any name, referred to as attach://name.
                if not isinstance(value, Upload):
                    notes.append(f"{method}: unknown parameter {key}")
                clean[key] = value
                continue
            try:
                clean[key] = one(value, notes)
            except TypeError as error:
                raise bad(f'field "{key}" must be of type {error}') from None
        for key in self.required[method]:
            # An empty url is meant: it takes the webhook away.
            if key not in clean or (clean[key] == "" and key != "url"):
                raise bad(EMPTY.get(key, f'parameter "{key}" is required'))
        if not self.light:
            self._apply_rules(method, clean, notes)
        return clean, notes

    def _apply_rules(self, method: str, clean: Params, notes: Notes) -> None:
        rule = self.rules.get(method)
        if rule is not None:
            rule(clean, notes)
        markup = clean.get("reply_markup")
        if markup is not None:
            clean["reply_markup"] = keyboard(markup, notes)

    def _method(self, params: dict[str, Any]) -> dict[str, Check]:
        return {name: self._top(name, tuple(types)) for name, (types, _) in params.items()}

    def _top(self, name: str, types: tuple[str, ...]) -> Check:
        if types in TOP:
            return TOP[types]
        inner = _anything if self.light else self._any_of(types)
        what = "reply keyboard markup" if name == "reply_markup" else name

        def check(value: Any, notes: Notes) -> Any:
            if isinstance(value, str):
                if not value:
                    return None
                try:
                    value = json.loads(value)
                except ValueError:
                    raise bad(f"can't parse {what} JSON object") from None
            return inner(value, notes)

        return check

    def _any_of(self, types: tuple[str, ...]) -> Check:
        if len(types) == 1:
            return self._type(types[0])
        if all(name.startswith("Array of ") for name in types):
            return self._array(self._union(tuple(n.removeprefix("Array of ") for n in types)))
        if any(name in NESTED for name in types):
            return _anything
        return self._union(types)

    def _type(self, name: str) -> Check:
        if name.startswith("Array of "):
            return self._array(self._type(name.removeprefix("Array of ")))
        if name not in self.nested:
            # Types refer to each other in circles, hence the name is looked up at call time.
            self.nested[name] = lambda value, notes: self.nested[name](value, notes)
            fields = self.types.get(name, {})
            if isinstance(fields, list):
                made = self._union(tuple(fields))
            else:
                made = self._object(name, fields)
            self.nested[name] = self._prefixed(name, made)
        return lambda value, notes: self.nested[name](value, notes)

    def _prefixed(self, name: str, made: Check) -> Check:
        prefix = PREFIXES.get(name)
        if prefix is None:
            return made

        def check(value: Any, notes: Notes) -> Any:
            try:
                return made(value, notes)
            except Wrong as error:
                reason = error.description.removeprefix("Bad Request: ")
                raise bad(prefix + reason[:1].upper() + reason[1:]) from None

        return check

    def _array(self, inner: Check) -> Check:
        def check(value: Any, notes: Notes) -> Any:
            if not isinstance(value, list):
                raise TypeError("Array")
            return [inner(item, notes) for item in value]

        return check

    def _object(self, name: str, fields: dict[str, Any]) -> Check:
        checks = {key: self._any_of(tuple(types)) for key, (types, _) in fields.items()}
        required = [key for key, (_, needed) in fields.items() if needed]

        def check(value: Any, notes: Notes) -> Any:
            if not isinstance(value, dict):
                if name == "KeyboardButton" and isinstance(value, str):
                    return value
                raise bad(f"object expected as {name}")
            for key in required:
                if key not in value:
                    raise bad(f'can\'t find field "{key}"')
            for key, item in value.items():
                one = checks.get(key)
                if one is None:
                    notes.append(f"{name}: unknown field {key}")
                    continue
                try:
                    one(item, notes)
                except TypeError as error:
                    raise bad(f'field "{key}" must be of type {error}') from None
            return value

        return check

    def _union(self, names: tuple[str, ...]) -> Check:
        made = [(self._asked(name), self._type(name)) for name in names]
        wanted = "reply markup" if "InlineKeyboardMarkup" in names else " or ".join(names[:3])

        def check(value: Any, notes: Notes) -> Any:
            if not isinstance(value, dict):
                raise bad(f"object expected as {wanted}")
            for (fixed, required), inner in made:
                if all(value.get(k) == v for k, v in fixed.items()) and required <= value.keys():
                    return inner(value, notes)
            for (fixed, _), inner in made:
                if fixed and all(value.get(k) == v for k, v in fixed.items()):
                    return inner(value, notes)
            raise bad(f"can't parse {wanted}: unsupported type or missing field")

        return check

    def _asked(self, name: str) -> tuple[dict[str, str], set[str]]:
        fields = self.types.get(name, {})
        if isinstance(fields, list):
            return {}, set()
        return self.constants.get(name, {}), {k for k, (_, needed) in fields.items() if needed}
