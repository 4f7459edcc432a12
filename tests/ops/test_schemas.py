"""Where the tables of each bot are, as its owner has configured it."""

from types import SimpleNamespace

import pytest

from mailroom.ops.brought import brought
from mailroom.ops.configuration import load
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.schemas import histories_of, schemas_of


@pytest.fixture(name="configured")
def configured_fixture(tmp_path):
    def configured(text):
        file = tmp_path / "mailroom.toml"
        file.write_text(text)
        return load(file, environment={})

    return configured


def test_a_bot_has_the_schema_of_its_name_or_the_one_that_data_names(configured):
    settings = configured(
        """
        [bots.my-shop]
        bot = "shop"
        [bots.other]
        bot = "shop"
        data = "store"
        [bots.mine]
        router = "a:b"
        """
    )
    assert schemas_of(settings) == {"my-shop": "my-shop", "other": "store"}
    assert {(one.schema, one.room, one.bots, one.chosen) for one in histories_of(settings)} == {
        ("my-shop", "shop", ("my-shop",), False),
        ("store", "shop", ("other",), True),
    }


def test_bots_that_name_the_same_have_one_history(configured):
    settings = configured('[bots.shop]\nbot = "shop"\n[bots.two]\nbot = "shop"\ndata = "shop"')
    (history,) = histories_of(settings)
    assert (history.schema, history.bots) == ("shop", ("shop", "two"))


@pytest.mark.parametrize("name", ["public", "mailroom", "information_schema", "pg_mine", "Public"])
def test_schemas_of_others_are_refused(configured, name):
    whose = "Mailroom's own" if name == "mailroom" else "Postgres' own"
    words = rf"would have its tables in the schema {name}, which is {whose}: name"
    with pytest.raises(ConfigurationError, match=rf"bots\.a\.data \(.*\): {words} another one"):
        configured(f'[bots.a]\nbot = "shop"\ndata = "{name}"')
    with pytest.raises(ConfigurationError, match=rf"bots\.{name}\.bot \(.*\): {words} one with data"):
        configured(f'[bots.{name}]\nbot = "shop"')
    configured(f'[bots.{name}]\nbot = "shop"\ndata = "elsewhere"')
    configured(f'[bots.{name}]\nrouter = "a:b"')


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('bot = "shop"\ndata = "a b"', "names the schema of the bot's tables: up to 63 of"),
        ('bot = "shop"\ndata = ""', "names the schema of the bot's tables: up to 63 of"),
        ('router = "a:b"\ndata = "mine"', "is for bots with a room; a router of your own has its own tables"),
        ('bot = "shop"\ndata = 1', "must be text in quotes"),
    ],
)
def test_what_is_no_schema_is_said_in_a_sentence(configured, line, words):
    with pytest.raises(ConfigurationError, match=rf"bots\.a\.data \(.*\): {words}"):
        configured(f"[bots.a]\n{line}")


def test_bots_side_by_side_have_jobs_and_payments_in_the_schema_of_each(configured):
    settings = configured(
        '[bots.one]\nbot = "shop"\n[bots.two]\nbot = "shop"\n[bots.three]\nbot = "shop"\ndata = "one"'
    )
    seen = []

    def of(bot):
        seen.append((bot, schemas_of(settings)[bot]))
        return SimpleNamespace(bot=bot, database=None, sharing=frozenset({bot}))

    found = brought(settings, SimpleNamespace(of=of))
    assert {bot for bot, _ in found.purposes} == {"one", "two", "three"}
    assert len(found.handlers) == 3
    assert len(found.restored) == 2, "once for each place with tables"
    assert set(seen) == {("one", "one"), ("two", "two"), ("three", "one")}
