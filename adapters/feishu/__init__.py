"""Feishu 飞书 (and Lark) by webhook and REST, without the vendor's SDK: it costs 2 s and 140 MB to import."""
