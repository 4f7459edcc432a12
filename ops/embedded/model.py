"""The stand-in for a language model in demo mode: a script that says of itself that it is one."""

from collections.abc import Sequence

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

    def options(self) -> Sequence[str]:
        """How fast it speaks."""
        return ("--token-ms", str(WORD_MILLISECONDS))
