"""Bots that a script came to serve by their tokens, kept for its next start: what was accepted for them
before a crash must find somebody to handle it, and nobody else names them.
"""

import json
from pathlib import Path

FILE = "bots-by-token.json"
"""In the data directory, readable by its owner alone: it holds tokens."""


class KnownBots:
    """Tokens by the path of the handler that serves them. Each bot has one, its newest."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        try:
            self._tokens: dict[str, dict[str, str]] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._tokens = {}

    @property
    def count(self) -> int:
        """How many there are, on all paths."""
        return sum(map(len, self._tokens.values()))

    def of(self, path: str) -> list[str]:
        """The tokens that a path has served."""
        return list(self._tokens.get(path, {}).values())

    def keep(self, path: str, token: str) -> None:
        """Remember a token, on disk when this returns."""
        bot_id = token.partition(":")[0]
        self._tokens.setdefault(path, {})[bot_id] = token
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(self._tokens), encoding="utf-8")
        new.replace(self._file)
