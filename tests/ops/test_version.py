"""There is one version, in one place; the license and what pip is told of the project are complete."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version
from typer.testing import CliRunner

from mailroom.ops.cli import app
from mailroom.ops.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEADINGS = re.findall(
    r"^## (.+)$", (ROOT / "ops/docs/changelog.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_pip_was_told_0_1_0_when_the_changelog_was_at_0_4_0():
    newest, *older = [Version(heading) for heading in HEADINGS if heading != "Unreleased"]
    ours = Version(VERSION)
    assert str(ours) == VERSION
    if HEADINGS[0] == "Unreleased":
        assert ours.is_devrelease
        assert Version(ours.base_version) > newest
    else:
        assert ours == newest
    assert [newest, *older] == sorted([newest, *older], reverse=True)


def test_the_version_stands_in_one_place():
    assert PROJECT["project"]["version"] == VERSION
    others = [path for path in ROOT.glob("[a-z]*/**/*.py") if f'"{VERSION}"' in path.read_text("utf-8")]
    assert others == []


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "tree"]])
def test_the_command_line_says_it(arguments):
    answer = CliRunner().invoke(app, arguments)
    assert (answer.exit_code, answer.output) == (0, f"mailroom {VERSION}\n")


def test_the_license_lies_where_tools_look_for_it_and_is_the_one_that_pip_is_told():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License\n\nCopyright (c) ")
    assert "the Mailroom authors" in text
    project = PROJECT["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    assert [author["name"] for author in project["authors"]] == ["the Mailroom authors"]
    assert not [one for one in project["classifiers"] if one.startswith("License")], (
        "PEP 639 has no room for both"
    )
    assert (ROOT / project["readme"]).exists()
