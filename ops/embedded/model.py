"""The stand-in for a language model in demo mode: a script that says of itself that it is one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailroom.ops.embedded.simulator import DemoSimulator

WORD_MILLISECONDS = 25
"""Between two words: an answer grows before one's eyes, and is there within two seconds."""


class DemoModel(DemoSimulator):
    """The simulator of an OpenAI-compatible endpoint."""

    name = "the model simulator"
    module = "mailroom.ops.simulators.model"
    label = "model"

    @property
    def base_url(self) -> str:
        """What a client of such an endpoint is given."""
        return f"{self.url}/v1"

    def __init__(
        self,
        data: Path,
        *,
        port_wanted: int,
        scripts: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """`scripts` are what it says to whom, by their keys: `module:name`, looked for in `folder` first."""
        super().__init__(data, port_wanted=port_wanted)
        self._scripts = dict(scripts or {})
        self._folder = folder

    def options(self) -> Sequence[str]:
        """What it says, and how fast."""
        scripts = [word for key, place in self._scripts.items() for word in ("--script", f"{key}={place}")]
        found_in = ("--folder", str(self._folder)) if self._folder else ()
        return (*found_in, *scripts, "--token-ms", str(WORD_MILLISECONDS))
