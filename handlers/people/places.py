"""Regions and provinces as the organisation divides the country (contract 4)."""

from __future__ import annotations

from typing import Final

REGIONS: Final = {
    "华东": ("上海", "江苏", "浙江", "安徽", "福建", "江西", "山东"),
    "华南": ("广东", "广西", "海南", "香港", "澳门"),
    "华北": ("北京", "天津", "河北", "山西", "内蒙古"),
    "华中": ("河南", "湖北", "湖南"),
    "西南": ("重庆", "四川", "贵州", "云南", "西藏"),
    "西北": ("陕西", "甘肃", "青海", "宁夏", "新疆"),
    "东北": ("辽宁", "吉林", "黑龙江"),
}
PROVINCES: Final = tuple(province for provinces in REGIONS.values() for province in provinces)
SUFFIXES: Final = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市")


def province(words: str) -> str:
    """浙江 for 浙江省; "" for what is no province."""
    name = words.strip()
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    return name if name in PROVINCES else ""


def region_of(name: str) -> str:
    """The region a province lies in; "" for what is no province."""
    return next((region for region, provinces in REGIONS.items() if name in provinces), "")


def parts(territory: str) -> tuple[str, str]:
    """(region, province) of a territory that is either; two empty ones for neither."""
    if territory in REGIONS:
        return territory, ""
    name = province(territory)
    return region_of(name), name
