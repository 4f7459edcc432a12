"""Under `mailroom run` the environment is the bot's too."""

from urllib.parse import parse_qs, urlsplit

import pytest

from mailroom.ops.configuration import load
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.program_database import settled

OURS, THEIRS = "postgresql://ours/db", "postgresql://theirs/db"


def of_program(**environment):
    return load(environment=environment, of_program=True, defaults={"port": 0})


def test_our_own_name_comes_before_the_shared_one_for_every_command():
    environment = {
        "DATABASE_URL": "sqlite+aiosqlite:///bot.db", "MAILROOM_DATABASE_URL": OURS,
        "REDIS_URL": "redis://theirs", "MAILROOM_REDIS_URL": "redis://ours",
        "PORT": "web", "MAILROOM_PORT": "7000", "HOST": "theirs", "MAILROOM_HOST": "127.0.0.2",
        "MAILROOM_TELEGRAM_API_BASE": "http://telegram", "MAILROOM_PUBLIC_URL": "https://ours.example",
    }  # fmt: skip
    for settings in (load(environment=environment), of_program(**environment)):
        assert (settings.database_url, settings.redis_url) == (OURS, "redis://ours")
        assert (settings.host, settings.port) == ("127.0.0.2", 7000)
        assert settings.telegram_api_base == "http://telegram"
        assert settings.public_url == "https://ours.example"


def test_a_fault_is_reported_under_the_name_it_was_set_by():
    with pytest.raises(ConfigurationError, match=r"MAILROOM_DATABASE_URL .environment.: must begin with"):
        of_program(MAILROOM_DATABASE_URL="sqlite:///x")
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL .environment.: must begin with"):
        load(environment={"DATABASE_URL": "sqlite:///x"})


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:///bot.db", "postgresql+asyncpg://u:p@db/bot", "bot.db", "mysql://x/y"]
)
def test_a_database_url_of_a_foreign_scheme_stops_nobody(url):
    assert of_program(DATABASE_URL=url).database_url is None


def test_what_we_can_use_is_used_as_ever():
    settings = of_program(DATABASE_URL=THEIRS, REDIS_URL="redis://theirs")
    assert (settings.database_url, settings.redis_url) == (THEIRS, "redis://theirs")
    assert of_program(REDIS_URL="valkey://x").redis_url is None


def test_host_and_port_are_the_programs_unless_telegram_reaches_us():
    assert of_program(PORT="8081", HOST="0.0.0.0").port == 0
    assert of_program(PORT="8081", HOST="0.0.0.0").host == "127.0.0.1"
    reached = of_program(PORT="8081", HOST="0.0.0.0", PUBLIC_URL="https://bot.example")
    assert (reached.port, reached.host) == (8081, "0.0.0.0")
    assert of_program(PORT="web", PUBLIC_URL="https://bot.example").port == 0
    assert of_program(PORT="8081", PUBLIC_URL="http://localhost:3000").public_url is None


def test_nothing_of_a_connection_is_left_to_a_later_environment():
    url = settled("postgresql://postgres@/mailroom?host=/run/pg", {"PGSSLMODE": "disable", "PGPORT": "5433"})
    parts = parse_qs(urlsplit(url).query)
    assert parts == {"host": ["/run/pg"], "port": ["5433"], "sslmode": ["disable"]}
    url = settled("postgresql://u:p@db:6000/x?sslmode=require", {"PGPASSWORD": "no", "PGPORT": "1"})
    assert urlsplit(url).netloc == "u:p@db:6000"
    assert parse_qs(urlsplit(url).query) == {"sslmode": ["require"]}
