"""The sample organisation as a company that works on WeCom would import it."""

from __future__ import annotations

from tests.build import Org

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


class OnWeCom(Org):
    def rows(self, name: str) -> list[dict[str, str]]:
        rows = super().rows(name)
        return (
            [row | {"accounts": row["accounts"].replace("feishu:ou_", "wecom:")} for row in rows]
            if name == "people"
            else rows
        )
