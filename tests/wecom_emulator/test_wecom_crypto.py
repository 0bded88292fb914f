"""The page's vectors (1.5), and wechatpy's enterprise cryptography as judge of what the emulator pushes."""

import json

import pytest
from aiohttp import web

from adapters.wecom.emulation import crypto, xml
from adapters.wecom.emulator import WeComEmulator
from tests.wecom_emulator.stage import Bot, Clock

TOKEN, KEY, CORP = "Hq7mTok3nDevRef", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ww5f3a9c1e7b2d4860"
V2 = (
    "<xml><ToUserName><![CDATA[ww5f3a9c1e7b2d4860]]></ToUserName><FromUserName><![CDATA[WangXiaoYan]]></FromUserName>"
    "<CreateTime>1759912400</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[/报备 云帆科技 ERP 30万]]>"
    "</Content><MsgId>7301122334455667788</MsgId><AgentID>1000007</AgentID></xml>"
)
V3 = (
    "<xml><ToUserName><![CDATA[WangXiaoYan]]></ToUserName><FromUserName><![CDATA[ww5f3a9c1e7b2d4860]]></FromUserName>"
    "<CreateTime>1759912402</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[已收到]]></Content></xml>"
)
V4 = (
    '{"msgid":"CAIQdevref","aibotid":"aibDEV","chatid":"wrDevGroup","chattype":"group","from":{"userid":"WangXiaoYan"},'
    '"response_url":"https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=DEVCODE","msgtype":"text",'
    '"text":{"content":"@销售助手 /help"}}'
)
VECTORS = {
    "V1 echostr": (
        b"A1b2C3d4E5f6G7h8",
        "4218760935521837462",
        CORP,
        "V3jBrB6TQCwdHPLg7zbeJyJtRbXgOnLfBgUqVzvp4scJ3AVKFP4T8pckJ6/c8ugMRbu1pWLZ22naBQS52ivxkw==",
        ("1759912345", "1372623149", "63bb84860b516fa73832693c74ab199fe7c5df5a"),
    ),
    "V2 text": (
        b"Z9y8X7w6V5u4T3s2",
        V2,
        CORP,
        "9tmrF3j4DTTgYz7ZfyDEv2GYfHTN7hkpP7wimEWrpkkFd5yBNJBhZRendj4yZYAaCdbw5lByYOJMrjz+LDPP1rxaPdSFxkv5pKjn6ci3yAK/"
        "uAKatu44nn2oZmCI6QhNE5arWmp6FCWCHoWhKMkAGydHrwWPnT/sthPM7QtdU8RVCpT4rSi8j/ANDZtalZjdgfDYEQMUAXjuZYKsgNIIk+8C"
        "liZlC26K3uftYZwcEHxF+HIwAVzCgu2pdWR5qPpVRuj+xuG/dTSF6gWKuJlVkTHn+8D+pKAOk/yvT3FgN6AUigDZWXe9RA0BZ+WfVrqOTGov"
        "+7ZJrYgsLGvA9vWj96wrllB+eufFbzBaoQzsFFza4ebfAJdNnrbsDt+E7KvJ6K5yuCDoS2GswyHaatjTLo/SUHAjii2leva+9XktEMtRHoJv"
        "gH3mGQslx+t17Fm6uAFndSH3SGcdd72aryvtbw==",
        ("1759912401", "880031452", "4b7bac77b3ff92717a365304573dc71684071cec"),
    ),
    "V3 passive reply": (
        b"rEpLy0123456789x",
        V3,
        CORP,
        "2k9CbDs3beOTnLMGG2hE0pXi/gcydGeujcB+zHAITudDgQ2ILmYGQXLjGoa+K3xjuiZJhknGDY1Sq+aoxBlXJJZ4AAikogKK2bvf3MzLeJg1"
        "5ESefxbFomZkJgeTiYpZZURgyCf3oUKAnu9/+NJcXvJleIZAXWf1uB0btMIhlTHh/fnSc8CPcRXLF8uX9tPUNkxQLSrkXgY0eJWZ2pMsGgFY"
        "dP+9tB7n3lz0yIVCWU6j+BjbmgIw2Qy1x2mbrrCloxUqddQq8WEXUUrqZ5L+V+BB6jJjFs7DIuY9Zy/EGPHFCs9NGkugC8279r89YS0R/NwE"
        "aD8xztCjHGdfswrmYqAy/C7gdnGDAndRk6SpwGeDdtCQaxWp+15dTULETYMg",
        ("1759912403", "n0nce77", "e9956950ca0829652eee78a8ad4e10820997facc"),
    ),
    "V4 smart bot": (
        b"0f1e2d3c4b5a6978",
        V4,
        "",
        "Bz+s31Cr2+nyTLtuXJNRWSeo4gJ5ANTTRBeUIXENQ48Ct9k9ntqDWnlUlNs/gNyeP5KPikDhPDfjHlUb6UVG1J7TRdLBTXNfkmv2rcK8trY3"
        "ZpqfRPFuFoeVySvqFbdq/6PpMoy8tPSteINbrhxLRE4UK6imEeOlnVd1blAHZchynmE+qtlJFMNJ9VhPPtxTwpm29JbHjXgK/oLLCXaUMVx4"
        "wi4S2iTHB4rVLMk74nCk+IEjKJ2rFyKSlcWmDUL9wcypN5ZzPG3Bx2uZluAS8mSXEXqIhw2mH5JJ22hDZUz7+NcUAX618RxOZcwiMg307dZd"
        "uueUb9maXeJWt1RyoHHfEBGawO6SL/Ay49cxVlZZGNMPRDGs4G4zTJYLLdUj",
        ("1759912500", "61420777", "9c99dd85368d3d022b23fc17904ef738ca505146"),
    ),
}


@pytest.mark.parametrize(("random", "message", "receive_id", "encrypted", "signed"), VECTORS.values(), ids=VECTORS)
def test_the_pages_vectors(
    random: bytes, message: str, receive_id: str, encrypted: str, signed: tuple[str, str, str]
) -> None:
    timestamp, nonce, signature = signed
    assert crypto.encrypt(message, KEY, receive_id, random) == encrypted
    assert crypto.decrypt(encrypted, KEY) == (message, receive_id)
    assert crypto.sign(TOKEN, timestamp, nonce, encrypted) == signature


def test_a_block_that_is_full_is_followed_by_32_blanks() -> None:
    encrypted = crypto.encrypt("x" * 26, KEY, CORP, b"pAdEdGe000000000")
    assert encrypted == (
        "1uKQoakKix8S8JA/pgwJTPZG9NgipiJCdsR+OKifijSLezf6L8KlzjtHu2GAcPtbup7TMlemS35g9hvOyT4pTp5ZjlEArap2vt1zxnDpbPxY"
        "9E81qGOufmnNxxp2Mjs/"
    )
    assert crypto.aes_key(KEY).hex() == "69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051"


def test_a_text_cannot_leave_its_element() -> None:
    said = "]]></Content><FromUserName>boss</FromUserName>\0\ud800"
    [content] = xml.read(xml.write({"Content": said}))["Content"]
    assert content == "]]></Content><FromUserName>boss</FromUserName>"


async def test_wechatpy_reads_what_is_pushed(wecom: WeComEmulator, bot: Bot, clock: Clock) -> None:
    from wechatpy.enterprise import parse_message
    from wechatpy.enterprise.crypto import WeChatCrypto

    await wecom.say("wangxiaoyan", "/报备 云帆科技 ]]> 30万")
    await wecom.menu("zhaomin", "MENU_MY_DEALS")
    await wecom.location("zhaomin", 30.2741, 120.1551, "西湖")
    judge = WeChatCrypto(TOKEN, KEY, CORP)
    text, click, place = [
        parse_message(judge.decrypt_message(raw, query["msg_signature"], query["timestamp"], query["nonce"]))
        for query, raw in bot.got
    ]
    assert (text.source, text.target, text.content) == ("WangXiaoYan", CORP, "/报备 云帆科技 ]]> 30万")
    assert (text.agent, int(text.id)) == (1000007, wecom.pushes[0].body["MsgId"])
    assert text.create_time.timestamp() == clock.now().timestamp()
    assert (click.event, click.key, click.agent) == ("click", "MENU_MY_DEALS", 1000007)
    assert (place.location, place.label, place.scale) == (("30.2741", "120.1551"), "西湖", "15")


async def test_the_url_is_verified_through_wechatpy(wecom: WeComEmulator, bot: Bot) -> None:
    from wechatpy.enterprise.crypto import WeChatCrypto

    judge = WeChatCrypto(TOKEN, KEY, CORP)

    def echo(request: web.Request, _raw: bytes) -> web.Response:
        query = request.query
        found = judge.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        return web.Response(text=found)

    bot.answer = echo
    assert await wecom.verify_url()
    bot.answer = lambda request, raw: web.Response(text=json.dumps(echo(request, raw).text))
    assert not await wecom.verify_url(), "nothing but the message: no quotes"


async def test_a_reply_made_by_wechatpy_is_shown(wecom: WeComEmulator, bot: Bot) -> None:
    from wechatpy.enterprise.crypto import WeChatCrypto

    judge = WeChatCrypto(TOKEN, KEY, CORP)
    reply = V3.replace("WangXiaoYan", "zhaomin")
    bot.answer = lambda _request, _raw: web.Response(text=judge.encrypt_message(reply, "n0nce77", "1759912403"))
    push = await wecom.say("zhaomin", "帮助")
    assert (push.reply, push.error) == (reply, "")
    assert [message.text for message in wecom.messages(wecom.app_chat("zhaomin"))] == ["帮助", "已收到"]
