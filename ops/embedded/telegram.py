"""The stand-in for Telegram in demo mode: a simulator with a chat page. Its chats are not meant to last."""

from collections.abc import Mapping
from pathlib import Path

from ops.embedded.simulator import DemoSimulator


class DemoTelegram(DemoSimulator):
    """The simulator; `start` gives the address of its Bot API, which is that of its chat page too."""

    name = "the Telegram simulator"
    module = "ops.simulators.telegram"
    label = "telegram"
    sign_of_life = "/"

    def __init__(self, data: Path, *, port_wanted: int, bots: Mapping[str, str] | None = None) -> None:
        """`bots` are the tokens of those that people will find on the page, by name."""
        super().__init__(data, port_wanted=port_wanted)
        self._bots = dict(bots or {})

    def prepare(self) -> None:
        """Have the page show each bot by its name, else it would be called after its token's number."""
        for name, token in self._bots.items():
            shown = name.replace("_", " ").replace("-", " ").capitalize()
            self.pull("/sim/bots", {"token": token, "name": shown})
