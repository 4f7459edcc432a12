"""A missing token makes a demo where nothing speaks against it, and an error everywhere else."""

from pathlib import Path

import pytest

from mailroom.ops.configuration import load
from mailroom.ops.demo import Serving
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.settings import Settings

URLS = {
    "PUBLIC_URL": "https://bot.example",
    "DATABASE_URL": "postgresql://db.example/mailroom",
    "REDIS_URL": "redis://cache.example",
}
MINE = '[bots.mine]\nrouter = "my_bot:router"\n'
TOKEN = "123456:AbC-dEf_1"


@pytest.fixture
def serve(tmp_path: Path):
    """The settings that a command would serve by."""

    def serve(
        text: str = "", command: str = "up", *, demo: bool = False, host: str | None = None, **environment
    ):
        file = tmp_path / "mailroom.toml"
        file.write_text(text)
        serving, line = Serving(command, demo=demo), {"host": host}
        return load(file, environment=environment, serving=serving, command_line=line)

    return serve


@pytest.fixture
def refused(serve):
    """What is wrong with them."""

    def refused(*given, **environment) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            serve(*given, **environment)
        return caught.value.faults

    return refused


def test_where_nothing_is_configured_it_is_a_demo_on_this_machine_alone(serve):
    settings: Settings = serve()
    assert (settings.demo, settings.host) == (True, "127.0.0.1")
    assert serve(MINE, PORT="8090", MAILROOM_OPS_TOKEN="at-least-16-chars", HOST="::1").demo


@pytest.mark.parametrize("name", URLS)
def test_a_production_configuration_without_its_token_became_a_demo(refused, name):
    (fault,) = refused(MINE, **{name: URLS[name]})
    assert fault.startswith(
        "bots.mine.token (mailroom.toml): is missing; set it here or as MAILROOM_BOT_MINE_TOKEN"
    )
    assert f"{name} (environment) makes this no demo" in fault
    assert ("--demo" in fault) == (name != "PUBLIC_URL"), "which no demo may have"
    (fault,) = refused(MINE.replace("mine", "other"), **{f"MAILROOM_{name}": URLS[name]})
    assert f"MAILROOM_{name} (environment) makes this no demo" in fault


@pytest.mark.parametrize("name", URLS)
def test_the_same_in_the_file_is_no_demo_either(refused, name):
    (fault,) = refused(f'{name.lower()} = "{URLS[name]}"\n{MINE}')
    assert f"{name.lower()} (mailroom.toml) makes this no demo" in fault


def test_a_token_variable_that_a_deployment_set_to_nothing_became_a_demo(refused):
    (fault,) = refused(MINE, MAILROOM_BOT_MINE_TOKEN="")
    assert fault.startswith("MAILROOM_BOT_MINE_TOKEN (environment): is set to nothing")
    (fault,) = refused("", MAILROOM_BOT_SHOP_TOKEN="")
    assert fault.startswith("MAILROOM_BOT_SHOP_TOKEN (environment): is set to nothing")
    (fault,) = refused(f'{MINE}token = ""')
    assert fault.startswith("bots.mine.token (mailroom.toml): is not a bot token")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "203.0.113.1", "bot.example"])
def test_a_demo_listened_wherever_host_said(refused, serve, host):
    (fault,) = refused(MINE, HOST=host)
    assert "HOST (environment) makes this no demo" in fault
    (fault,) = refused(MINE, host=host)
    assert "--host makes this no demo" in fault
    assert serve(MINE, HOST=host, demo=True).host == "127.0.0.1"
    assert serve(MINE, HOST="127.0.0.2", demo=True, host=host).host == host, "as it was said expressly"


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_web_or_worker_without_a_token_served_a_demo(refused, serve, command):
    stores = {name: URLS[name] for name in ("DATABASE_URL", "REDIS_URL")}
    simulated = stores | {"TELEGRAM_API_BASE": "http://127.0.0.1:8081"}
    (fault,) = refused(MINE, command, **simulated)
    assert fault.startswith("bots.mine.token (mailroom.toml): is missing")
    assert f"`mailroom {command}` makes no demo" in fault
    settings = serve(MINE, command, demo=True, **simulated)
    assert (settings.demo, settings.simulated, settings.host) == (True, False, "127.0.0.1")
    (fault,) = refused(MINE, command, demo=True, **stores)
    assert fault.startswith("telegram_api_base (mailroom.toml): is not set")


def test_what_is_missing_is_named_whole(refused):
    faults = refused(MINE + MINE.replace("mine", "more"), "web", MAILROOM_BOT_MINE_TOKEN="", HOST="0.0.0.0")
    assert [fault.partition(":")[0] for fault in faults] == [
        "DATABASE_URL",
        "REDIS_URL",
        "MAILROOM_BOT_MINE_TOKEN (environment)",
        "bots.more.token (mailroom.toml)",
    ]
    (fault,) = refused("", "up", **URLS)
    assert fault.startswith("bots (mailroom.toml): there is none: each is a table [bots.NAME] with its token")


def test_a_demo_that_is_asked_for_wins_over_all_but_a_public_url(refused, serve):
    settings = serve(
        MINE, demo=True, DATABASE_URL=URLS["DATABASE_URL"], REDIS_URL=URLS["REDIS_URL"], HOST="0.0.0.0",
        MAILROOM_BOT_MINE_TOKEN="",
    )  # fmt: skip
    assert (settings.demo, settings.bots["mine"].token) == (True, "1:demo-mine")
    (fault,) = refused(MINE, demo=True, PUBLIC_URL=URLS["PUBLIC_URL"])
    assert fault.startswith("PUBLIC_URL (environment): is where customers come, and a demo is not for them")


def test_a_demo_beside_a_token_is_a_contradiction(refused):
    (fault,) = refused(MINE, demo=True, MAILROOM_BOT_MINE_TOKEN=TOKEN)
    assert fault.startswith("MAILROOM_BOT_MINE_TOKEN (environment): is a bot's, and a demo has none")
    assert TOKEN not in fault


def test_a_bot_with_its_token_serves_with_all_of_it(serve):
    settings = serve(MINE, MAILROOM_BOT_MINE_TOKEN=TOKEN, HOST="0.0.0.0", **URLS)
    assert (settings.demo, settings.host) == (False, "0.0.0.0")


def test_who_only_looks_needs_no_token(tmp_path):
    (tmp_path / "mailroom.toml").write_text(MINE)
    assert load(tmp_path / "mailroom.toml", environment=URLS | {"HOST": "0.0.0.0"}).database_url


def test_under_mailroom_run_the_program_brings_the_tokens(tmp_path):
    (tmp_path / "mailroom.toml").write_text("")
    mine = {"DATABASE_URL": "sqlite:///x", "REDIS_URL": "theirs", "HOST": "0.0.0.0", "BOT_TOKEN": ""}
    for environment in (mine, mine | {"PUBLIC_URL": URLS["PUBLIC_URL"]}):
        assert load(tmp_path / "mailroom.toml", environment=environment, of_program=True).database_url is None


def test_a_demo_may_live_tomorrow_and_nobody_else(serve, refused):
    assert serve("clock_ahead_seconds = 86400").clock_ahead_seconds == 86_400
    assert serve(MAILROOM_CLOCK_AHEAD_SECONDS="-60").clock_ahead_seconds == -60
    real = f'[bots.mine]\nrouter = "my_bot:router"\ntoken = "{TOKEN}"\n'
    for given, environment, name in (
        (f"clock_ahead_seconds = 60\n{real}", {}, "clock_ahead_seconds (mailroom.toml)"),
        (real, {"MAILROOM_CLOCK_AHEAD_SECONDS": "60"}, "MAILROOM_CLOCK_AHEAD_SECONDS (environment)"),
    ):
        (fault,) = refused(given, **environment)
        assert fault.startswith(
            f"{name}: puts the bots of a demo into another time, and here a bot has a token"
        )
    assert serve(f"clock_ahead_seconds = 0\n{real}").demo is False
    (fault,) = refused("clock_ahead_seconds = 1e300")
    assert fault.startswith("clock_ahead_seconds")
    (fault,) = refused("clock_ahead_seconds = nan")
    assert fault.startswith("clock_ahead_seconds")
