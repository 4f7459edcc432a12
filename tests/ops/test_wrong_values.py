"""Faults of a configuration are said in our words: what is allowed, and what stood there instead."""

import re
from datetime import date, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

from mailroom.actors.account_kinds import KINDS
from mailroom.actors.bots.shop.options import Options
from mailroom.ops.configuration import load
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.settings import Settings
from mailroom.ops.wrong_values import OF_A_PROGRAM, WORDS, said_plainly

PYDANTICS_WORDS = re.compile(
    r"Input|valid (integer|number|string|boolean|dictionary|tuple|list|frozenset)|unable to|[Ff]ield required"
    r"|Value error|Assertion|Extra inputs|should (be|have|match)|not permitted"
)
MANY = "9" * 5_000
SAID = {
    # What is written: the error that pydantic makes of it, and what we make of that.
    'port = "http"': ("int_parsing", "port: must be a whole number from 0 to 65535, and is 'http'"),
    "port = [1]": ("int_type", "port: must be a whole number from 0 to 65535, and is [1]"),
    "port = 80.5": ("int_from_float", "port: must be a whole number from 0 to 65535, and is 80.5"),
    "port = inf": ("finite_number", "port: must be a whole number from 0 to 65535, and is inf"),
    "port = -1": ("greater_than_equal", "port: must be from 0 to 65535, and is -1"),
    "database_connections = 100000": (
        "less_than_equal",
        "database_connections: must be from 8 to 1000, and is 100000",
    ),
    f'metrics_port = "{MANY}"': (
        "int_parsing_size",
        f"metrics_port: must be a whole number from 0 to 65535, and is '{MANY[:19]} … {MANY[:19]}'",
    ),
    f"port = {hex(10**5_000)}": (
        "less_than_equal",
        "port: must be from 0 to 65535, and is <int whose text cannot be had: ValueError>",
    ),
    'log = "jsn"': ("literal_error", "log: must be 'auto', 'json' or 'colour', and is 'jsn'"),
    'log_level = "INFO"': (
        "literal_error",
        "log_level: must be 'debug', 'info', 'warning' or 'error', and is 'INFO'",
    ),
    "host = 8080": ("string_type", "host: must be text in quotes"),
    "data = 5": ("path_type", "data: must be a path, as text in quotes"),
    "trusted_proxies = 10": ("tuple_type", 'trusted_proxies: must be a list, such as ["one", "another"]'),
    'bots = "shop"': (
        "dict_type",
        "bots: must be a table: a line [bots.NAME] and the bot's settings below it",
    ),
    "bots.shop = 1": (
        "model_type",
        "bots.shop: must be a table: a line [bots.NAME] and the bot's settings below it",
    ),
    "web_push = true": (
        "model_type",
        "web_push: must be a table: a line [web_push] and its settings below it",
    ),
    'web_push.contact = "mailto:a@b"': ("missing", "web_push.private_key: is missing: set it here"),
    "payments = 1": (
        "dict_type",
        "payments: must be a table: a line [payments.NAME] and the account's settings below it",
    ),
    "payments.stripe = 1": (
        "dict_type",
        "payments.stripe: must be a table: a line [payments.stripe] and its settings below it",
    ),
    'payments.stripe = {secret_key = "s", webhook_secret = "w", formerly = "old"}': (
        "tuple_type",
        'payments.stripe.formerly: must be a list, such as ["one", "another"]',
    ),
    'payments.stripe.secret_key = "s"': (
        "missing",
        (
            "payments.stripe.webhook_secret: is missing: set it here, or"
            " MAILROOM_PAYMENTS_STRIPE_WEBHOOK_SECRET in the environment"
        ),
    ),
    'payments.stripe = {secret_key = "s", webhook_secret = "w", least = 5}': (
        "dict_type",
        'payments.stripe.least: must be a table: sums by their currencies, such as { RUB = "410.00" }',
    ),
    'payments.stripe = {secret_key = "s", webhook_secret = "w", least = {RUB = "a lot"}}': (
        "value_error",
        "payments.stripe.least: 'a lot' is no amount",
    ),
    'bots.b = {bot = "shop", former_id = "me"}': (
        "int_parsing",
        "bots.b.former_id: must be a whole number, and is 'me'",
    ),
    'bots.b = {router = "a:b", protect_content = "perhaps"}': (
        "bool_parsing",
        "bots.b.protect_content: must be true or false, and is 'perhaps'",
    ),
    'bots.b = {router = "a:b", protect_content = []}': (
        "bool_type",
        "bots.b.protect_content: must be true or false, and is []",
    ),
    'bots.b = {router = "a:b", tokn = "1:b"}': (
        "extra_forbidden",
        "bots.b.tokn: unknown setting; did you mean token?",
    ),
    'bots.b = {bot = "shop", options = 1}': (
        "dict_type",
        "bots.b.options: must be a table: a line [bots.b.options] and its settings below it",
    ),
}
OPTIONS_SAID = {
    f'terms_ru = "{"ы" * 3_801}"': ("string_too_long", "terms_ru: must have 3800 characters at most"),
    "owners = 7003": ("frozen_set_type", "owners: must be a list, such as [1, 2]"),
    'staff = [1, "Ann"]': ("int_parsing", "staff.1: must be a whole number, and is 'Ann'"),
    'bonus_percent = "5"': ("tuple_type", "bonus_percent: must be a list, such as [1, 2]"),
    'reserve_minutes = "soon"': (
        "float_parsing",
        "reserve_minutes: must be a number from 1 to 1440, and is 'soon'",
    ),
    "model_timeout_seconds = []": (
        "float_type",
        "model_timeout_seconds: must be a number from 1 to 120, and is []",
    ),
    "user_day_cost_usd = -0.5": ("greater_than_equal", "user_day_cost_usd: must be 0 or more, and is -0.5"),
    "reserve_minutes = 0": ("greater_than_equal", "reserve_minutes: must be from 1 to 1440, and is 0"),
    "reserve_minutes = 5000": ("less_than_equal", "reserve_minutes: must be from 1 to 1440, and is 5000"),
    "owner = [1]": ("extra_forbidden", "owner: unknown option; did you mean owners?"),
    "model_intent = 4": ("string_type", "model_intent: must be text in quotes"),
}
POISON: tuple[Any, ...] = (
    *(None, True, -1, 10**6, 2.5, float("inf"), float("nan"), date(2026, 1, 1)),
    *("", "x", MANY, "\x00", [], ["x"], [[]], {}, {"x": 1}, {"x": {"y": 1}}),
)
"""What TOML and variables can hold, where it does not belong."""


@pytest.fixture
def faults_in(tmp_path):
    def faults_in(text):
        file = tmp_path / "mailroom.toml"
        file.write_text(text)
        with pytest.raises(ConfigurationError) as caught:
            load(file, environment={})
        return [fault.replace(" (mailroom.toml)", "") for fault in caught.value.faults]

    return faults_in


def pydantic_finds(model, values):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    return caught.value.errors()


@pytest.mark.parametrize("written", SAID)
def test_a_wrong_setting_is_told_what_is_allowed_and_what_it_is(written, faults_in):
    assert any(fault.startswith(SAID[written][1]) for fault in faults_in(written)), faults_in(written)


@pytest.mark.parametrize("written", OPTIONS_SAID)
def test_a_wrong_option_of_a_bundled_bot_is_told_the_same_way(written, faults_in):
    faults = faults_in(f'[bots.b]\nbot = "shop"\n[bots.b.options]\n{written}')
    assert faults == [f"bots.b.options.{OPTIONS_SAID[written][1]}"]


def fields_of(model):
    """Each setting of a model, with the models of its tables."""
    for name, field in model.model_fields.items():
        yield model, name
        for inner in [field.annotation, *get_args(field.annotation)]:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from fields_of(inner)


@pytest.mark.parametrize(
    ("model", "name"),
    [*fields_of(Settings), *fields_of(Options), *(one for kind in KINDS for one in fields_of(kind.settings))],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_no_fault_of_any_setting_is_in_pydantics_words(model, name):
    found = set()
    for value in POISON:
        try:
            model.model_validate({name: value})
        except ValidationError as invalid:
            for error in invalid.errors():
                said = said_plainly(error, model)
                found.add(error["type"])
                assert not PYDANTICS_WORDS.search(said), (value, said)
    shown = {kind for kind, _ in (SAID | OPTIONS_SAID).values()}
    assert found <= shown, "each type that can come has a line of its own above"


class Everything(BaseModel):
    """What a bot's own options may ask for besides."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    some: Annotated[int, Field(multiple_of=5)] = 0
    many: list[Annotated[int, Field(ge=1, le=100)]] = Field(default=[], max_length=2)
    word: Annotated[str, Field(min_length=2, pattern="[a-z]+")] = "ab"
    day: date | None = None
    wait: timedelta | None = None
    kind: Literal["one", "two"] | int = 1
    colour: Enum("Colour", {"RED": "red"}) | None = None
    call: type[int] | None = None
    own: str = ""
    theirs: str = ""

    @field_validator("own")
    @classmethod
    def _own(cls, value):
        raise AssertionError("is only for those who know")

    @field_validator("theirs")
    @classmethod
    def _theirs(cls, value):
        raise PydanticCustomError("of_the_bot", "is too {what}", {"what": "green"})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"some": 3}, ["must be a multiple of 5, and is 3"]),
        ({"many": [1, 101]}, ["must be from 1 to 100, and is 101"]),
        ({"many": [1, 2, 3]}, ["must have 2 entries at most"]),
        ({"word": "a"}, ["must have 2 or more characters"]),
        ({"word": "AB"}, ["must be written as the pattern [a-z]+ has it"]),
        ({"day": "31.12.2026"}, ['must be a date, such as "2026-12-31"']),
        (
            {"wait": "long"},
            ['must be a duration: a number of seconds, or hours, minutes and seconds such as "00:15:00"'],
        ),
        (
            {"kind": "three"},
            ["must be 'one' or 'two', and is 'three'", "must be a whole number, and is 'three'"],
        ),
        ({"colour": "blue"}, ["must be 'red', and is 'blue'"]),
        ({"call": "len"}, [OF_A_PROGRAM]),
        ({"own": "x"}, ["is only for those who know"]),
        ({"theirs": "x"}, ["is too green"]),
    ],
)
def test_options_of_other_bots_are_told_so_too_and_their_own_checks_keep_their_words(values, said):
    assert [said_plainly(error, Everything) for error in pydantic_finds(Everything, values)] == said


def test_words_are_there_for_every_error_that_a_file_can_cause():
    assert not set(WORDS) - set(get_args(ErrorType)) - {"path_type"}, "pydantic knows no such error"
    assert not [words for words in (*WORDS.values(), OF_A_PROGRAM) if PYDANTICS_WORDS.search(words)]


@pytest.mark.parametrize(
    "written", [f"port = {MANY}", f"port = {'[' * 5_000}{']' * 5_000}", "port = 1\nport = ?", 'a = "\\q"']
)
def test_a_file_that_tomllib_cannot_take_is_one_fault_and_no_traceback(written, faults_in):
    (fault,) = faults_in(written)
    assert fault.startswith("mailroom.toml: is not TOML: ")


def test_a_secret_in_the_wrong_place_is_not_repeated(faults_in):
    said = "\n".join(
        faults_in(
            'ops_token = ["s3cret"]\nopenai_api_key = {a = "s3cret"}\n'
            'encryption_key = "s3cret"\nredis_url = ["s3cret"]\n'
            '[bots.b]\nbot = "shop"\ntoken = ["s3cret"]\nsecret = ["s3cret"]\n'
            '[payments.yookassa]\nsecret_key = ["s3cret"]\n[payments]\naaio = "s3cret"\nstripe = ["s3cret"]\n'
        )
    )
    assert "s3cret" not in said
