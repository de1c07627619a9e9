"""WeCom's XML as a dict; no document type, no entity, whoever sent it."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

DEEPEST = 16
"""Elements inside one another; the platform's go to six."""


MOST = 4_000
"""Signs that may open a tag; a text of the platform has at most 2048, all of which could be it."""


class BadXml(Exception):
    """Not well-formed, with a document type, too many or too deeply nested elements."""


def parse(body: bytes, most: int = MOST) -> dict[str, Any]:
    """What stands inside the root element.

    A leaf is its text, anything else a dict; what is repeated inside one element is a list.
    Attributes are dropped. Raises BadXml, nothing else, at once for more than `most` tags.
    """
    if body.count(b"<") > most:
        raise BadXml("too many elements")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as wrong:
        raise BadXml(f"no XML of ours: {type(wrong).__name__}") from None
    inside = _read(root, 1)
    return inside if isinstance(inside, dict) else {}


def _read(element: Element, depth: int) -> dict[str, Any] | str:
    if depth > DEEPEST:
        raise BadXml("nested too deeply")
    if len(element) == 0:
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _read(child, depth + 1)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found
