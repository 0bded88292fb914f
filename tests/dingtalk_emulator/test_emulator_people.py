"""What people send, and how the bot hears of it."""

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import Api, Client


async def test_words_go_out_and_come_back(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    push = await dingtalk.say("zhao", "帮助")
    assert (push.status, push.delivered) == (200, True)
    [heard] = client.heard()
    assert (heard["text"], heard["senderStaffId"], heard["conversationType"]) == ({"content": "帮助"}, "zhao", "1")
    status, answer = await api.send("zhao", {"content": "您好"})
    assert (status, len(answer["processQueryKey"])) == (200, 24)
    assert [message.text for message in dingtalk.messages(dingtalk.p2p_chat("zhao"))] == ["帮助", "您好"]
