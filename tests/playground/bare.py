"""Three messengers without a bot: whatever is posted by hand is drawn, and every push is answered with 200."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from adapters.dingtalk.emulator import CallbackRoute, DingTalkEmulator
from adapters.feishu.emulator import FeishuEmulator
from adapters.playground.messengers.dingtalk import DingTalk
from adapters.playground.messengers.feishu import Feishu
from adapters.playground.messengers.messenger import Messenger
from adapters.playground.messengers.wecom import WeCom
from adapters.playground.page import Playground
from adapters.playground.people import populate
from adapters.wecom.emulator import WeComEmulator
from tests.playground.script import Hall, suggest

ZHAO, LI, LIN = "zhaomin", "lijing", "ou_linlan"
JSON = dict[str, Any]

VARIABLES = {
    "title": "新报备 BB1001 · 待审批",
    "tone": "warning",
    "body": "",
    "fields": json.dumps([{"label": "客户", "text": "杭州云栖湾酒店管理有限公司"}], ensure_ascii=False),
    "buttons": "[]",
    "form": '{"fields":[]}',
    "submit1_id": "",
    "submit1_text": "",
    "submit2_id": "",
    "submit2_text": "",
    "status": "",
}


def template(**more: Any) -> dict[str, str]:
    """Our template's variables; what is no string becomes JSON."""
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in more.items()}
    return VARIABLES | given


@dataclass
class Bare:
    hall: Hall
    wecom: WeComEmulator
    dingtalk: DingTalkEmulator
    feishu: FeishuEmulator
    session: aiohttp.ClientSession
    address: str = ""
    tracks: int = 0

    @property
    def messengers(self) -> Mapping[str, Messenger]:
        return {
            "wecom": WeCom("wecom", self.wecom),
            "dingtalk": DingTalk("dingtalk", self.dingtalk),
            "feishu": Feishu("feishu", self.feishu),
        }

    async def template_card(self, card: JSON, user: str = ZHAO) -> None:
        """By message/send, as the app would."""
        self.tracks += 1
        card = card | ({"task_id": f"t{self.tracks}"} if card["card_type"] != "text_notice" else {})
        body = {"touser": user, "msgtype": "template_card", "agentid": self.wecom.agent_id, "template_card": card}
        token, _ = self.wecom.tokens.issue(self.wecom.corp_id, self.wecom.secret)
        url = f"{self.wecom.base_url}/cgi-bin/message/send?access_token={token}"
        raw = json.dumps(body, ensure_ascii=False).encode()
        async with self.session.post(url, data=raw) as answer:
            assert (said := await answer.json())["errcode"] == 0, said

    async def card(self, variables: Mapping[str, str], user: str = LI) -> None:
        """By createAndDeliver, its callbacks by HTTP."""
        self.tracks += 1
        robot = {"spaceType": "IM_ROBOT", "robotCode": self.dingtalk.client_id}
        body = {
            "cardTemplateId": self.dingtalk.card_template_id,
            "outTrackId": f"track-{self.tracks}",
            "callbackType": "HTTP",
            "callbackRouteKey": "here",
            "userIdType": 1,
            "cardData": {"cardParamMap": dict(variables)},
            "openSpaceId": f"dtv1.card//IM_ROBOT.{user}",
            "imRobotOpenSpaceModel": {"supportForward": False},
            "imRobotOpenDeliverModel": robot,
        }
        token, _ = self.dingtalk.tokens.issue(self.dingtalk.client_id, self.dingtalk.client_secret)
        headers = {"x-acs-dingtalk-access-token": token}
        url = f"{self.dingtalk.base_url}/v1.0/card/instances/createAndDeliver"
        async with self.session.post(url, json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()

    def heard(self) -> JSON:
        """The params of DingTalk's last callback."""
        content = json.loads(self.dingtalk.pushes[-1].body["content"])
        params: JSON = content.get("params") or content["cardPrivateData"]["params"]
        return params


async def _answered(_request: web.Request) -> web.Response:
    return web.json_response({})


@asynccontextmanager
async def bare() -> AsyncIterator[Bare]:
    hall = Hall()
    wecom = WeComEmulator(now=hall.now, bot_name="渠道通")
    dingtalk = DingTalkEmulator(now=hall.now, bot_name="渠道通", mode="webhook")
    feishu = FeishuEmulator(now=hall.now, bot_name="渠道通")
    emulators = (wecom, dingtalk, feishu)
    async with aiohttp.ClientSession() as session:
        platforms = Bare(hall, wecom, dingtalk, feishu, session)
        messengers = platforms.messengers
        app = Playground(messengers, hall, suggest).app()
        app.router.add_post("/callback", _answered)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        platforms.address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        wecom.callback_url = dingtalk.callback_url = feishu.callback_url = f"{platforms.address}callback"
        for emulator in emulators:
            await emulator.start()
        dingtalk.cards.callback_routes["here"] = CallbackRoute(f"{platforms.address}callback", "secret")
        populate(messengers)
        yield platforms
        await runner.cleanup()
        for emulator in emulators:
            await emulator.stop()
