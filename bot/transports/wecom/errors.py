"""WeCom's error codes, and each as the Bot API would have said it; pure.

The codes are those of the page 全局错误码 (path/90313). The class follows from what the sender
does with an answer: after a 429 it waits without end, a 401 or 5xx comes again, a 400, 403, 404
or 409 is for good, and after a 403 the chat is taken as closed.
"""

from __future__ import annotations

from typing import Any

STALE_TOKEN = frozenset({40014, 41001, 42001})
"""The access token is unknown, missing or expired: a new one helps."""

NO_SUCH_CALL = frozenset({404, 405, 501, 48005})
"""What a deployment says of a call that it doesn't have; up to 599 the code is HTTP's."""

RETRY = {-1: 2, 45009: 60, 45011: 60, 45033: 2, 846607: 60}
"""Seconds to wait: busy; over the limit a minute (an hour's limit says the same); too many at once
(path/90454: a block of the minute's limit lasts a minute); the robot's `too many request`."""

CREDENTIALS = {
    40001: "the secret is wrong; check GANGTING_WECOM__SECRET",
    40013: "the corp id is wrong; check GANGTING_WECOM__CORP_ID",
    40056: "the agent id is wrong; check GANGTING_WECOM__AGENT_ID",
    40091: "the secret is wrong; check GANGTING_WECOM__SECRET",
    41002: "the corp id is missing; check GANGTING_WECOM__CORP_ID",
    41004: "the secret is missing; check GANGTING_WECOM__SECRET",
    42009: "the token belongs to another app; check agent id and secret",
    50003: "the app is switched off; switch it on in the admin console",
    301002: "the secret belongs to another app; check agent id and secret",
    2000002: "the corp id is wrong; check GANGTING_WECOM__CORP_ID",
    60020: "this machine's address is no trusted IP (企业可信IP); add it in the admin console",
    48002: "the app has no right to this call; grant it in the admin console",
    48004: "the app's authorisation is not valid any more",
    48006: "the right to this call was taken back",
    81012: "the app has no visible range",
}
"""The whole app is refused: nobody's chat is closed, everything comes again when it is mended."""

FORBIDDEN = {
    60011: "the member, department or app is outside the app's rights; widen its visible range",
    40003: "there is no such member",
    40031: "there is no such member",
    43004: "the member doesn't receive this app",
    46004: "there is no such member",
    50002: "the member is outside the app's visible range",
    60021: "the member is outside the app's visible range",
    60111: "there is no such member",
    81013: "no receiver exists within the app's visible range",
    82001: "there is no receiver",
    660003: "the member is outside the app's visible range",
    40050: "there is no such group",
    49008: "the group was dissolved",
    86001: "there is no such group",
    86003: "there is no such group",
    86008: "the group was not made by this app",
}
"""A receiver that the app may not have, or that is not there."""

NOT_FOUND = {40007: "the file is unknown or older than three days", 46001: "there is no such file"}

CONFLICT = {42014: "a card with this task id was sent before"}

NOT_EDITABLE = {
    42015: "the card is another app's",
    42016: "there is no such card",
    42022: "the card's code was used before",
}
"""What a card answers that can't be changed any more; the Bot API has one sentence for it."""

LONGEST = 300


class WeComError(Exception):
    """The platform refused a call; `message` is its errmsg, without anything secret."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message[:LONGEST]
        super().__init__(f"{code}: {self.message}")


class NoAnswer(ConnectionError):
    """The platform could not be reached, or what it answered was none; another try may help."""


def answer_of(error: WeComError) -> tuple[int, dict[str, Any]]:
    """HTTP status and body with which a Bot API server would have refused, for `check_response`."""
    code = error.code
    if code in RETRY:
        seconds = RETRY[code]
        body = _refusal(429, f"Too Many Requests: retry after {seconds}", error)
        return 429, body | {"parameters": {"retry_after": seconds}}
    if code in NO_SUCH_CALL:
        return 501, _refusal(501, "Not Implemented: the deployment lacks this call", error)
    if code in NOT_EDITABLE:
        said = f"Bad Request: message can't be edited: {NOT_EDITABLE[code]}"
        return 400, _refusal(400, said, error)
    for status, title, known in (
        (401, "Unauthorized", CREDENTIALS),
        (403, "Forbidden", FORBIDDEN),
        (404, "Not Found", NOT_FOUND),
        (409, "Conflict", CONFLICT),
    ):
        if code in known:
            return status, _refusal(status, f"{title}: {known[code]}", error)
    if code in STALE_TOKEN:
        return 401, _refusal(401, "Unauthorized: the platform refuses a fresh token", error)
    return 400, _refusal(400, "Bad Request", error)


def _refusal(status: int, said: str, error: WeComError) -> dict[str, Any]:
    description = f"{said} (WeCom {error.code}: {error.message})"
    return {"ok": False, "error_code": status, "description": description}
