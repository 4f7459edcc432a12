"""Mailroom claims one importable name, and what reads its code sees all of it under that name."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import grimp
import pytest

from tests.fetched import pip

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("actors", "supervisors", "ingress", "storage", "ops")
LINKS = ROOT / ".package" / "mailroom"


def python(code, folder):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_ever_loaded_under_two_names(folder):
    told = python(f"import {folder}", ROOT)
    assert told.returncode == 1
    last = told.stderr.splitlines()[-1]
    assert last == f"ImportError: This is a part of Mailroom: import mailroom.{folder}, not {folder}."


@pytest.mark.parametrize("name", [*FOLDERS, "tests"])
def test_elsewhere_nothing_but_the_one_name_can_be_imported(name, tmp_path):
    told = python(f"import mailroom.storage; import {name}", tmp_path)
    assert told.stderr.splitlines()[-1] == f"ModuleNotFoundError: No module named {name!r}"


def test_a_traceback_names_the_file_that_an_editor_has_open(tmp_path):
    told = python("import mailroom.storage.words as found; print(found.__file__)", tmp_path)
    assert told.stdout.strip() == str(ROOT / "storage" / "words.py")


def test_what_reads_code_finds_all_of_it():
    for folder in FOLDERS:
        assert (LINKS / folder).readlink() == Path("../..") / folder
    seen = grimp.build_graph("mailroom", cache_dir=None).modules
    modules = {
        ".".join(("mailroom", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.py")
    }
    assert len(modules) > 500
    parts_of_packages = {
        one for one in modules if all(up in modules for up in _ups(one)) or one.count(".") == 1
    }
    assert parts_of_packages <= seen


def _ups(name):
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(2, len(parts))]


def test_the_checks_see_a_planted_error_where_a_checkout_has_kept_no_links(tmp_path):
    for folder in FOLDERS:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    (tmp_path / "storage" / "planted.py").write_text("def number() -> int:\n    return 'a text'\n")
    (tmp_path / ".package" / "mailroom").mkdir(parents=True)
    for file in ("__init__.py", "py.typed"):
        shutil.copy(LINKS / file, tmp_path / ".package" / "mailroom")
    for folder in FOLDERS:  # as Git leaves a link where a file system has none
        (tmp_path / ".package" / "mailroom" / folder).write_text(f"../../{folder}")
    for file in ("pyproject.toml", "ops/check", "ops/environment.sh", "ops/constraints.txt"):
        shutil.copy(ROOT / file, tmp_path / file)
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for tool in ("ruff", "lint-imports"):
        (tools / tool).symlink_to("/bin/true")
    (tools / "mypy").symlink_to(Path(sys.executable).with_name("mypy"))
    sums = subprocess.run(
        "cat pyproject.toml ops/constraints.txt | cksum | tr ' ' -",
        shell=True, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (tmp_path / ".venv" / "mailroom-stamp").write_text(f"dev {sums.stdout.strip()} {tmp_path.resolve()}\n")
    told = subprocess.run(["ops/check", "static"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "planted.py:2: error: Incompatible return value type" in told.stdout
    assert told.stderr.splitlines()[-1] == "Failed: mypy"


@pytest.mark.long
def test_the_wheel_holds_one_name_and_every_file_of_it(tmp_path):
    pip("what builds wheels", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("mailroom-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"mailroom"}
    tracked = subprocess.run(
        ["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    packed = {name.removeprefix("mailroom/") for name in names if ".dist-info/" not in name}
    faces = {one.name for one in (ROOT / ".package" / "mailroom").glob("*.py")}
    assert packed == {*tracked, *faces, "py.typed"}


def test_no_code_names_a_module_by_the_name_that_it_had():
    had = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(FOLDERS)})\b", re.MULTILINE)
    files = [file for folder in (*FOLDERS, "tests") for file in (ROOT / folder).rglob("*.py")]
    assert [str(file) for file in files if had.search(file.read_text(encoding="utf-8"))] == []
