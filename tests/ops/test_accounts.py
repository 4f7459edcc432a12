"""Accounts as they are set: several of a kind, each by its name, and none that could be taken for another."""

from pathlib import Path

import pytest

from mailroom.actors.account_kinds import KINDS, kinds_of
from mailroom.actors.providers.account import CHANNELS, SECTIONS
from mailroom.ops.configuration import load
from mailroom.ops.faults import ConfigurationError

MAIN = '[payments.main]\nkind = "yookassa"\nshop_id = "1"\nsecret_key = "test_1"\n'
SECOND = '[payments.second]\nkind = "yookassa"\nshop_id = "2"\nsecret_key = "test_2"\n'
SHOP = '[bots.shop]\nbot = "shop"\ntoken = "1:a"\n'


@pytest.fixture
def read(tmp_path: Path):
    def read(text, **environment):
        file = tmp_path / "mailroom.toml"
        file.write_text(text)
        return load(file, environment=environment)

    return read


@pytest.fixture
def faults_of(read):
    def faults_of(text, **environment):
        with pytest.raises(ConfigurationError) as caught:
            read(text, **environment)
        return [fault.replace(" (mailroom.toml)", "") for fault in caught.value.faults]

    return faults_of


def test_there_are_as_many_accounts_of_a_kind_as_somebody_has(read):
    accounts = read(SECOND + MAIN).payments
    assert {name: (one.kind, one.shop_id) for name, one in accounts.items()} == {
        "second": ("yookassa", "2"),
        "main": ("yookassa", "1"),
    }
    assert list(accounts) == ["second", "main"], "as they are written"


def test_an_account_without_a_kind_is_of_the_kind_that_it_is_called(read):
    text = '[payments.stripe]\nsecret_key = "s"\nwebhook_secret = "w"\n'
    accounts = read(
        text + MAIN + MAIN.replace("main", "yookassa").replace('kind = "yookassa"\n', "").replace("1", "3")
    )
    assert {name: one.kind for name, one in accounts.payments.items()} == {
        "main": "yookassa",
        "yookassa": "yookassa",
        "stripe": "stripe",
    }
    assert list(accounts.payments) == ["main", "yookassa", "stripe"], "kinds in the order they always had"


def test_secrets_of_an_account_may_come_from_the_environment_by_its_name(read, faults_of):
    text = MAIN.replace("main", "my-shop").replace('secret_key = "test_1"\n', "")
    assert faults_of(text) == [
        (
            "payments.my-shop.secret_key: is missing: set it here,"
            " or MAILROOM_PAYMENTS_MY_SHOP_SECRET_KEY in the environment"
        )
    ]
    assert (
        read(text, MAILROOM_PAYMENTS_MY_SHOP_SECRET_KEY="live_x").payments["my-shop"].secret_key == "live_x"
    )


def test_all_of_an_account_may_come_from_the_environment_where_its_name_is_its_kind(read):
    said = {"MAILROOM_PAYMENTS_YOOKASSA_SHOP_ID": "1", "MAILROOM_PAYMENTS_YOOKASSA_SECRET_KEY": "k"}
    assert read(SECOND, **said).payments["yookassa"].shop_id == "1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (MAIN.replace("main", '"a.b"'), "payments.a.b: an account's name is part of an address"),
        (MAIN.replace("main", "m" * 33), f"payments.{'m' * 33}: an account's name is part of an address"),
        (MAIN.replace("main", "stripe"), "payments.stripe: is the name of another kind than yookassa"),
        (MAIN.replace("main", "Stripe"), "payments.Stripe: is the name of another kind than yookassa"),
        (MAIN.replace("main", "whatsapp"), "payments.whatsapp: is a channel's name"),
        (MAIN.replace("yookassa", "yokassa"), "payments.main.kind: there is no kind 'yokassa'; did you mean"),
        (MAIN + SECOND.replace('"2"', '"1"'), "payments.second.shop_id: is that of payments.main too"),
        (MAIN + SECOND.replace("second", "MAIN"), "payments.MAIN: is the same as payments.main in variables"),
        (MAIN + 'formerly = ["second"]\n' + SECOND, "payments.main.formerly: second is payments.second's"),
        (
            MAIN + 'formerly = ["old"]\n' + SECOND + 'formerly = ["old"]\n',
            "payments.second.formerly: old is payments.main's",
        ),
        (MAIN + 'formerly = ["main"]\n', "payments.main.formerly: main is its own name"),
        (MAIN + 'formerly = ["aaio"]\n', "payments.main.formerly: aaio is the name of another kind"),
        (MAIN + 'formerly = ["a b"]\n', "payments.main.formerly.0: an account's name is part of an address"),
    ],
)  # fmt: skip
def test_what_could_be_taken_for_another_account_is_refused_by_name(faults_of, text, fault):
    (found,) = faults_of(text)
    assert found.startswith(fault)


def test_a_secret_that_two_accounts_share_is_not_told(faults_of):
    one = '[payments.{}]\nkind = "stripe"\nsecret_key = "{}"\nwebhook_secret = "whsec_s3cret"\n'
    (found,) = faults_of(one.format("a", "sk_1") + one.format("b", "sk_2"))
    assert found == "payments.b.webhook_secret: is that of payments.a too: they are one account"


def test_a_renamed_account_may_have_had_the_name_of_its_kind(read):
    assert read(MAIN + 'formerly = ["yookassa", "older"]\n').payments["main"].formerly == (
        "yookassa",
        "older",
    )


def test_a_bot_that_chooses_an_account_which_is_not_there_is_told_so(read, faults_of):
    chosen = SHOP + '[bots.shop.options]\npayments = ["main", "secnd"]\n'
    assert faults_of(MAIN + SECOND + chosen) == [
        "bots.shop.options.payments: there is no account [payments.secnd]; did you mean second?"
    ]
    assert faults_of(chosen.replace('"main", ', "")) == [
        "bots.shop.options.payments: there is no account [payments.secnd]; set it in [payments.secnd]"
    ]
    renamed = MAIN + SECOND + 'formerly = ["secnd"]\n' + chosen
    assert read(renamed).bots["shop"].options == {"payments": ["main", "secnd"]}


def test_a_demo_has_an_account_of_each_kind_to_choose_from(read, faults_of):
    shop = '[bots.shop]\nbot = "shop"\n[bots.shop.options]\npayments = ["{}"]\n'
    for name in kinds_of("payment"):
        assert read(shop.format(name)).demo
    (found,) = faults_of(shop.format("main"))
    assert found.startswith("bots.shop.options.payments: there is no account [payments.main]; known are aaio")


def test_no_family_is_called_like_a_channel_and_no_kind_like_another():
    assert not CHANNELS & {*SECTIONS, *SECTIONS.values()}
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind.name.isalnum() and kind.name == kind.name.lower() for kind in KINDS)
    assert all(set(kind.unique) <= set(kind.settings.model_fields) for kind in KINDS)
