"""The example of `add-a-provider.md` is complete, and passes what every provider must pass."""

import inspect
import re
import sys
import types
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from mailroom.actors import account_kinds, providers
from mailroom.ops.bot_services import payment_accounts
from mailroom.ops.configuration import load
from tests.actors.providers import gateway as gateways
from tests.actors.providers import test_payment_contract as contract

TEXT = Path(__file__).parents[3].joinpath("ops/docs/add-a-provider.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", TEXT, re.DOTALL))


def names_of(path, **given):
    """The names that a file of the example has, in the company of those that are there already."""
    names = {"__name__": "penny", **given}
    exec(compile(BLOCKS[path], path, "exec"), names)
    return names


_made = names_of("actors/providers/penny.py")
Penny, KIND = _made["Penny"], _made["KIND"]
PennyGateway = names_of("tests/actors/providers/gateway.py", **vars(gateways), Penny=Penny)["PennyGateway"]


def _for_penny(test):
    copy = types.FunctionType(test.__code__, test.__globals__, test.__name__)
    others = [mark for mark in test.pytestmark if mark.args[0] != "kind"]
    copy.pytestmark = [*others, pytest.mark.parametrize("kind", [PennyGateway], ids=["penny"]).mark]
    return copy


for _name, _test in list(vars(contract).items()):
    if _name.startswith("test_"):
        globals()[_name] = _for_penny(_test)


def test_its_settings_are_what_its_provider_takes_and_show_no_secret():
    made = KIND.settings(api_key="sandbox_1", notice_key="n-1")
    assert set(made.own()) <= set(inspect.signature(Penny).parameters)
    assert "sandbox_1" not in repr(made)
    assert "n-1" not in repr(made)


def test_one_line_in_the_registry_makes_it_a_kind_with_many_accounts(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "mailroom.actors.providers.penny", SimpleNamespace(KIND=KIND))
    monkeypatch.setattr(providers, "penny", SimpleNamespace(KIND=KIND), raising=False)
    kinds = names_of("actors/account_kinds.py", KINDS=account_kinds.KINDS)["KINDS"]
    monkeypatch.setattr(account_kinds, "KINDS", kinds)
    file = tmp_path / "mailroom.toml"
    file.write_text('[payments.second]\nkind = "penny"\nnotice_key = "n-2"\nformerly = ["first"]\n')
    keys = {"MAILROOM_PAYMENTS_SECOND_API_KEY": "k-2"}
    keys |= {"MAILROOM_PAYMENTS_PENNY_API_KEY": "sandbox_1", "MAILROOM_PAYMENTS_PENNY_NOTICE_KEY": "n-1"}
    accounts = payment_accounts(load(file, environment=keys).payments, httpx.AsyncClient())
    assert [(name, one.kind, one.test) for name, one in accounts.items()] == [
        ("second", "penny", False),
        ("penny", "penny", True),
    ]
    assert accounts["first"] is accounts["second"]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:actors|ops|tests)/[a-z_/]+\.py)`", TEXT))))
def test_every_file_that_the_page_names_is_there(path):
    assert path in BLOCKS or Path(__file__).parents[3].joinpath(path).exists()
