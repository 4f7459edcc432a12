"""A program run by us finds itself as it does under Python: that one's word is what ours is compared with."""

import os
import subprocess
import sys
import zipfile

import pytest

SAYS = (
    "import sys, os\n"
    "me = sys.modules['__main__'].__dict__ is globals()\n"
    "spec = __spec__ and __spec__.name\n"
    "print(__name__, __package__, spec, __file__, type(__loader__).__name__, sys.argv, sys.path[0], me)\n"
)
RUNS = (
    "import sys; sys.path.remove(''); from mailroom.ops.program import Module, Script\n"
    "kind, name, *arguments = sys.argv[1:]\n"
    "program = Module(name) if kind == '-m' else Script(name)\n"
    "program.prepare(arguments); program.run()\n"
)


@pytest.fixture
def program(tmp_path):
    package = tmp_path / "bot"
    (package / "parts").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "parts" / "__init__.py").write_text("")
    (package / "parts" / "words.py").write_text("WORD = 'relative'\n")
    (package / "__main__.py").write_text(SAYS)
    (package / "start.py").write_text(SAYS + "from .parts.words import WORD\nprint(WORD)\n")
    (tmp_path / "alone.py").write_text(SAYS)
    (tmp_path / "link.py").symlink_to(package / "__main__.py")
    with zipfile.ZipFile(tmp_path / "bot.zip", "w") as packed:
        packed.writestr("__main__.py", SAYS)
    return tmp_path


def said(command, folder, **environment):
    done = subprocess.run(
        command, cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    return done.stdout, done.returncode


@pytest.mark.parametrize(
    "line",
    [
        "alone.py a --b",
        "link.py",
        "bot",
        "bot x",
        "bot.zip",
        "-m bot -v",
        "-m bot.start",
        "-m alone",
        "bot/start.py",
    ],
)
def test_a_program_finds_itself_as_under_python(program, line):
    words = line.split()
    by_python = said([sys.executable, *words], program)
    ours = words if words[0] == "-m" else ["path", *words]
    by_us = said([sys.executable, "-c", RUNS, *ours], program, **os.environ)
    assert by_us == by_python
