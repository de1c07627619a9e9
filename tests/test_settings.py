"""A wrong name or value stops the start, says where it stands, and never tells a secret."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.bureau import DEFAULT, build_bureau
from bot.errors import BadSetting
from bot.line_settings import OFFICIAL_PACE
from bot.line_settings import OFFICIAL_TELEGRAM as OFFICIAL_API
from bot.rules.records import TimeLimit
from bot.rules.terms import Term, written
from bot.setting_names import NAMES, TABLES
from bot.settings import PREFIX, Settings, load

BUREAU = '[bureau]\nname = "某局"\nzone = "Asia/Shanghai"\nsince = 2025-05-28\n'
LIMIT = '[[time_limits]]\nhandle = "2 工作时"\n'
SPOTS = '[spots.one]\nname = "一路"\nkey = true\n\n[spots.two]\nname = "二路"\n'


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("GANGTING_"):
            monkeypatch.delenv(name)


def told(home: Path) -> str:
    with pytest.raises(BadSetting) as wrong:
        load(home)
    return wrong.value.sentence


FILES = {
    "no TOML": ("[bureau\nname = 1", ["line 1"]),
    "half a value": ("[bureau]\nname = ", ["Invalid value", "end of document"]),
    "a name twice": ('[bureau]\nname = "a"\nname = "b"\n', ["line 3"]),
    "an unknown table": ("[spotz.one]\nname = 'x'\n", ["line 1", "spotz", "spots"]),
    "an unknown key of the bureau": (BUREAU + 'colour = "red"\n', ["line 5", "colour", "squads"]),
    "an unknown key of a spot": (
        SPOTS + 'alias = ["二"]\n', ["line 7", "alias", "aliases"],
    ),
    "an unknown limit": ("[limits]\njoin_minutes = 3\n", ["line 2", "join_seconds"]),
    "a zone that is none": (
        BUREAU.replace("Shanghai", "Shanghia"), ["line 3", "Asia/Shanghia", "time zone"],
    ),
    "a zone that leads elsewhere": (
        BUREAU.replace("Asia/Shanghai", "../../etc/passwd"), ["line 3", "time zone"],
    ),
    "a token that can be guessed": ('[intake]\ncamera_token = "short"\n', ["line 2", "16 letters"]),
    "a source that is none": ('[intake]\nletter_token = "x"\n', ["line 2", "letter_token"]),
    "an address that is none": ('[intake]\nlisten = "8083"\n', ["line 2", "host:port"]),
    "no spot": ("spots = {}\n", ["spots", "at least one spot"]),
    "spots as a list": ('spots = ["松江路"]\n', ["line 1", "[spots.CODE]"]),
    "a code with a capital": (SPOTS.replace("one", "One"), ["line 1", "One", "a-z"]),
    "a code too long": (SPOTS.replace("one", "o" * 25), ["line 1", "24"]),
    "a Chinese code": ('[spots."松江路"]\nname = "松江路"\n', ["line 1", "a-z"]),
    "an alias that is another's name": (
        SPOTS + 'aliases = ["一路"]\n', ["line 7", "一路", "one"],
    ),
    "two spots of one name": (SPOTS.replace("二路", "一路"), ["一路", "one"]),
    "a name that is a number": ("[spots.one]\nname = 5\n", ["line 2", "string"]),
    "a key that is a word": ('[spots.one]\nname = "一"\nkey = "perhaps"\n', ["line 3", "boolean"]),
    "a latitude beyond the pole": (
        '[spots.one]\nname = "一"\nlat = 200\n', ["line 3", "lat", "-90 and 90"],
    ),
    "no categories but one": ('[categories.zhandao]\nname = "占道"\n', ["none", "without trouble"]),
    "an hour that is none": ("[hours]\nwork_from = 25:00:00\n", ["line 2"]),
    "an hour in words": ('[hours]\nmorning = "early"\n', ["line 2"]),
    "a limit in words": ('[limits]\nphoto_megabytes = "many"\n', ["line 2", "integer"]),
    "a quota of something else": (
        '[[quotas]]\nwhat = "walk"\nper = "week"\ncount = 2\n', ["quotas", "visit"],
    ),
    "a quota without a count": ('[[quotas]]\nwhat = "visit"\nper = "week"\n', ["quotas"]),
    "working hours that end before they begin": (
        "[hours]\nwork_from = 09:00:00\nwork_to = 08:00:00\n", ["line 3", "hours.work_to", "09:00"],
    ),
    "working hours that are none": (
        "[hours]\nwork_from = 09:00:00\nwork_to = 09:00:00\n", ["line 3", "after they begin"],
    ),
    "a break that ends before it begins": (
        "[hours]\nbreak_from = 12:00:00\nbreak_to = 02:00:00\n",
        ["line 3", "hours.break_to", "12:00"],
    ),
    "a break after work": (
        "[hours]\nbreak_from = 19:00:00\nbreak_to = 20:00:00\n",
        ["line 2", "hours.break_from", "08:30:00 to 18:00:00"],
    ),
    "a limit in hours of no kind": (
        LIMIT.replace("2 工作时", "2 小时"),
        ["line 2", "time_limits.handle", "2 小时", "紧急工作时, 工作时, 工作日, 自然日"],
    ),
    "a limit that is a number": ("[[time_limits]]\nhandle = 2\n", ["line 2", "2 工作时", "not 2"]),
    "a limit of half a day": (
        LIMIT.replace("2 工作时", "0.5 工作日"), ["line 2", "days are whole"],
    ),
    "a limit of nothing": (LIMIT.replace("2 工作时", "0 工作时"), ["line 2", "0 工作时"]),
    "a limit that is not said": (
        '[[time_limits]]\nrespond = "2 工作时"\n', ["line 1", "'handle' is missing"],
    ),
    "a limit for a source that is none": (
        LIMIT + 'sources = ["patrol", "drone"]\n', ["line 3", "drone", "hotline"],
    ),
    "a limit for a category that is none": (
        LIMIT + "\n" + LIMIT + 'categories = ["laji", "lajj"]\n',
        ["line 6", "time_limits.categories", "'lajj'", "laji"],
    ),
    "limits as one table": (LIMIT.replace("[[", "[").replace("]]", "]"), ["line 1", "list"]),
    "a wrong log level": ('log = "loud"\n', ["line 1", "debug, info, warning or error"]),
    "a token in a wrong shape": (
        '[telegram]\ntoken = "hunter2-hunter2"\n', ["line 2", "BotFather"],
    ),
    "a wrong key of telegram": ('[telegram]\ntokn = "1:x"\n', ["line 2", "tokn", "TOKEN"]),
    "an API that is no address": ('[telegram]\napi = "localhost:8081"\n', ["line 2", "http://"]),
    "a negative speed": ("[telegram]\nmessages_per_second = -1\n", ["line 2", "greater"]),
    "telegram as a word": ('telegram = "yes"\n', ["line 1"]),
    "home inside its own file": ('nome = "x"\n', ["line 1", "nome"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), FILES.values(), ids=FILES.keys())
def test_a_wrong_file_is_told_with_its_line_and_what_is_allowed(
    tmp_path: Path, text: str, says: list[str]
) -> None:
    file = tmp_path / "gangting.toml"
    file.write_text(text, "utf-8")
    sentence = told(tmp_path)
    assert str(file) in sentence
    for word in says:
        assert word in sentence
    assert "hunter2" not in sentence
    assert "Traceback" not in sentence


@pytest.mark.parametrize("data", [b"\xff\xfe[\x00b", b"name = '\xe6\x9d'", b"\x00"])
def test_a_file_that_is_no_text_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "gangting.toml").write_bytes(data)
    assert "gangting.toml" in told(tmp_path)


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "gangting.toml").mkdir()
    assert "can't be read" in told(tmp_path)


ENVIRONMENT = {
    "an unknown name, nearly right": (
        "GANGTING_TELEGRAM__TOKN", "1:x", ["did you mean GANGTING_TELEGRAM__TOKEN?"],
    ),
    "another": ("GANGTING_DATABSE", "x", ["did you mean GANGTING_DATABASE?"]),
    "one underscore": ("GANGTING_TELEGRAM_TOKEN", "1:x", ["GANGTING_TELEGRAM__TOKEN"]),
    "far from everything": ("GANGTING_ZZZZ", "x", ["GANGTING_ZZZZ is not a setting", "known are"]),
    "in small letters": ("gangting_hoem", "x", ["gangting_hoem is not a setting"]),
    "the bureau": ("GANGTING_BUREAU", "{}", ["GANGTING_BUREAU is not a setting"]),
    "a token without a colon": (
        "GANGTING_TELEGRAM__TOKEN", "hunter2hunter2", ["GANGTING_TELEGRAM__TOKEN", "BotFather"],
    ),
    "a token with a space": (
        "GANGTING_TELEGRAM__TOKEN", "123:hunter2 hunter2", ["GANGTING_TELEGRAM__TOKEN"],
    ),
    "a token that is a colon": ("GANGTING_TELEGRAM__TOKEN", ":", ["BotFather"]),
    "an API without http": ("GANGTING_TELEGRAM__API", "api.telegram.org", ["http://"]),
    "a webhook without http": ("GANGTING_TELEGRAM__WEBHOOK_URL", "ftp://x", ["WEBHOOK_URL"]),
    "a speed in words": ("GANGTING_TELEGRAM__MESSAGES_PER_SECOND", "fast", ["number"]),
    "a log level": ("GANGTING_LOG", "loud", ["GANGTING_LOG", "debug, info"]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "says"), ENVIRONMENT.values(), ids=ENVIRONMENT.keys())
def test_a_wrong_environment_is_told_with_its_name_and_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    sentence = told(tmp_path)
    for word in says:
        assert word in sentence
    assert "hunter2" not in sentence


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gangting.toml").write_text(
        'log = "debug"\n[telegram]\ntoken = "1:file"\n', "utf-8"
    )
    monkeypatch.setenv("GANGTING_TELEGRAM__TOKEN", "2:environment")
    settings = load(tmp_path)
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "2:environment"
    assert settings.log == "debug"


def test_the_home_is_given_or_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load().home == Path("gangting-data")
    monkeypatch.setenv("GANGTING_HOME", str(tmp_path / "there"))
    settings = load()
    assert settings.home == tmp_path / "there"
    assert settings.database_url == f"sqlite:///{tmp_path / 'there' / 'gangting.db'}"
    assert settings.photo_folder == tmp_path / "there" / "photos"
    assert load(tmp_path / "given").home == tmp_path / "given"


def test_no_secret_is_in_what_is_printed_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANGTING_TELEGRAM__TOKEN", "123:hunter2hunter2")
    monkeypatch.setenv("GANGTING_TELEGRAM__WEBHOOK_SECRET", "hunter3hunter3")
    settings = load(tmp_path)
    for shown in (
        repr(settings),
        str(settings),
        repr(settings.telegram),
        repr(settings.model_dump()),
    ):
        assert "hunter" not in shown


def test_an_empty_token_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANGTING_TELEGRAM__TOKEN", "")
    assert load(tmp_path).telegram.token is None


def test_the_pace_is_bounded_for_the_official_server_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(tmp_path).telegram.api == OFFICIAL_API
    assert load(tmp_path).telegram.pace == OFFICIAL_PACE
    monkeypatch.setenv("GANGTING_TELEGRAM__API", "http://127.0.0.1:8081/")
    assert load(tmp_path).telegram.api == "http://127.0.0.1:8081"
    assert load(tmp_path).telegram.pace == 0
    monkeypatch.setenv("GANGTING_TELEGRAM__MESSAGES_PER_SECOND", "5")
    assert load(tmp_path).telegram.pace == 5


def test_the_shipped_bureau_is_complete() -> None:
    bureau = build_bureau(DEFAULT)
    assert sum(spot.key for spot in bureau.spots) == 3
    assert sum(not spot.key for spot in bureau.spots) >= 3
    assert len(bureau.categories) == 22
    assert bureau.category("none") is not None
    assert {(q.what, q.per, q.of, q.count) for q in bureau.quotas} == {
        ("visit", "week", "spot", 2), ("patrol", "week", "bureau", 2),
        ("special", "month", "bureau", 1), ("review", "quarter", "bureau", 1),
    }  # fmt: skip
    assert [q.count for q in bureau.quotas if q.of == "spot"] == [2]
    assert bureau.tz.key == "Asia/Shanghai"


def test_a_table_of_ones_own_replaces_the_shipped_one_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "gangting.toml").write_text(SPOTS, "utf-8")
    bureau = load(tmp_path).bureau
    assert [spot.code for spot in bureau.spots] == ["one", "two"]
    assert len(bureau.categories) == 22
    assert bureau.name == build_bureau(DEFAULT).name


def test_the_shipped_time_limits_are_the_proposals() -> None:
    bureau = build_bureau(DEFAULT)
    said = {
        name: f"{written(one.respond)}, {written(one.handle)}"
        for one in bureau.time_limits for name in (*one.categories, *one.sources) or ("",)
    }  # fmt: skip
    assert said == {
        "": "2 工作时, 1 工作日",
        "liutan": "1 工作时, 2 工作时", "zhandao": "1 工作时, 2 工作时",
        "luanting_ji": "1 工作时, 2 工作时", "luanting_fei": "1 工作时, 2 工作时",
        "dianwai": "2 工作时, 4 工作时", "xiaoguanggao": "2 工作时, 4 工作时",
        "laji": "2 工作时, 4 工作时", "manyi": "2 工作时, 4 工作时",
        "sidaluanjian": "4 工作时, 20 工作日", "hotline": "2 工作时, 5 工作日",
    }  # fmt: skip


def test_a_bureau_with_other_categories_keeps_of_the_shipped_limits_what_it_has() -> None:
    two = {"laji": {"name": "垃圾"}, "none": {"name": "无问题"}}
    bureau = build_bureau({"categories": two})
    assert [(one.categories, one.sources) for one in bureau.time_limits] == [
        ((), ()), (("laji",), ()), ((), ("hotline",)),
    ]  # fmt: skip
    assert build_bureau({"time_limits": []}).time_limits == ()


def test_limits_of_ones_own_replace_the_shipped_ones(tmp_path: Path) -> None:
    own = LIMIT + 'respond = "0.5紧急工作时"\nyellow = "30 紧急工作时"\ncategories = ["laji"]\n'
    (tmp_path / "gangting.toml").write_text(own, "utf-8")
    assert load(tmp_path).bureau.time_limits == (
        TimeLimit(
            handle=Term(2, "work_hour"), respond=Term(0.5, "urgent_hour"),
            yellow=Term(30, "urgent_hour"), categories=("laji",),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    "hours",
    ["work_to = 11:30:00", "work_from = 13:00:00", "morning = 09:00:00",
     "break_from = 12:00:00\nbreak_to = 12:00:00", "break_to = 13:00:00"],
)  # fmt: skip
def test_hours_need_no_break_of_their_own(tmp_path: Path, hours: str) -> None:
    (tmp_path / "gangting.toml").write_text(f"[hours]\n{hours}\n", "utf-8")
    assert load(tmp_path).bureau.hours.break_from == time(12)


def test_the_names_are_those_of_the_settings() -> None:
    names, tables = [], []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += [f"{PREFIX}{name}__{inner}".upper() for inner in kind.model_fields]
        elif name != "bureau":
            names.append(f"{PREFIX}{name}".upper())
        tables += [name] if name != "bureau" else []
    assert sorted(names) == sorted(NAMES)
    assert sorted(tables) == sorted(TABLES)


def test_a_token_needs_somebody_to_file_for(tmp_path: Path) -> None:
    """What is posted has an author; the token itself is never told."""
    (tmp_path / "gangting.toml").write_text('[intake]\nhotline_token = "0123456789abcdef"\n')
    sentence = told(tmp_path)
    assert "GANGTING_INTAKE__DESK: desk must be set too" in sentence
    assert "0123456789abcdef" not in sentence
    (tmp_path / "gangting.toml").write_text(
        '[intake]\ndesk = "王芳"\nhotline_token = "0123456789abcdef"\n', "utf-8"
    )
    own = load(tmp_path).intake
    assert own.tokens() == {"hotline": "0123456789abcdef"}
    assert "0123456789abcdef" not in repr(own)
