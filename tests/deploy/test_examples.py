"""What an operator copies: bot.toml, compose.yaml, Dockerfile, nginx.conf and the unit, against what the program takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from adapters.http import MOST_BODY
from adapters.web import KEEPALIVE, SHUTDOWN_PATIENCE
from bot.config import Config, Feishu, Table
from bot.delivery import STOPPED_WITHIN
from bot.errors import OperatorError
from bot.settings import load
from tests.deploy.documents import DEPLOY, ROOT, command_parameters

EXAMPLE = DEPLOY / "bot.toml"
FILLED = {
    "BOT_CHANNELS__FEISHU__APP_ID": "cli_1",
    "BOT_CHANNELS__FEISHU__APP_SECRET": "secret of the app",
    "BOT_CHANNELS__FEISHU__ENCRYPT_KEY": "key of the pushes",
}


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


# -- bot.toml --------------------------------------------------------------------------------------------------------


def test_the_example_says_what_is_to_be_filled_in() -> None:
    with pytest.raises(OperatorError) as refused:
        load(EXAMPLE, {})
    keys = [line.partition("：")[0] for line in str(refused.value).splitlines()]
    assert keys == ["channels.feishu.app_id", "channels.feishu.app_secret", "channels.feishu.encrypt_key"]


def test_the_example_filled_in_is_the_defaults_with_one_feishu_channel() -> None:
    config = load(EXAMPLE, FILLED)
    channel = config.channels["feishu"]
    assert isinstance(channel, Feishu)
    assert channel.mode == "webhook"
    assert config.model_copy(update={"channels": {}}) == Config()


def test_the_example_shows_every_key() -> None:
    shown = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for name, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            assert shown[name].keys() == field.annotation.model_fields.keys()
    assert shown["channels"]["feishu"].keys() == Feishu.model_fields.keys()


def test_the_example_with_postgresql(tmp_path: Path) -> None:
    other = re.sub(r'^url = .*\n((?:#.*\n)*?)# (url = "postgresql)', r"\1\2", EXAMPLE.read_text("utf-8"), flags=re.M)
    file = tmp_path / "bot.toml"
    file.write_text(other, encoding="utf-8")
    with pytest.raises(OperatorError, match=r"^security\.signing_key："):
        load(file, FILLED)
    config = load(file, FILLED | {"BOT_SECURITY__SIGNING_KEY": "k" * 44})
    assert config.database.url.get_secret_value().startswith("postgresql+psycopg://channelops:")


# -- containers ------------------------------------------------------------------------------------------------------


def test_the_secrets_of_compose_reach_the_configuration(tmp_path: Path) -> None:
    variables = dict(re.findall(r"^\s+(BOT_\w+): (/run/secrets/\w+)$", text("compose.yaml"), re.M))
    url = "postgresql+psycopg://channelops:word@db/channelops"
    environ = {"BOT_CHANNELS__FEISHU__APP_ID": "cli_1"}
    for variable, path in variables.items():
        file = tmp_path / Path(path).name
        file.write_text(url if variable.startswith("BOT_DATABASE") else "a-secret-that-is-long-enough-for-a-key\n")
        environ[variable] = str(file)
    config = load(EXAMPLE, environ)
    channel = config.channels["feishu"]
    assert isinstance(channel, Feishu)
    assert config.database.url.get_secret_value() == url
    assert config.security.signing_key
    assert channel.app_secret
    assert channel.encrypt_key
    assert channel.verification_token


def test_every_secret_of_compose_is_a_file_that_git_ignores() -> None:
    compose = text("compose.yaml")
    declared = dict(re.findall(r"^  (\w+): \{file: \./(secrets/\w+)\}$", compose, re.M))
    used = {name for names in re.findall(r"secrets: \[(.+)\]", compose) for name in names.split(", ")}
    assert declared == {name: f"secrets/{name}" for name in used}
    assert "/secrets/" in text(".gitignore").splitlines()


def test_the_image_holds_what_the_wheel_holds() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text("Dockerfile"), re.M)
    sources = {source for line in copied for source in line.split()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert sources == packages | {"requirements.lock", "pyproject.toml", project["project"]["readme"]}
    assert set(re.findall(r"^!(.+)$", text("Dockerfile.dockerignore"), re.M)) == sources


# -- processes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("channelops.service", r"^ExecStart=\S+ -m bot (\w+)$"),
        ("Dockerfile", r'^CMD \["(\w+)"\]$'),
        ("compose.yaml", r"^\s+command: \[(\w+)\]$"),
    ],
)
def test_what_is_started_is_a_command(name: str, pattern: str) -> None:
    found = re.findall(pattern, text(name), re.M)
    assert found
    assert set(found) <= command_parameters().keys()


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("channelops.service", r"TimeoutStopSec=(\d+)"), ("compose.yaml", r"stop_grace_period: (\d+)s")],
)
def test_a_stop_is_waited_for(name: str, pattern: str) -> None:
    found = re.search(pattern, text(name))
    assert found
    assert float(found[1]) > STOPPED_WITHIN + SHUTDOWN_PATIENCE


def test_nginx_and_the_bot_agree_on_sizes_and_times() -> None:
    conf = text("nginx.conf")
    size, keepalive = (
        re.search(r"client_max_body_size (\d+)k;", conf),
        re.search(r"\n    keepalive_timeout (\d+)s;", conf),
    )
    assert size
    assert int(size[1]) * 1024 == MOST_BODY
    assert keepalive
    assert float(keepalive[1]) < KEEPALIVE
