"""What an operator may write, from where, and what is said about every mistake at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import Config, Feishu
from bot.errors import OperatorError
from bot.settings import load

FEISHU = """
[channels.feishu]
platform = "feishu"
app_id = "cli_1"
app_secret = "secret-of-app"
encrypt_key = "key-of-events"
"""


def written(tmp_path: Path, text: str, **environ: str) -> Config:
    file = tmp_path / "bot.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environ)


def problems(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(OperatorError) as refused:
        written(tmp_path, text, **environ)
    return str(refused.value).splitlines()


def feishu(config: Config, name: str = "feishu") -> Feishu:
    channel = config.channels[name]
    assert isinstance(channel, Feishu)
    return channel


def test_nothing_written_is_the_contract(tmp_path: Path) -> None:
    config = written(tmp_path, "")
    assert config.server.model_dump() == {"host": "127.0.0.1", "port": 8080, "public_url": "http://127.0.0.1:8080"}
    assert config.database.file == Path("var/bot.db")
    assert config.database.files == Path("var/files")
    assert config.organization.model_dump() == {
        "name": "示例集团",
        "timezone": "Asia/Shanghai",
        "locale": "zh_CN",
        "working_hours": "09:00-18:00",
        "quiet_hours": "21:00-08:30",
    }
    assert (config.scheduler.tick_seconds, config.delivery.poll_seconds, config.clock.file) == (5, 1, "")
    assert config.channels == {}


@pytest.mark.parametrize("environ", [{}, {"BOT_CONFIG": "elsewhere.toml"}])
def test_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / environ.get("BOT_CONFIG", "bot.toml")).write_text("[server]\nport = 1")
    (tmp_path / "given.toml").write_text("[server]\nport = 2")

    assert load(None, environ).server.port == 1
    assert load(Path("given.toml"), environ).server.port == 2


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {}) == Config()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "无法读取配置文件（No such file or directory），请检查路径与权限"),
        (b"\xff", "不是 UTF-8 文件，请另存为 UTF-8"),
        (b"[server\n", "TOML 语法有误"),
    ],
)
def test_an_unreadable_file_is_one_line(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / "bot.toml").write_bytes(content)
    with pytest.raises(OperatorError, match=sentence) as refused:
        load(tmp_path / "bot.toml", {})
    assert "\n" not in str(refused.value)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        "[server]\nport = 1\n[channels.feishu-east]\nplatform = 'feishu'\napp_id = 'old'\n",
        BOT_SERVER__PORT="2",
        BOT_ORGANIZATION__NAME="甲公司",
        BOT_CHANNELS__FEISHU_EAST__APP_ID="cli_2",
        BOT_CHANNELS__FEISHU_EAST__APP_SECRET="s",
        BOT_CHANNELS__FEISHU_EAST__ENCRYPT_KEY="k",
        BOT_CHANNELS__OTHER__PLATFORM="feishu",
        BOT_CHANNELS__OTHER__MODE="stream",
        BOT_CHANNELS__OTHER__APP_ID="cli_3",
        BOT_CHANNELS__OTHER__APP_SECRET="s",
        BOT_PORT_8080_TCP="set by somebody else",
    )
    assert (config.server.port, config.organization.name) == (2, "甲公司")
    assert (feishu(config, "feishu-east").app_id, feishu(config, "other").mode) == ("cli_2", "stream")


@pytest.mark.parametrize("by_environment", [False, True])
def test_any_secret_may_come_from_a_file(tmp_path: Path, by_environment: bool) -> None:
    file = tmp_path / "secret"
    file.write_text("from-the-file\n")
    text, environ = FEISHU, {}
    if by_environment:  # it then stands in for what the configuration file says
        environ = {"BOT_CHANNELS__FEISHU__APP_SECRET_FILE": str(file)}
    else:
        text = FEISHU.replace('app_secret = "secret-of-app"', f'app_secret_file = "{file}"')

    assert feishu(written(tmp_path, text, **environ)).app_secret.get_secret_value() == "from-the-file"


def test_a_password_in_the_database_address_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql+psycopg://bot:pass@db/bot")
    (tmp_path / "key").write_text("k" * 40)
    config = written(
        tmp_path, f'[database]\nurl_file = "{tmp_path}/url"\n[security]\nsigning_key_file = "{tmp_path}/key"'
    )
    assert config.database.file is None
    assert config.database.url.get_secret_value() == "postgresql+psycopg://bot:pass@db/bot"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[server]\nport = 'x'", "server.port：应为整数"),
        ("[server]\nport = 70000", "server.port：不能大于 65535"),
        ("[server]\nhost = 1", "server.host：应为文字，请加引号"),
        ("[server]\npublic_url = 'bot.example.com'", "server.public_url：应以 http:// 或 https:// 开头"),
        ("server = 1", "server：应为表，请写作 [表名]"),
        ("[server]\nprot = 1", "server.prot：没有这个键，是否指 port"),
        ("[server]\nxyz = 1", "server.xyz：没有这个键，请删除，或改为 host、port、public_url 之一"),
        ("[servers]\n", "servers：没有这个键，是否指 server"),
        ("[database]\nurl = 'mysql://x'", "database.url：应以 sqlite:/// 或 postgresql+psycopg:// 开头"),
        ("[database]\nfiles = 1", "database.files：应为路径，请加引号"),
        ("[organization]\ntimezone = 'Asia'", "organization.timezone：没有这个时区，例如 Asia/Shanghai"),
        ("[organization]\nlocale = '中文'", "organization.locale：应写作 zh_CN"),
        ("[organization]\nworking_hours = '9点到18点'", "organization.working_hours：应写作 09:00-18:00"),
        ("[organization]\nworking_hours = '18:00-09:00'", "organization.working_hours：下班应晚于上班，且在同一天"),
        ("[scheduler]\ntick_seconds = 0", "scheduler.tick_seconds：应大于 0"),
        ("[delivery]\npoll_seconds = 'x'", "delivery.poll_seconds：应为数字"),
        (
            "[security]\nsigning_key = 'short'",
            "security.signing_key：每个密钥至少 32 个字符，例如 openssl rand -base64 32 的输出",
        ),
        (
            "[database]\nurl = 'postgresql+psycopg://h/n'",
            "security.signing_key：使用 PostgreSQL 时不能为空，请填写 openssl rand -base64 32 的输出",
        ),
        ("channels = 1", "channels：应为表，请写作 [channels.渠道名]"),
        ("[channels.x]", "channels.x：缺少 platform，请填写 feishu、wecom 或 dingtalk"),
        ("[channels.x]\nplatform = 'slack'", "channels.x：platform 应为 feishu、wecom 或 dingtalk"),
        (FEISHU + "mode = 'poll'", "channels.feishu.mode：应为 'webhook'、'stream' 之一"),
        (FEISHU + "encrypt = ''", "channels.feishu.encrypt：没有这个键，是否指 encrypt_key"),
        (
            FEISHU.replace("[channels.feishu]", '[channels."飞书"]'),
            "channels.飞书：渠道名应为字母开头的字母、数字、- 与 _，至多 32 个",
        ),
        (
            FEISHU + "app_secret_file = 'x'",
            "channels.feishu.app_secret：与 app_secret_file 只能填写一个，请删除其中之一",
        ),
        (
            FEISHU + "verification_token_file = '/nowhere'",
            "channels.feishu.verification_token_file：无法读取 /nowhere（No such file or directory），请检查路径与权限",
        ),
    ],
)
def test_each_mistake_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [problem]


@pytest.mark.parametrize("name", ["BOT_SERVER__PORT__X", "BOT_CHANNELS__FEISHU", "BOT___PORT", "BOT_SERVER__"])
def test_a_misspelt_variable_is_one_line(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, "", **{name: "1"}) == [
        f"{name}：环境变量应写作 BOT_<表>__<键> 或 BOT_CHANNELS__<渠道>__<键>"
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """
    [server]
    port = "x"
    [channels.feishu]
    platform = "feishu"
    app_secret_file = "/nowhere"
    [channels.wecom]
    platform = "wecom"
    corp_id = "ww1"
    """
    assert [line.split("：")[0] for line in problems(tmp_path, text, BOT_DELIVERY__POLL="1", BOT_X__Y__Z="1")] == [
        "BOT_X__Y__Z",
        "channels.feishu.app_secret_file",
        "server.port",
        "delivery.poll",
        "channels.feishu.app_id",
        "channels.feishu.encrypt_key",
        "channels.wecom.agent_id",
        "channels.wecom.secret",
        "channels.wecom.token",
        "channels.wecom.encoding_aes_key",
    ]


def test_all_three_platforms_parse(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        FEISHU
        + """
        [channels.wecom]
        platform = "wecom"
        corp_id = "ww1"
        agent_id = 1000002
        secret = "s"
        token = "t"
        encoding_aes_key = "k"
        smart_bot_id = "b"
        smart_bot_secret = "bs"
        [channels.dingtalk]
        platform = "dingtalk"
        client_id = "c"
        client_secret = "cs"
        """,
    )
    assert [channel.platform for channel in config.channels.values()] == ["feishu", "wecom", "dingtalk"]


def test_secrets_show_nowhere_but_where_they_are_asked_for(tmp_path: Path) -> None:
    config = written(tmp_path, FEISHU + '[database]\nurl = "sqlite:///x.db"')
    assert "secret-of-app" not in f"{config!r} {config}"
    assert set(config.secrets()) == {"secret-of-app", "key-of-events", "sqlite:///x.db"}


def test_a_mistake_beside_a_secret_does_not_show_it(tmp_path: Path) -> None:
    shown = problems(tmp_path, FEISHU.replace('"secret-of-app"', "['secret-of-app']"))
    assert shown == ["channels.feishu.app_secret：应为文字，请加引号"]


def test_python_without_utf8_mode_reads_chinese(tmp_path: Path) -> None:
    """Operators' machines may have no UTF-8 locale."""
    (tmp_path / "bot.toml").write_text("[organization]\nname = '甲公司'", encoding="utf-8")
    program = "from bot.settings import load; print(ascii(load(None, {}).organization.name))"
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", program],
        cwd=tmp_path,
        env={"LC_ALL": "C", "PYTHONPATH": root, "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == ascii("甲公司")
