"""A message's fields and its key, whatever stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transports.wecom import fields

ANYTHING: Any = st.recursive(
    st.text(max_size=30) | st.none() | st.integers() | st.floats() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)

CLICK = {
    "FromUserName": "zhang", "CreateTime": "1749470400", "MsgType": "event",
    "Event": "click", "EventKey": "week",
}  # fmt: skip


def test_a_message_is_known_by_its_id() -> None:
    assert fields.key_of({"MsgId": "7001", "Content": "a"}) == "msg:7001"


def test_an_event_is_known_by_who_when_and_what() -> None:
    assert fields.key_of(CLICK) == "event:zhang:1749470400:click:week:"
    assert fields.key_of({**CLICK, "AgentID": "2"}) == fields.key_of(CLICK)


@pytest.mark.parametrize(
    "name", ["FromUserName", "CreateTime", "Event", "EventKey", "TaskId", "ChangeType", "UserID"]
)
def test_whatever_differs_of_an_event_makes_another_key(name: str) -> None:
    assert fields.key_of({**CLICK, name: "other"}) != fields.key_of(CLICK)


def test_two_members_who_leave_in_one_second_are_two_events() -> None:
    left = {
        "FromUserName": "sys", "CreateTime": "1", "Event": "change_contact",
        "ChangeType": "delete_user",
    }  # fmt: skip
    assert fields.key_of({**left, "UserID": "a"}) != fields.key_of({**left, "UserID": "b"})


def test_fields_cant_be_shifted_into_one_another() -> None:
    one = {**CLICK, "EventKey": "a:b", "TaskId": "c"}
    two = {**CLICK, "EventKey": "a", "TaskId": "b:c"}
    assert fields.key_of(one) != fields.key_of(two)


def test_what_is_neither_is_known_by_all_it_says() -> None:
    assert fields.key_of({"a": "1"}) == fields.key_of({"a": "1"}) != fields.key_of({"a": "2"})


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(["MsgId", *CLICK, "TaskId", "UserID"]), ANYTHING))
def test_a_key_is_short_and_plain_whatever_it_is_made_of(message: dict[str, Any]) -> None:
    key = fields.key_of(message)
    assert 0 < len(key) <= 190
    assert key.isascii()
    assert key == fields.key_of(message)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("1749470400", 1749470400), ("0", None), ("-1", None), ("", None), ("9" * 5000, None),
     ("1749470400000", None), ("soon", None), (5, None)],
)  # fmt: skip
def test_a_moment_is_a_moment_or_none(said: Any, seconds: int | None) -> None:
    assert fields.seconds({"CreateTime": said}) == seconds


@pytest.mark.parametrize("said", ["", "x", "nan", "inf", "-inf", "1e400", "90.1", "-91", None, []])
def test_what_are_no_degrees_are_none(said: Any) -> None:
    assert fields.degrees({"x": said}, "x", 90) is None


def test_a_userid_fits_the_platforms_rule() -> None:
    assert all(map(fields.is_userid, ["zhang", "z", "a" * 64, "张三", "a-b_c.d@e"]))
    assert not any(map(fields.is_userid, ["", "a" * 65, "摊" * 22, "a\nb", "\ud800", "\0"]))
