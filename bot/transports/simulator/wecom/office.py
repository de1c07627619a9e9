"""What the active interface tells of members, departments and the app, and its menu and groups.

Each function takes the corporation and what was asked, and gives the answer without its errcode.
Sources: developer.work.weixin.qq.com/document/path/90196, 90208, 90227, 90231, 90245, 92520.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.transports.simulator.wecom import checks
from bot.transports.simulator.wecom.checks import Refusal
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.records import Room

Answer = dict[str, Any]
Query = Mapping[str, str]

MEMBERS = range(2, 2001)


def user(corp: Corp, query: Query) -> Answer:
    """user/get: a member as the app may see him; no mobile number, since 2022 none is told."""
    if not query.get("userid"):
        raise Refusal(41009, "missing userid")
    person = corp.person(query["userid"])
    if person is None:
        raise Refusal(60111, "userid not found")
    department = corp.squads.get(person.id, 1)
    return {
        "userid": corp.userid(person.id).lower(), "name": person.name, "department": [department],
        "order": [0], "position": person.role, "is_leader_in_dept": [0], "direct_leader": [],
        "alias": "", "status": 1, "isleader": 0, "enable": 1, "main_department": department,
        "extattr": {"attrs": []}, "hide_mobile": 0, "telephone": "",
    }  # fmt: skip


def departments(corp: Corp, query: Query) -> Answer:
    """department/list: the one with this id and those below it, or all."""
    wanted = _number(query, "id", 1)
    if wanted not in corp.departments:
        raise Refusal(60123, "invalid party id")
    told = corp.departments if wanted == 1 else [wanted]
    return {"department": [_department(corp, number) for number in told]}


def department(corp: Corp, query: Query) -> Answer:
    """department/get: the one with this id."""
    wanted = _number(query, "id", 0)
    if wanted not in corp.departments:
        raise Refusal(60123, "invalid party id")
    return {"department": _department(corp, wanted)}


def agent(corp: Corp, query: Query) -> Answer:
    """agent/get: the app."""
    _own(corp, query)
    seen = [p for p in corp.platform.people if p not in corp.removed]
    return {
        "agentid": corp.setup.agent_id, "name": "岗亭", "description": "", "square_logo_url": "",
        "allow_userinfos": {"user": [{"userid": corp.userid(p).lower()} for p in seen]},
        "allow_partys": {"partyid": [1] if corp.root_visible else []},
        "allow_tags": {"tagid": []}, "close": 0, "redirect_domain": "", "home_url": "",
        "report_location_flag": 0, "isreportenter": 1,
    }  # fmt: skip


def create_menu(corp: Corp, body: dict[str, Any], query: Query) -> Answer:
    """menu/create: the app shows these entries."""
    _own(corp, query)
    corp.state.menu = checks.menu(body)
    corp.platform.tell({"kind": "menu", "menu": corp.state.menu})
    return {}


def get_menu(corp: Corp, query: Query) -> Answer:
    """menu/get: the entries that the app shows."""
    _own(corp, query)
    if not corp.state.menu:
        raise Refusal(46003, "menu no exist")
    return {"button": corp.state.menu}


def create_room(corp: Corp, body: dict[str, Any], _: Query) -> Answer:
    """appchat/create: a group made by the app; it shows in the platform's one group."""
    if not corp.root_visible:
        raise Refusal(60011, "no privilege to access/modify contact/party/agent")
    members = body.get("userlist")
    if not isinstance(members, list) or len(members) not in MEMBERS:
        raise Refusal(40032, "invalid userlist size, 2 to 2000 members")
    if not all(isinstance(m, str) and corp.person(m) for m in members):
        raise Refusal(40031, "invalid userid in userlist")
    owner = str(body.get("owner", members[0]))
    if owner not in members:
        raise Refusal(40058, "the owner must be in userlist")
    room = str(body.get("chatid") or corp.fresh("room"))
    if room in corp.state.rooms:
        raise Refusal(40058, "chatid exists")
    corp.state.rooms[room] = Room(str(body.get("name", "")), owner, members)
    return {"chatid": room}


def get_room(corp: Corp, query: Query) -> Answer:
    """appchat/get: a group made by the app."""
    room = corp.state.rooms.get(query.get("chatid", ""))
    if room is None:
        raise Refusal(40050, "chatid does not exist")
    told = {"name": room.name, "owner": room.owner, "userlist": room.members, "chat_type": 0}
    return {"chat_info": {"chatid": query["chatid"], **told}}


def addresses(_: Corp, __: Query) -> Answer:
    """Calls getcallbackip and get_api_domain_ip: made up, as everything here."""
    return {"ip_list": ["127.0.0.1"]}


def _department(corp: Corp, number: int) -> Answer:
    return {
        "id": number, "name": corp.departments[number], "parentid": 0 if number == 1 else 1,
        "order": number, "department_leader": [],
    }  # fmt: skip


def _number(query: Query, name: str, absent: int) -> int:
    text = query.get(name, str(absent))
    if not text.isdigit():
        raise Refusal(40058, f"{name} must be a number")
    return int(text)


def _own(corp: Corp, query: Query) -> None:
    if "agentid" not in query:
        raise Refusal(41011, "missing agentid")
    if query["agentid"] != str(corp.setup.agent_id):
        raise Refusal(40056, "invalid agentid")
