"""Whatever is written and offered: within the documents' limits, and nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transports.simulator.wecom import cards as platform
from bot.transports.wecom import texts
from bot.transports.wecom.cards import DONE, NOTHING, Choice, Look, ended, look

CHINESE = "松江路乱停车已记下，2 张。\n请看！（一）👮‍♂️é\u200b\x00ab*_[x](http://a_b)"
WRITTEN = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(CHINESE)))
LABELS = st.text(st.sampled_from("松江路永福滨河公园南口3号 \nab…1"), min_size=1, max_size=40)
BUTTONS = st.builds(
    Choice,
    LABELS,
    st.text(st.sampled_from("v1:abc0松"), min_size=1, max_size=45),
    primary=st.booleans(),
)
LINKS = st.builds(lambda label: Choice(label, url="https://example.test/a_b"), LABELS)
COPIES = st.builds(lambda label: Choice(label, copy="copied words"), LABELS)
KEYBOARD = st.lists(st.one_of(BUTTONS, BUTTONS, BUTTONS, LINKS, COPIES), max_size=24)
MARK = re.compile(r"（\d+/\d+）\Z")


def joined(split: tuple[str, ...] | list[str]) -> str:
    return "".join(split) if len(split) == 1 else "".join(MARK.sub("", part) for part in split)


def keys(card: platform.Card | None) -> list[str]:
    if card is None:
        return []
    if "checkbox" in card:
        return [option["id"] for option in card["checkbox"]["option_list"]]
    return [button["key"] for button in card["button_list"] if "key" in button]


def words(card: platform.Card) -> str:
    """What the card's fields say of the text."""
    title, desc = card["main_title"]["title"], card["main_title"].get("desc", "")
    return "\n".join(part for part in (title, desc, card.get("sub_title_text", "")) if part)


def squeezed(text: str) -> str:
    return "".join(text.split())


def passes(card: platform.Card) -> None:
    """The strict platform takes it, and has nothing to remark."""
    remarks: list[str] = []
    platform.check(card | {"task_id": "t1"}, remarks.append)
    assert remarks == []


@given(WRITTEN, st.integers(128, 3000))
def test_a_text_of_any_length_is_split_within_the_limit_and_joins_again(text: str, limit: int):
    split = texts.parts(text, limit)
    assert all(len(part.encode()) <= limit for part in split)
    assert joined(split) == text
    if len(split) > 1:
        assert [MARK.search(part).group() for part in split] == [
            f"（{n}/{len(split)}）" for n in range(1, len(split) + 1)
        ]


def test_a_text_is_split_between_its_lines():
    text = "\n".join(f"{n}. {'字' * 50}" for n in range(60))
    split = texts.parts(text)
    assert len(split) == 5
    assert all(MARK.sub("", part).endswith("\n") for part in split[:-1])
    assert split[0].endswith("字\n（1/5）")


def test_three_thousand_chinese_characters_without_a_line_go_in_five_parts():
    text = "松江路口乱停车，" * 375
    split = texts.parts(text)
    assert len(split) == 5
    assert joined(split) == text
    assert all(MARK.sub("", part).endswith("，") for part in split)


@given(WRITTEN, KEYBOARD, st.booleans(), st.booleans())
def test_any_message_is_within_the_limits_and_loses_nothing(text, choices, cards, urls):
    shown = look(text, choices, cards=cards, urls=urls)
    assert all(len(part.encode()) <= texts.TEXT_BYTES for part in shown.texts)
    said = joined(shown.texts)
    if shown.card is not None:
        passes(shown.card)
        said += "\n" + words(shown.card)
        linked = [b["url"] for b in shown.card.get("button_list", []) if "url" in b]
        assert urls or not linked
    else:
        linked = []
    assert squeezed(text) in squeezed(said)
    asked = [choice.data for choice in choices if choice.data]
    assert [*keys(shown.card), *(data for _, data in shown.menu)] == asked
    for choice in choices:
        if choice.url:
            assert choice.url in linked or choice.url in said
        if choice.copy:
            assert choice.copy in said


@given(WRITTEN, st.lists(BUTTONS, min_size=1, max_size=20, unique_by=lambda c: c.data))
def test_up_to_twenty_choices_are_a_card_that_can_be_told_apart(text, choices):
    shown = look(text, choices)
    assert shown.card is not None
    vote = shown.card["card_type"] == "vote_interaction"
    assert vote is (len(choices) > 6)
    labels = (
        [option["text"] for option in shown.card["checkbox"]["option_list"]]
        if vote
        else [button["text"] for button in shown.card["button_list"]]
    )
    assert len(set(labels)) == len(labels)


@given(WRITTEN, st.lists(BUTTONS, min_size=1, max_size=20, unique_by=lambda c: c.data), WRITTEN)
@pytest.mark.parametrize("greys", [True, False])
def test_a_card_that_lost_its_buttons_can_not_be_pressed(greys, text, choices, after):
    before = look(text, choices).card
    assert before is not None
    shown = ended(after, before, greys=greys)
    assert shown.card is not None
    passes(shown.card)
    assert squeezed(after) in squeezed(joined(shown.texts) + words(shown.card))
    if before["card_type"] == "vote_interaction":
        assert shown.card["checkbox"]["disable"] is True
    elif not greys:
        assert keys(shown.card) == [NOTHING]
    assert shown.card.get("replace_text") == (DONE if greys else None)
    assert ended(after, shown.card, greys=greys) == shown


def test_the_first_line_is_the_title_and_the_rest_the_body():
    shown = look("已记下：松江路\n2 张，占道经营", [Choice("改点位", "v1:sp:1:1", primary=True)])
    assert shown == Look(
        (),
        {
            "card_type": "button_interaction",
            "main_title": {"title": "已记下：松江路"},
            "sub_title_text": "2 张，占道经营",
            "button_list": [{"text": "改点位", "style": 1, "key": "v1:sp:1:1"}],
        },
    )


def test_a_first_line_that_is_too_long_is_parted_after_a_mark():
    line = "这条已经由王队长在十点零五分改到永福路了，您的改动没有生效。"
    card = look(line, [Choice("看记录", "v1:re:1:1")]).card
    assert card["main_title"]["title"] == "这条已经由王队长在十点零五分改到永福路了，"
    assert card["sub_title_text"] == "您的改动没有生效。"


def test_an_address_in_the_first_line_stays_whole():
    line = "大屏 https://wall.example.test/board?week=2026-09,2026-10"
    card = look(line, [Choice("看记录", "v1:re:1:1")]).card
    assert card["sub_title_text"] == line


def test_a_text_that_is_too_long_for_a_card_goes_before_it_whole():
    text = "本周巡查\n" + "\n".join(f"松江路 {n}/2，专项 1/1" for n in range(20))
    shown = look(text, [Choice("看记录", "v1:re:1:1")])
    assert shown.texts == (text,)
    assert shown.card["main_title"] == {"title": "本周巡查"}
    assert "sub_title_text" not in shown.card


def test_a_vote_holds_two_lines_and_a_longer_text_goes_before_it():
    places = [Choice(f"点位{n}", f"d{n}") for n in range(7)]
    assert look("哪里拍的？\n选一个", places).texts == ()
    shown = look("哪里拍的？\n选一个\n或者发定位", places)
    assert shown.texts == ("哪里拍的？\n选一个\n或者发定位",)
    assert shown.card["main_title"] == {"title": "哪里拍的？"}


def test_a_button_that_is_not_the_main_one_does_not_look_like_it():
    card = look("哪里", [Choice("松江路", "a", primary=True), Choice("永福路", "b")]).card
    assert [button["style"] for button in card["button_list"]] == [1, 2]


def test_without_cards_the_choices_are_numbered_and_the_numbers_are_kept():
    shown = look("哪里", [Choice("松江路", "a"), Choice("永福路", "b")], cards=False)
    assert shown.texts == ("哪里\n1 松江路\n2 永福路\n回复数字就行。",)
    assert shown.menu == (("松江路", "a"), ("永福路", "b"))


def test_more_than_twenty_choices_and_equal_data_are_numbered():
    many = [Choice(f"点位{n}", f"d{n}") for n in range(21)]
    assert len(look("哪里", many).menu) == 21
    assert len(look("哪里", [Choice("甲", "a"), Choice("乙", "a")]).menu) == 2


def test_links_open_where_buttons_can_and_stand_in_the_text_where_not():
    choices = [Choice("看大屏", url="https://example.test/wall"), Choice("知道了", "ok")]
    opened = look("本周", choices).card["button_list"]
    assert opened[0] == {
        "text": "看大屏",
        "style": 2,
        "type": 1,
        "url": "https://example.test/wall",
    }
    shown = look("本周", choices, urls=False).card
    assert shown["sub_title_text"] == "看大屏：https://example.test/wall"
    assert [button["text"] for button in shown["button_list"]] == ["知道了"]


def test_labels_that_begin_alike_are_told_apart_by_their_ends():
    alike = ["松江路东口的停车场南门", "松江路东口的停车场北门"]
    assert texts.short(alike, 10) == ["松江路东口…车场南门", "松江路东口…车场北门"]
    same = ["松江路东口的停车场南门", "松江路东口的停车场南门"]
    assert texts.short(same, 10) == ["1 松江路东口的停…", "2 松江路东口的停…"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**粗** _斜_ `码` ~~删~~", "＊＊粗＊＊ ＿斜＿ ｀码｀ ～～删～～"),  # noqa: RUF001
        ("[点我](http://x.test/a_b)", "[点我]\u200b(http://x.test/a_b)"),
        ("看 https://x.test/a_b?c=*1", "看 https://x.test/a_b?c=＊1"),  # noqa: RUF001
        ('<font color="warning">红</font>', '<\u200bfont color="warning">红<\u200b/font>'),
        ("# 题\n> 引\n1. 一\n- 二", "\u200b# 题\n\u200b> 引\n\u200b1. 一\n\u200b- 二"),
        ("  # 题\n   - 一\n |a|", "\u200b  # 题\n\u200b   - 一\n\u200b |a|"),
        ("看\r# 题", "看\r\u200b# 题"),
        ("<@all> 快来", "<\u200b@all> 快来"),
        ("5 < 6，3>2，&lt;", "5 < 6，3>2，&\u200blt;"),
        ("普通的一句话，2/2。", "普通的一句话，2/2。"),
    ],
)
def test_what_a_person_wrote_shows_as_written_in_markdown(written: str, shown: str):
    assert texts.markdown(written) == shown


@given(WRITTEN)
def test_markdown_grows_a_text_at_most_fourfold(text: str):
    assert len(texts.markdown(text).encode()) <= 4 * len(text.encode()) + 3
