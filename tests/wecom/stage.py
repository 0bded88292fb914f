"""WeCom's hand without its emulator: callbacks signed and encrypted after the page, with a cipher of its own."""

import base64
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.wecom.config import WecomConfig

TOKEN = "Hq7mTok3nDevRef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CORP = "ww5f3a9c1e7b2d4860"
AGENT = 1000007
NOW = datetime.fromtimestamp(1759912402, UTC)
NONCE = "880031452"
PATH = "/channels/wecom/callback"
HOME = "https://bot.example.com/"


def config(base_url: str = "http://127.0.0.1:9", **changed: Any) -> WecomConfig:
    known: dict[str, Any] = {
        "name": "wecom",
        "base_url": base_url,
        "corp_id": CORP,
        "agent_id": AGENT,
        "secret": "demo-app-secret",
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "home": HOME,
    }
    return WecomConfig(**(known | changed))


def sealed(plain: bytes | str, receiver: str = CORP, random: str = "Z9y8X7w6V5u4T3s2", padding: bytes = b"") -> str:
    """``padding`` instead of the right one."""
    message = plain.encode() if isinstance(plain, str) else plain
    return base64.b64encode(
        ciphered(random.encode() + struct.pack(">I", len(message)) + message + receiver.encode(), padding)
    ).decode()


def ciphered(plain: bytes, padding: bytes = b"") -> bytes:
    key = base64.b64decode(AES_KEY + "=")
    missing = 32 - len(plain) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return cipher.update(plain + (padding or bytes([missing]) * missing)) + cipher.finalize()


def signed(encrypt: str, at: float = NOW.timestamp() - 1, token: str = TOKEN, nonce: str = NONCE) -> dict[str, str]:
    stamp = str(int(at))
    digest = hashlib.sha1("".join(sorted((token, stamp, nonce, encrypt))).encode()).hexdigest()  # noqa: S324 theirs
    return {"msg_signature": digest, "timestamp": stamp, "nonce": nonce}


def envelope(encrypt: str) -> bytes:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID><![CDATA[{AGENT}]]></AgentID>"
        f"<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    ).encode()


def message(kind: str, *parts: str, corp: str = CORP, user: str = "WangXiaoYan", at: int = 1759912400) -> str:
    """Plaintext of a message or event; ``parts`` are elements as XML."""
    return (
        f"<xml><ToUserName><![CDATA[{corp}]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{''.join(parts)}</xml>"
    )


def said(text: str, number: int = 7301122334455667788, **whose: Any) -> str:
    return message("text", f"<Content><![CDATA[{text}]]></Content>", f"<MsgId>{number}</MsgId>", **whose)


def event(name: str, *parts: str, **whose: Any) -> str:
    return message("event", f"<Event><![CDATA[{name}]]></Event>", *parts, f"<AgentID>{AGENT}</AgentID>", **whose)


def clicked(key: str, *selected: str, task: str = "t1", code: str = "RESPONSECODE72H", **whose: Any) -> str:
    """template_card_event; ``selected`` are SelectedItem elements."""
    items = f"<SelectedItems>{''.join(selected)}</SelectedItems>" if selected else ""
    return event(
        "template_card_event",
        f"<EventKey><![CDATA[{key}]]></EventKey><TaskId><![CDATA[{task}]]></TaskId>",
        f"<CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[{code}]]></ResponseCode>",
        items,
        **whose,
    )


def contact(change: str, *parts: str, **whose: Any) -> str:
    """change_contact, which the platform itself sends, without an AgentID."""
    change_type = f"<ChangeType><![CDATA[{change}]]></ChangeType>"
    return message("event", "<Event><![CDATA[change_contact]]></Event>", change_type, *parts, user="sys", **whose)


def chosen(name: str, *options: str) -> str:
    ids = "".join(f"<OptionId><![CDATA[{option}]]></OptionId>" for option in options)
    return f"<SelectedItem><QuestionKey><![CDATA[{name}]]></QuestionKey><OptionIds>{ids}</OptionIds></SelectedItem>"


@dataclass
class Channel:
    """The callback of the channel under test."""

    session: aiohttp.ClientSession
    port: int

    async def call(
        self, body: bytes | None, query: dict[str, str] | str, method: str = "POST", **more: Any
    ) -> tuple[int, bytes]:
        address = f"{PATH}?{query}" if isinstance(query, str) else PATH
        params = query if isinstance(query, dict) else None
        async with self.session.request(method, address, data=body, params=params, **more) as response:
            return response.status, await response.read()

    async def push(self, plain: str | bytes, receiver: str = CORP) -> tuple[int, bytes]:
        """Encrypted and signed as the platform does."""
        encrypt = sealed(plain, receiver)
        return await self.call(envelope(encrypt), signed(encrypt))
