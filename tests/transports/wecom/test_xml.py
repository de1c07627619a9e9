"""XML from anybody: ours is read, a bomb is refused at once."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transports.wecom.xml import BadXml, parse

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    + "]><xml>&j;</xml>"
)  # fmt: skip
QUADRATIC = f'<!DOCTYPE q [<!ENTITY a "{"a" * 30_000}">]><xml>{"&a;" * 8_000}</xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml>&f;</xml>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><xml/>'
DEEP = "<a>" * 1_900 + "</a>" * 1_900
MANY = f"<xml>{'<a/>' * 14_000}</xml>"


def test_leaves_are_text_and_the_rest_dicts() -> None:
    body = "<xml><A><![CDATA[ 你 好\n]]></A><B><C>1</C><D/></B><E a='b'>2</E></xml>"
    assert parse(body.encode()) == {"A": " 你 好\n", "B": {"C": "1", "D": ""}, "E": "2"}


def test_what_is_repeated_is_a_list() -> None:
    body = b"<xml><L>\n<item><M>1</M></item>\n<item><M>2</M></item>\n</L><x>1</x><x/><x>3</x></xml>"
    assert parse(body) == {"L": {"item": [{"M": "1"}, {"M": "2"}]}, "x": ["1", "", "3"]}


def test_one_item_is_no_list() -> None:
    assert parse(b"<xml><L><item>1</item></L></xml>") == {"L": {"item": "1"}}


def test_an_empty_root_is_an_empty_dict() -> None:
    assert parse(b"<xml/>") == parse(b"<xml>words</xml>") == {}


@pytest.mark.parametrize(
    "body",
    [LAUGHS, QUADRATIC, OUTSIDE, REMOTE, DEEP, MANY],
    ids=["laughs", "quadratic", "file", "remote", "deep", "many"],
)
def test_a_bomb_is_refused_at_once(body: str) -> None:
    begun = time.process_time()
    with pytest.raises(BadXml):
        parse(body.encode())
    assert time.process_time() - begun < 0.05


def test_a_text_full_of_tag_signs_is_read() -> None:
    said = "<" * 2048
    assert parse(f"<xml><Content><![CDATA[{said}]]></Content></xml>".encode()) == {"Content": said}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"not xml", b"<xml>", b"<xml/><xml/>", b"<!DOCTYPE xml><xml/>", b"\xff\xfe",
        b'<?xml version="1.0" encoding="klingon"?><xml/>', b"<xml>\x00</xml>", b"<xml>&a;</xml>",
        b'<?xml version="1.0" encoding="gb2312"?><xml>\xc4\xe3</xml>',
    ],
)  # fmt: skip
def test_what_is_no_xml_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(BadXml):
        parse(body)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text("<>/!&;xml[]\"' =?", max_size=60).map(str.encode))
def test_any_bytes_give_a_dict_or_bad_xml(body: bytes) -> None:
    with contextlib.suppress(BadXml):
        assert isinstance(parse(body), dict)
