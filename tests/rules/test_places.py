"""Places as written: exact, alias, sound, unknown; and places by distance."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.distances import metres
from bot.rules.places import Mention, Places
from bot.rules.records import Bureau, Spot
from bot.rules.scripts import levelled
from bot.rules.sounds import SHEET, syllable

MAKER = Path(__file__).parents[1] / "samples" / "make_sounds.py"


@pytest.fixture(scope="module")
def places(bureau: Bureau) -> Places:
    return Places(bureau.spots, bureau.vocabulary)


def one(places: Places, text: str) -> Mention:
    (mention,) = places.find(text)
    return mention


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("松江路摊贩2个", "songjiang", "exact"),
        ("松江西头占道", "songjiang", "alias"),
        ("淞江路占道", "songjiang", "sound"),
        ("宋江路占道", "songjiang", "sound"),
        ("用福路占道", "yongfu", "sound"),
        ("光明大到渣土", "guangming", "sound"),
        ("东家埠村垃圾", "dongjiabu", "sound"),
        ("垃圾中专站满溢", "station", "sound"),
        ("松江路与永福路交汇处", "junction", "exact"),
        ("松江路与永福路路口出店", "junction", "alias"),
        ("永福路和松江路交叉口占道", "junction", "alias"),
        ("松江与永福路口", "junction", "alias"),
        ("松江路岗亭占道", "junction", "alias"),
        ("松江路农贸市场门口", "nongmao", "exact"),
    ],
)
def test_a_known_place_is_found_however_it_is_written(
    places: Places, text: str, code: str, how: str
) -> None:
    mention = one(places, text)
    assert (mention.code, mention.how) == (code, how)


def test_exact_beats_what_sounds_alike() -> None:
    twins = Places((Spot("a", "永福路"), Spot("b", "永富路")))
    assert one(twins, "永富路").code == "b"
    assert one(twins, "永福路").code == "a"


def test_what_sounds_like_two_spots_is_left_open() -> None:
    twins = Places((Spot("a", "永福路"), Spot("b", "永富路")))
    mention = one(twins, "永付路")
    assert mention.code is None
    assert set(mention.alternatives) == {"a", "b"}


@pytest.mark.parametrize("text", ["解放路", "长江路", "建设路"])
def test_another_road_is_never_taken_for_a_known_one(places: Places, text: str) -> None:
    assert one(places, f"{text}占道3处") == Mention(None, text, 0, 3, "unknown")


@pytest.mark.parametrize("text", ["诵讲录", "送将路过一下", "永远福气", "马路上", "路面脏"])
def test_words_that_only_resemble_a_name_are_no_place(places: Places, text: str) -> None:
    assert places.find(text) == []


@pytest.mark.parametrize(
    "written",
    ["松江路东头", "松江路西头", "松江路东段", "松江路沿线", "松江路附近", "松江路学校门口"],
)
def test_a_tail_stays_part_of_the_mention_and_keeps_the_spot(places: Places, written: str) -> None:
    mention = one(places, f"{written} 占道")
    assert (mention.code, mention.text) == ("songjiang", written)


def test_a_crossing_of_one_road_names_the_junction_as_an_alternative(places: Places) -> None:
    assert one(places, "永福路路口占道").code == "yongfu"
    assert one(places, "永福路路口占道").alternatives == ("junction",)
    assert one(places, "永福路占道").alternatives == ()


def test_a_tail_is_not_cut_out_of_another_word(places: Places) -> None:
    assert one(places, "永福路上周几起").text == "永福路"
    assert one(places, "松江路口头教育").text == "松江路"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("福禄巷口堆料", "福禄巷口"),
        ("在人民路发现占道", "人民路"),
        ("今天去幸福小区巡查", "幸福小区"),
    ],
)
def test_an_unknown_place_is_kept_as_written(places: Places, text: str, written: str) -> None:
    mention = one(places, text)
    assert (mention.code, mention.text, mention.vague) == (None, written, False)


def test_an_alias_with_another_suffix_is_another_place(places: Places) -> None:
    mention = one(places, "松江南路占道")
    assert (mention.code, mention.text) == (None, "松江南路")
    assert mention.alternatives == ("songjiang",)


def test_a_junction_nobody_registered_names_both_roads(places: Places) -> None:
    mention = one(places, "光明大道与松江路路口")
    assert mention.code is None
    assert mention.alternatives == ("guangming", "songjiang")


def test_a_mere_kind_of_place_is_vague(places: Places) -> None:
    assert one(places, "学校门口有摊").vague
    assert not one(places, "第二小区门口有摊").vague


def test_two_listed_roads_stay_two_places(places: Places) -> None:
    assert [m.code for m in places.find("松江路/永福路 各2处")] == ["songjiang", "yongfu"]
    assert [m.code for m in places.find("松江路、永福路、光明大道")] == [
        "songjiang",
        "yongfu",
        "guangming",
    ]


def test_near_lists_measured_spots_nearest_first(places: Places, bureau: Bureau) -> None:
    road = bureau.spot("songjiang")
    assert road is not None
    assert road.lat is not None
    assert road.lon is not None
    listed = places.near(road.lat + 0.0003, road.lon)
    assert listed[0][0].code == "songjiang"
    assert 30 < listed[0][1] < 37
    assert [d for _, d in listed] == sorted(d for _, d in listed)
    assert Places((Spot("x", "无名路"),)).near(0, 0) == []


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert metres(34, 117, 35, 117) == pytest.approx(111_195, abs=50)
    assert metres(34, 117, 34, 117) == 0


def test_letters_sound_as_pypinyin_says() -> None:
    assert SHEET.read_text("utf-8") == runpy.run_path(str(MAKER))["table"]()
    said = {
        "永": "yong",
        "富": "fu",
        "银": "yin",
        "㐀": "qiu",
        "A": "A",
        " ": " ",
        "\n": "\n",
        "": "",
    }
    assert {letter: syllable(letter) for letter in said} == said
    assert syllable("\U00020000") == "\U00020000"


@given(text=st.text(max_size=300))
def test_no_text_breaks_places(places: Places, text: str) -> None:
    end = 0
    for mention in places.find(text):
        assert mention.start >= end
        assert text[mention.start : mention.end] == mention.text
        end = mention.end


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            ("人民广场（东门）占道", "east"),
            ("人民广场(东门)占道", "east"),
            ("人民广场东门占道", "east"),
        ),
        *(("臺北路占道", "north"), ("台北路占道", "north"), ("Ａ座（北）占道", "east")),
    ],
)
def test_a_name_is_found_however_its_letters_and_brackets_are_typed(
    bureau: Bureau, text: str, code: str
) -> None:
    spots = (Spot("east", "人民广场（东门）", aliases=("A座(北)",)), Spot("north", "臺北路"))
    mention = one(Places(spots, bureau.vocabulary), levelled(text))
    assert (mention.code, mention.alternatives) == (code, ())
