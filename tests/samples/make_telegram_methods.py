"""Makes telegram-methods.json, the compact Bot API schema the fake server checks calls against.

Source: telegram-bot-api.json, which joins PaulSonOfLars/telegram-bot-api-spec (Bot API 10.1, MIT),
aiogram's .butcher/schema/schema.json (10.2, MIT) and the fields aiogram 3.31.0 declares beyond it
(10.3, MIT). Run: python tests/samples/make_telegram_methods.py <telegram-bot-api.json>

Shape of the result: methods name -> param -> [types, required]; types name -> field -> the same,
or, for a type with subtypes, the list of their names. Only types a call can carry are kept.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("telegram-methods.json")
SCALARS = {"String", "Integer", "Boolean", "Float", "InputFile"}


def core_name(type_name: str) -> str:
    """The type without its `Array of`."""
    return type_name.removeprefix("Array of ").removeprefix("Array of ")


def fields_of(entry: dict[str, Any]) -> dict[str, list[Any]]:
    """Name -> [types, required] of a method's or a type's fields."""
    return {f["name"]: [f["types"], f["required"]] for f in entry.get("fields", [])}


def reachable(source: dict[str, Any], first: set[str]) -> dict[str, Any]:
    """Every type that a value of one of the `first` types can carry."""
    found: dict[str, Any] = {}
    todo = sorted(first)
    while todo:
        name = todo.pop()
        if name in found or name in SCALARS or name not in source["types"]:
            continue
        entry = source["types"][name]
        if entry.get("subtypes"):
            found[name] = entry["subtypes"]
            todo += entry["subtypes"]
        else:
            found[name] = fields_of(entry)
            todo += [core_name(t) for types, _ in found[name].values() for t in types]
    return found


def constants(source: dict[str, Any], types: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Type -> field -> the one value its description allows: `always "photo"`."""
    fixed: dict[str, dict[str, str]] = {}
    for name in types:
        for field in source["types"][name].get("fields", []):
            one = re.search(r"(?:always|must be) \W?(\w+)\W?$", field["description"].rstrip("."))
            if one and field["name"] in ("type", "source"):
                fixed.setdefault(name, {})[field["name"]] = one[1]
    return fixed


def compact(source: dict[str, Any]) -> dict[str, Any]:
    """The schema reduced to what a call is checked against."""
    methods = {name: fields_of(entry) for name, entry in source["methods"].items()}
    first = {core_name(t) for m in methods.values() for types, _ in m.values() for t in types}
    types = reachable(source, first)
    emoji = next(f for f in source["types"]["ReactionTypeEmoji"]["fields"] if f["name"] == "emoji")
    return {
        "version": source["version"],
        "sources": source["sources"],
        "methods": methods,
        "types": types,
        "constants": constants(source, types),
        "reactions": re.findall(r'"([^"]+)"', emoji["description"]),
    }


def main() -> None:
    """Read the full schema named on the command line, leave the compact one beside this file."""
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(compact(source), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    TARGET.write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
