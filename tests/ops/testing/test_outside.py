"""The tests of `add-a-bot.md` as its reader runs them: in a folder of their own, over what is installed."""

import os
import re
import subprocess
import sys
import zipfile

import pytest

from tests.added import ROOT, TEXT, blocks_of, write_out
from tests.fetched import pip


def ran(folder, path, *options):
    """What pytest said at last, in a folder, with `path` to import from."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1].partition(" in ")[0]


def written():
    """How many tests there are on the page."""
    return len(re.findall(r"^def test_", TEXT, re.MULTILINE))


def test_the_tests_of_the_page_pass_in_a_folder_outside_of_the_checkout(tmp_path):
    assert ran(write_out(tmp_path), ROOT / ".package") == f"{written()} passed"
    assert sum(map(int, re.findall(r"^(\d+) passed$", TEXT, re.MULTILINE))) == written()


@pytest.mark.parametrize("page", ["testing-a-bot", "bring-your-aiogram-bot"])
def test_what_the_pages_of_tests_show_passes_as_it_stands(tmp_path, page):
    text = ROOT.joinpath(f"ops/docs/{page}.md").read_text(encoding="utf-8")
    for name, content in blocks_of(text).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    count = len(re.findall(r"^def test_", text, re.MULTILINE))
    assert ran(tmp_path, ROOT / ".package") == f"{count} passed"


@pytest.mark.long
def test_they_pass_over_the_wheel(tmp_path):
    pip("what builds wheels", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("mailroom-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    folder = tmp_path / "my-bots"
    folder.mkdir()
    assert ran(write_out(folder), tmp_path / "site") == f"{written()} passed"


def test_whoever_does_not_ask_for_the_fixtures_pays_nothing_for_them(tmp_path):
    (tmp_path / "test_plain.py").write_text(
        "import sys, mailroom\n\n\ndef test_nothing():\n"
        "    assert not {'aiogram', 'openai', 'asyncpg'} & set(sys.modules)\n",
        encoding="utf-8",
    )
    for options in ((), ("-p", "mailroom.testing")):  # asked for and not used, it costs one small file
        assert ran(tmp_path, ROOT / ".package", *options).endswith("1 passed")


def test_what_serves_imports_no_pytest():
    code = "import sys, mailroom.ops.cli, mailroom.testing; print('pytest' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
