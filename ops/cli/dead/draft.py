"""A payload in somebody's editor."""

import json
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from mailroom.ops.cli.consent import NotDoneError
from mailroom.ops.cli.dead.look import pretty

EDITOR = "vi"
"""What every machine has, where neither VISUAL nor EDITOR says better."""


class Draft:
    """The text as a file that only we can read, for as long as it is needed: what was typed is not lost when
    on-call refuses it.
    """

    def __init__(self, payload: str) -> None:
        self._before = pretty(payload)
        handle, name = tempfile.mkstemp(prefix="mailroom-payload-", suffix=".json")
        self.file = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self._before + "\n")

    def edited(self) -> str | None:
        """What the editor left, as compact as it is kept; None when nothing was changed."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or EDITOR
        try:
            subprocess.run([*shlex.split(editor), str(self.file)], check=True)
            text = self.file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise NotDoneError(
                f"Nothing was changed: {editor} failed: {error}.{self._what_is_left()}"
            ) from None
        return None if pretty(text) == self._before.strip() else _compact(text)

    def _what_is_left(self) -> str:
        """Somebody's message stays on the disk only if there is work in it."""
        if self.file.exists() and self.file.read_bytes().strip() != self._before.strip().encode():
            return f" Your text is kept in {self.file}."
        self.throw_away()
        return ""

    def throw_away(self) -> None:
        """The text is stored, or worth nothing."""
        self.file.unlink(missing_ok=True)


def _compact(text: str) -> str:
    try:
        compact = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
        compact.encode()
    except (ValueError, RecursionError):
        return text  # what is wrong with it is said there
    return compact
