"""The README says what the program does: its verbs and settings are the program's, all of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from bot.__main__ import main
from bot.bureau import build_bureau
from bot.setting_names import NAMES, OUTSIDE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh.md").read_text("utf-8")
FENCED = "\n".join(re.findall(r"^```\w*\n(.*?)^```", README, re.M | re.S))


@pytest.mark.parametrize("verb", sorted(main.commands))
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert re.search(rf"\bgangting {verb}\b", README)


def test_every_verb_of_the_readme_is_there() -> None:
    written = set(re.findall(r"\bgangting ([a-z]+)\b", FENCED))
    assert written
    assert written <= set(main.commands)


def test_every_option_of_the_readme_is_there() -> None:
    groups = [c for c in main.commands.values() if isinstance(c, click.Group)]
    commands = [*main.commands.values(), *(c for group in groups for c in group.commands.values())]
    options = {opt for command in commands for p in command.params for opt in p.opts}
    for line in re.findall(r"^(?:\.venv/bin/)?gangting .*$", FENCED, re.M):
        assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= options, line


@pytest.mark.parametrize("verb", ["read", "ask"])
def test_every_option_of_reading_is_in_the_readme(verb: str) -> None:
    options = {opt for p in main.commands[verb].params for opt in p.opts if opt.startswith("--")}
    for option in options:
        assert re.search(rf"{option}(?![\w-])", README), option


def test_the_bureau_files_of_the_readme_are_right() -> None:
    for text in (README, CHINESE):
        examples = re.findall(r"^```toml\n(.*?)^```", text, re.M | re.S)
        assert examples
        for example in examples:
            build_bureau(tomllib.loads(example))


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_every_setting_of_the_readme_is_there() -> None:
    written = set(re.findall(r"GANGTING_[A-Z_]+[A-Z]", README))
    assert written <= {*NAMES, *OUTSIDE}


def test_every_file_that_is_linked_is_there() -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_every_make_target_of_the_readme_is_there() -> None:
    rules = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)", FENCED)) | set(
        re.findall(r"`make (\w+)", README)
    ):
        assert re.search(rf"^{target}:", rules, re.M), target
