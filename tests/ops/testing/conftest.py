"""The bots of `add-a-bot.md` where a test can name them."""

import re
import sys

import pytest

from tests.added import write_out


@pytest.fixture
def walk(tmp_path, monkeypatch):
    """A folder with the files of the page; its bots are imported from there, and forgotten afterwards."""
    folder = write_out(tmp_path)
    found = _forget()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    _forget()
    sys.modules.update(found)


def _forget():
    names = [name for name in sys.modules if re.match(r"(tips|hello_bot|tea_bot)\b", name)]
    return {name: sys.modules.pop(name) for name in names}
