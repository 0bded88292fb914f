"""What stands inside a callback of the app, in the order the platform writes it (2.1-2.3, 90239, 90240)."""

from collections.abc import Mapping, Sequence

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.world import Corp, User, World


def head(world: World, user: User, corp: Corp, msg_type: str) -> JSON:
    """Members of other corps write to their own corp's id: that is where an answer has to go (6.3)."""
    return {
        "ToUserName": corp.corp_id,
        "FromUserName": user.user_id,
        "CreateTime": int(world.now().timestamp()),
        "MsgType": msg_type,
    }


def message(world: World, user: User, corp: Corp, msg_type: str, fields: Mapping[str, object]) -> JSON:
    foot = {"MsgId": world.new_number(), "AgentID": corp.agent_id}
    return {**head(world, user, corp, msg_type), **fields, **foot}


def event(world: World, user: User, corp: Corp, name: str, fields: Mapping[str, object]) -> JSON:
    return {**head(world, user, corp, "event"), "Event": name, **fields, "AgentID": corp.agent_id}


def plain_event(world: World, user: User, corp: Corp, name: str, key: str = "") -> JSON:
    """subscribe, unsubscribe, enter_agent (EventKey empty), click and view (the key, the URL)."""
    return event(world, user, corp, name, {"EventKey": key})


def position(world: World, user: User, corp: Corp, latitude: float, longitude: float, precision: float) -> JSON:
    """The position report: its name is in upper case, and it has AppType."""
    fields = {"Latitude": latitude, "Longitude": longitude, "Precision": precision}
    return {**event(world, user, corp, "LOCATION", fields), "AppType": "wxwork"}


def by_system(corp_id: str, at: int, name: str, fields: Mapping[str, object]) -> JSON:
    """change_contact and other events that nobody in particular caused: no AgentID."""
    return {"ToUserName": corp_id, "FromUserName": "sys", "CreateTime": at, "MsgType": "event", "Event": name, **fields}


def selected(choices: Mapping[str, Sequence[str]]) -> JSON:
    """SelectedItems, absent when nothing was to be chosen (2.3)."""
    if not choices:
        return {}
    items = [
        {"QuestionKey": question, "OptionIds": {"OptionId": list(options)}} for question, options in choices.items()
    ]
    return {"SelectedItems": {"SelectedItem": items}}
