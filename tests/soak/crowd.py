"""An organisation of any size: so many agents with one rep each, and a manager for each of some provinces."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from tests.build import Org

PROVINCES = (
    ("浙江", "华东"),
    ("江苏", "华东"),
    ("山东", "华东"),
    ("广东", "华南"),
    ("四川", "西南"),
    ("湖北", "华中"),
    ("安徽", "华东"),
    ("福建", "华东"),
    ("河南", "华中"),
    ("湖南", "华中"),
    ("河北", "华北"),
    ("陕西", "西北"),
)
SYLLABLES = "云栖湾锦程嘉远恒瑞启明晨曦丰泽鼎盛华庭悦澜璟岚翰睿铂尚"


def rep(number: int) -> str:
    return f"ou_rep{number}"


def manager(number: int) -> str:
    return f"ou_manager{number}"


@dataclass(frozen=True)
class Crowd(Org):
    """``managers`` at most twelve; the reps' agents are spread over their provinces. Everybody is on all channels."""

    reps: int = 8
    managers: int = 2
    channels: tuple[str, ...] = ("feishu",)

    def rows(self, name: str) -> list[dict[str, str]]:
        return self._agents() if name == "agents" else list(self._people())

    def _agents(self) -> list[dict[str, str]]:
        model = next(row for row in super().rows("agents") if row["code"] == "A0571-01")
        return [model | self._agent(number) for number in range(self.reps)]

    def _agent(self, number: int) -> dict[str, str]:
        province, region = PROVINCES[number % self.managers]
        return {
            "code": f"A0571-{number + 1:02}",
            "name": f"{SYLLABLES[number % 20]}{SYLLABLES[number // 20]}第{number}机电有限公司",
            "short_name": f"渠道{number}",
            "province": province,
            "region": region,
            "city": "",
        }

    def _people(self) -> Iterator[dict[str, str]]:
        director = "13900000000"
        yield self._person("周总监", director, "大区总监", region="华东", accounts=self._accounts("ou_director"))
        for number in range(self.managers):
            province, region = PROVINCES[number]
            yield self._person(
                f"经理{number}",
                f"1390000{number + 1:04}",
                "区域经理",
                province=province,
                region=region,
                manager=director,
                accounts=self._accounts(manager(number)),
            )
        for number in range(self.reps):
            yield self._person(
                f"业务员{number}",
                f"1380000{number + 1:04}",
                "代理商业务员",
                agent=f"A0571-{number + 1:02}",
                accounts=self._accounts(rep(number)),
            )

    def _accounts(self, open_id: str) -> str:
        return ";".join(f"{channel}:{open_id}" for channel in self.channels)

    def _person(self, name: str, phone: str, role: str, **more: str) -> dict[str, str]:
        empty = dict.fromkeys(("agent", "region", "province", "manager", "language", "accounts"), "")
        return {"name": name, "phone": phone, "role": role} | empty | more


def customers() -> Iterator[str]:
    """Companies of Hangzhou that nobody could take for each other."""
    for one, two, three in itertools.permutations(SYLLABLES, 3):
        yield f"杭州{one}{two}{three}酒店管理有限公司"
