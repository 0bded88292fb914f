"""Reads the configuration: file, then environment, then secret files; every problem at once, each on one line."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from bot.config import Config, Dingtalk, Feishu, Table, Wecom
from bot.errors import OperatorError

DEFAULT_FILE = Path("bot.toml")
CHANNEL_MODELS: tuple[type[Table], ...] = (Feishu, Wecom, Dingtalk)
UNREADABLE = "unreadable" * 4  # stands in for a secret whose file could not be read, so that it is reported once

Tables = dict[str, Any]


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """From ``path``, else ``BOT_CONFIG``, else ``bot.toml`` if there is one. Raises OperatorError: all problems."""
    named = path or (Path(environ["BOT_CONFIG"]) if environ.get("BOT_CONFIG") else None)
    problems: list[str] = []
    tables = _read(named) if named or DEFAULT_FILE.exists() else {}
    _override(tables, environ, problems)
    for where, table, models in _tables(tables):
        _read_secrets(where, table, models, problems)
    try:
        config = Config.model_validate(tables)
    except ValidationError as error:
        raise OperatorError("\n".join([*problems, *_sentences(error)])) from None
    if problems:
        raise OperatorError("\n".join(problems))
    return config


def _read(named: Path | None) -> Tables:
    path = named or DEFAULT_FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OperatorError(f"{path}：无法读取配置文件（{error.strerror}），请检查路径与权限") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{path}：不是 UTF-8 文件，请另存为 UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"{path}：TOML 语法有误（{error}），请修正该行") from None


# -- environment -----------------------------------------------------------------------------------------------------


def _override(tables: Tables, environ: Mapping[str, str], problems: list[str]) -> None:
    for variable, value in sorted(environ.items()):
        if not variable.startswith("BOT_") or "__" not in variable:
            continue
        match variable.removeprefix("BOT_").lower().split("__"):
            case ["channels", name, key] if name and key:
                channels = tables.setdefault("channels", {})
                _put(channels.setdefault(_channel(name, channels), {}), key, value)
            case [table, key] if table not in ("", "channels") and key:
                _put(tables.setdefault(table, {}), key, value)
            case _:
                problems.append(f"{variable}：环境变量应写作 BOT_<表>__<键> 或 BOT_CHANNELS__<渠道>__<键>")


def _channel(name: str, known: Iterable[str]) -> str:
    """Environments know neither case nor hyphens: ``FEISHU_EAST`` means the file's ``feishu-east``."""
    return next((k for k in known if k.lower().replace("-", "_") == name), name)


def _put(table: object, key: str, value: str) -> None:
    """A secret and its file stand for the same setting: whichever the environment names replaces both."""
    if isinstance(table, dict):
        table.pop(key.removesuffix("_file") if key.endswith("_file") else f"{key}_file", None)
        table[key] = value


# -- secret files ----------------------------------------------------------------------------------------------------


def _tables(tables: Tables) -> Iterable[tuple[str, Tables, tuple[type[BaseModel], ...]]]:
    """Every table that is one, with its name and the models it may be."""
    for name, field in Config.model_fields.items():
        table = tables.get(name)
        if name == "channels":
            channels = table.items() if isinstance(table, dict) else ()
            yield from (
                (f"channels.{key}", value, CHANNEL_MODELS) for key, value in channels if isinstance(value, dict)
            )
        elif isinstance(table, dict) and isinstance(field.annotation, type):
            yield name, table, (field.annotation,)


def _read_secrets(where: str, table: Tables, models: Iterable[type[BaseModel]], problems: list[str]) -> None:
    secrets = {key for model in models for key, field in model.model_fields.items() if field.annotation is SecretStr}
    for key in sorted(secrets & {key.removesuffix("_file") for key in table if key.endswith("_file")}):
        path = table.pop(f"{key}_file")
        if key in table:
            problems.append(f"{where}.{key}：与 {key}_file 只能填写一个，请删除其中之一")
            continue
        table[key] = UNREADABLE
        try:
            table[key] = Path(str(path)).read_text(encoding="utf-8-sig").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "不是 UTF-8 文本"
            problems.append(f"{where}.{key}_file：无法读取 {path}（{reason}），请检查路径与权限")


# -- sentences -------------------------------------------------------------------------------------------------------

SENTENCES = {
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "string_type": "应为文字，请加引号",
    "path_type": "应为路径，请加引号",
    "model_type": "应为表，请写作 [表名]",
    "model_attributes_type": "应为表，请写作 [表名]",
    "dict_type": "应为表，请写作 [channels.渠道名]",
    "union_tag_not_found": "缺少 platform，请填写 feishu、wecom 或 dingtalk",
    "union_tag_invalid": "platform 应为 feishu、wecom 或 dingtalk",
    "literal_error": "应为 {expected} 之一",
    "greater_than": "应大于 {gt:g}",
    "greater_than_equal": "不能小于 {ge:g}",
    "less_than_equal": "不能大于 {le:g}",
}


def _sentences(error: ValidationError) -> Iterable[str]:
    for problem in error.errors(include_url=False, include_input=False):
        location = [str(part) for part in problem["loc"] if part != "[key]"]
        models: tuple[type[BaseModel], ...] = (Config,)
        if location[0] == "channels":
            models = tuple(m for m in CHANNEL_MODELS if m.__name__.lower() in location[2:3])
            del location[2:3]  # the platform, which pydantic tells apart by
        elif len(location) > 1:
            models = tuple(m for _, _, (m, *_) in _tables({location[0]: {}}))
        kind = problem["type"]
        if kind == "extra_forbidden":
            yield f"{'.'.join(location)}：没有这个键，{_nearest(location[-1], models)}"
        else:
            known = SENTENCES[kind].format(**problem.get("ctx", {})) if kind in SENTENCES else problem["msg"]
            yield f"{'.'.join(location)}：{known.removeprefix('Value error, ').replace(' or ', '、')}"


def _nearest(key: str, models: Iterable[type[BaseModel]]) -> str:
    known = [name for model in models for name in model.model_fields]
    near = difflib.get_close_matches(key, known, n=1)
    return f"是否指 {near[0]}" if near else f"请删除，或改为 {'、'.join(known)} 之一"
