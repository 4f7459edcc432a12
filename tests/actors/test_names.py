"""Names of modules: `mailroom` is ours, the others are the bots', and names of before still lead to ours."""

import json
import sys

import pytest

from mailroom.actors.hosting.load import RouterError, from_disk
from mailroom.actors.limiter import CallClass
from mailroom.actors.memory import from_text, to_text
from mailroom.actors.names import import_by_name

OWN = ("storage", "ops", "ingress")


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """The path and the modules, whatever a bot's own add to them."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = dict(sys.modules)
    yield
    for name in sys.modules.keys() - before.keys():
        del sys.modules[name]


def test_data_that_was_stored_under_a_former_name_still_loads():
    assert from_text(to_text({"class": CallClass.REPLY})) == {"class": CallClass.REPLY}
    former = json.dumps(["mailroom", ["dict", "class", ["enum", "actors.limiter", "CallClass", "REPLY"]]])
    assert from_text(former) == {"class": CallClass.REPLY}


def test_a_router_that_settings_name_as_it_was_called_is_served():
    assert from_disk("ops.flood.counter:router", None) is from_disk("mailroom.ops.flood.counter:router", None)


def test_a_former_name_of_what_never_was_there_is_said_as_it_was_given(tmp_path):
    with pytest.raises(RouterError, match=r"there is no module 'ops\.nothing'"):
        from_disk("ops.nothing:router", tmp_path)


def test_a_bots_own_files_may_be_called_as_our_folders_are(tmp_path):
    for name in OWN:
        (tmp_path / f"{name}.py").write_text("from aiogram import Router\nrouter = Router()\n")
    for name in OWN:
        assert from_disk(f"{name}:router", tmp_path) is import_by_name(name).router
        assert sys.modules[name].__file__ == str(tmp_path / f"{name}.py")


def test_what_a_bots_own_module_lacks_is_its_own_fault(tmp_path):
    (tmp_path / "storage.py").write_text("")
    (tmp_path / "bot.py").write_text("from storage import router\n")
    with pytest.raises(RouterError, match=r"cannot import name 'router' from 'storage'"):
        from_disk("bot:router", tmp_path)


@pytest.mark.parametrize("taken", ["mailroom.py", "mailroom/__init__.py"])
def test_a_bots_own_mailroom_is_named_with_what_to_do(taken, tmp_path):
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_text("")
    (tmp_path / "bot.py").write_text("from aiogram import Router\nrouter = Router()\n")
    place = tmp_path / taken.split("/")[0]
    with pytest.raises(RouterError) as refused:
        from_disk("bot:router", tmp_path)
    assert str(refused.value) == (
        "router 'bot:router': the name mailroom is taken: `import mailroom` finds Mailroom itself,"
        f" so rename {place}"
    )


def test_a_checkout_that_is_called_mailroom_takes_no_name(tmp_path):
    (tmp_path / "mailroom" / "actors").mkdir(parents=True)
    (tmp_path / "bot.py").write_text("from aiogram import Router\nrouter = Router()\n")
    assert from_disk("bot:router", tmp_path)
