from pathlib import Path

import pytest

from mailroom.actors.providers.payments import minor_units
from mailroom.ops.configuration import load
from mailroom.ops.faults import ConfigurationError

TOKEN = "123456:AbC-dEf_1"


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        file = tmp_path / "mailroom.toml"
        file.write_text(text)
        return file

    return write


def faults_of(file: Path | None = None, **environment: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(file, environment=environment)
    return caught.value.faults


def test_nothing_configured_is_the_demo_with_the_shop(write):
    settings = load(write(""), environment={})
    assert settings.demo
    assert settings.bots["shop"].bot == "shop"
    assert settings.bots["shop"].token


def test_bots_without_any_token_are_served_in_the_demo(write):
    settings = load(write('[bots.mine]\nrouter = "my_bot:router"'), environment={})
    assert settings.demo
    assert list(settings.bots) == ["mine"]
    assert settings.bots["mine"].token.startswith("1:")


def test_the_command_line_beats_the_environment_which_beats_the_file_which_beats_a_default(write):
    file = write('port = 1\nhost = "file"\nlog = "json"')
    settings = load(
        file,
        command_line={"port": 3},
        environment={"PORT": "2", "HOST": "environment"},
        defaults={"host": "default", "log": "colour", "public_url": "https://default.example"},
    )
    assert (settings.port, settings.host, settings.log) == (3, "environment", "json")
    assert settings.public_url == "https://default.example"


def test_an_empty_variable_counts_as_not_set(write):
    assert load(write("port = 1"), environment={"PORT": "", "REDIS_URL": ""}).port == 1


def test_a_relative_data_directory_in_the_file_is_meant_from_the_file(write, tmp_path):
    assert load(write('data = "here"'), environment={}).data == tmp_path / "here"


def test_every_fault_is_reported_at_once_by_the_name_it_was_set_under(write):
    file = write(
        """
        databse_url = "postgresql://localhost/x"
        public_url = "http://bot.example"
        log = "jsn"
        [bots.both]
        token = "1:a"
        bot = "shop"
        router = "a:b"
        [bots.neither]
        token = "1:a"
        [bots.unknown]
        token = "not a token"
        bot = "shpo"
        secret = "with space"
        [bots.odd]
        router = "no_colon"
        tokn = "1:b"
        order = "loose"
        """
    )
    faults = "\n".join(
        faults_of(file, PORT="80800", REDIS_URL="http://x", DATABASE_URL="mysql://x", MAILROOM_DTA="/x")
    )
    for expected in (
        "databse_url (mailroom.toml): unknown setting; did you mean database_url?",
        "public_url (mailroom.toml): must begin with https://",
        "log (mailroom.toml): must be 'auto', 'json' or 'colour', and is 'jsn'",
        "PORT (environment): must be from 0 to 65535, and is '80800'",
        "REDIS_URL (environment): must begin with redis:// or rediss:// or unix://",
        "DATABASE_URL (environment): must begin with postgresql:// or postgres://",
        "MAILROOM_DTA (environment): unknown setting; did you mean MAILROOM_DATA?",
        "bots.both (mailroom.toml): has both bot and router",
        "bots.neither (mailroom.toml): has neither bot nor room nor router",
        "bots.neither.token (mailroom.toml): is the token of bots.both too",
        "bots.unknown.token (mailroom.toml): is not a bot token",
        "bots.unknown.bot (mailroom.toml): there is no bundled bot 'shpo'; did you mean shop?",
        "bots.unknown.secret (mailroom.toml): may hold",
        "bots.odd.router (mailroom.toml): must be written module:attribute",
        "bots.odd.tokn (mailroom.toml): unknown setting; did you mean token?",
        "bots.odd.token (mailroom.toml): is missing",
        "bots.odd.order (mailroom.toml): must be 'strict' or 'fast', and is 'loose'",
    ):
        assert expected in faults
    assert faults.count("\n") == 16


@pytest.mark.parametrize("port", ["0", "1", "65535"])
def test_a_port_may_be_anything_that_is_one(port, write):
    assert load(write(""), environment={"PORT": port}).port == int(port)


@pytest.mark.parametrize("port", ["-1", "65536", "http", "80.5"])
def test_a_port_that_is_none_is_named(port):
    assert faults_of(PORT=port)[0].startswith("PORT (environment): must be")


@pytest.mark.parametrize("url", ["redis://localhost:6379/1", "rediss://:p%40ss@h", "unix:///run/r.sock?db=0"])
def test_urls_that_redis_takes_are_taken(url, write):
    assert load(write(""), environment={"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    "url", ["postgres://u:p@host/db", "postgresql://host:5432/db", "postgresql:///db?host=/run/postgresql"]
)
def test_urls_that_postgres_takes_are_taken(url, write):
    assert load(write(""), environment={"DATABASE_URL": url}).database_url == url


def test_a_password_in_a_wrong_url_is_not_repeated():
    assert "s3cret" not in "\n".join(
        faults_of(DATABASE_URL="mysql://root:s3cret@h/db", MAILROOM_OPS_TOKEN="s3cret")
    )


def test_secrets_do_not_show_in_the_settings_printed(write):
    settings = load(
        write(f'[bots.shop]\nbot = "shop"\ntoken = "{TOKEN}"'),
        environment={"DATABASE_URL": "postgres://u:s3cret@h/d", "OPENAI_API_KEY": "s3cret"},
    )
    assert "s3cret" not in repr(settings)
    assert TOKEN not in repr(settings)


def test_a_token_may_come_from_the_environment(write):
    settings = load(write('[bots.my-shop]\nbot = "shop"'), environment={"MAILROOM_BOT_MY_SHOP_TOKEN": TOKEN})
    assert settings.bots["my-shop"].token == TOKEN
    assert not settings.demo


def test_a_secret_not_set_is_derived_the_same_in_every_process(write):
    file = write(f'[bots.shop]\nbot = "shop"\ntoken = "{TOKEN}"')
    first, second = load(file, environment={}), load(file, environment={})
    assert first.bots["shop"].secret == second.bots["shop"].secret
    assert len(first.bots["shop"].secret) == 64
    assert first.config == file


def test_a_public_url_may_be_plain_http_where_telegram_is_a_simulator(write):
    environment = {"PUBLIC_URL": "http://localhost:8080/", "TELEGRAM_API_BASE": "http://localhost:8081"}
    assert load(write(""), environment=environment).public_url == "http://localhost:8080"


def test_telegram_delivers_to_four_ports_only():
    assert "has port 8080" in faults_of(PUBLIC_URL="https://bot.example:8080")[0]


def test_a_missing_file_is_named(tmp_path):
    assert faults_of(tmp_path / "nowhere.toml") == [
        f"{tmp_path}/nowhere.toml: cannot be read: no such file or directory"
    ]


def test_a_file_that_is_not_toml_says_where(write):
    assert "line 2" in faults_of(write("port = 1\nport = ?"))[0]


def test_a_bot_that_is_not_a_table_is_explained(write):
    assert "must be a table" in faults_of(write('bots.shop = "shop"'))[0]
    assert "must be a table" in faults_of(write('bots = "shop"'))[0]


def test_options_of_a_bundled_bot_are_checked_by_the_bots_own_model(write):
    file = write(
        f'[bots.shop]\nbot = "shop"\ntoken = "{TOKEN}"\n'
        '[bots.shop.options]\nowner = [1]\nreserve_minutes = 0\nstaff = ["Ann"]\n'
    )
    faults = faults_of(file)
    assert faults[0] == ("bots.shop.options.staff.0 (mailroom.toml): must be a whole number, and is 'Ann'")
    assert "reserve_minutes (mailroom.toml): must be from 1 to 1440, and is 0" in faults[1]
    assert "bots.shop.options.owner (mailroom.toml): unknown option; did you mean owners?" in faults[2]


def test_a_bot_of_somebodys_own_has_no_options_here(write):
    file = write(f'[bots.mine]\nrouter = "my:router"\ntoken = "{TOKEN}"\n[bots.mine.options]\nx = 1\n')
    said = "are for bots with a room; a router of your own reads its own settings"
    assert faults_of(file) == [f"bots.mine.options (mailroom.toml): {said}"]


def test_payment_providers_keep_their_secrets_in_the_environment(write):
    file = write('[payments.yookassa]\nshop_id = "123"\n')
    settings = load(file, environment={"MAILROOM_PAYMENTS_YOOKASSA_SECRET_KEY": "live_x"})
    account = settings.payments["yookassa"]
    assert (account.kind, account.shop_id, account.secret_key) == ("yookassa", "123", "live_x")
    assert "live_x" not in repr(settings)
    (missing,) = faults_of(file)
    assert missing == (
        "payments.yookassa.secret_key (mailroom.toml): is missing: set it here,"
        " or MAILROOM_PAYMENTS_YOOKASSA_SECRET_KEY in the environment"
    )


def test_a_slip_in_the_payments_is_named_with_what_was_probably_meant(write):
    assert faults_of(write('[payments.aaoi]\nkey = "1"')) == [
        "payments.aaoi (mailroom.toml): has no kind, and its name is none; did you mean aaio?"
    ]
    (fault,) = [one for one in faults_of(write('[payments.stripe]\nsecret = "1"')) if "unknown" in one]
    assert fault == "payments.stripe.secret (mailroom.toml): unknown setting; did you mean secret_key?"
    (fault,) = faults_of(MAILROOM_PAYMENTS_STRIPE_SECRET="x")
    assert fault.startswith("MAILROOM_PAYMENTS_STRIPE_SECRET (environment): unknown setting; did you mean")


def test_two_names_with_tokens_of_one_bot_are_refused_by_name(write):
    # Seen: both registered the same webhook, and each took the other's messages away.
    table = '[bots.{}]\nbot = "shop"\nformer_id = 7\ntoken = "5:{}"\n'
    (fault,) = faults_of(write(table.format("one", "first") + table.format("two", "second")))
    assert fault.startswith(
        "bots.two.token (mailroom.toml): is a token of the same bot (5) as that of bots.one"
    )


def test_the_sums_of_a_contract_are_read_as_money_or_named(write):
    shop = '[payments.aaio]\nmerchant_id = "m"\nsecret_1 = "1"\nsecret_2 = "2"\napi_key = "k"\n'
    settings = load(write(shop + 'least = { rub = "410.00", USD = "6" }'), environment={})
    assert minor_units(settings.payments["aaio"].least) == {"RUB": 41_000, "USD": 600}
    (fault,) = faults_of(write(shop + 'most = { RUB = "a lot" }'))
    assert "payments.aaio" in fault
    assert "'a lot' is no amount" in fault


def test_a_key_goes_to_nobody_but_whom_it_is_from(write):
    """Without an address OpenAI is asked: a key of OpenRouter's would be shown to another company."""
    (fault,) = faults_of(write('openai_api_key = "sk-or-v1-abc"'))
    assert "openai_base_url" in fault
    assert "https://openrouter.ai/api/v1" in fault
    assert "abc" not in fault
    said = {"OPENAI_API_KEY": "sk-or-v1-abc", "OPENAI_BASE_URL": "https://openrouter.ai/api/v1"}
    assert load(write(""), environment=said).openai_base_url == said["OPENAI_BASE_URL"]
    assert load(write('openai_api_key = "sk-proj-1"'), environment={}).openai_base_url is None
