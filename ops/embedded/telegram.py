"""The stand-in for Telegram in demo mode: a simulator with a chat page. Its chats are not meant to last."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from mailroom.actors.hosting.demo_person import DemoPerson
from mailroom.ops.embedded.simulator import DemoSimulator


class DemoTelegram(DemoSimulator):
    """The simulator; `start` gives the address of its Bot API, which is that of its chat page too."""

    name = "the Telegram simulator"
    module = "mailroom.ops.simulators.telegram"
    label = "telegram"
    sign_of_life = "/"

    def __init__(
        self,
        data: Path,
        *,
        port_wanted: int,
        bots: Mapping[str, str] | None = None,
        people: Mapping[str, Sequence[DemoPerson]] | None = None,
    ) -> None:
        """`bots` are the tokens of those that people will find on the page, by name; `people` those whom the
        page introduces, by the same names.
        """
        super().__init__(data, port_wanted=port_wanted)
        self._bots = dict(bots or {})
        self._people = dict(people or {})

    def prepare(self) -> None:
        """Have the page show each bot by its name, else it would be called after its token's number, and say
        who is who.
        """
        for name, token in self._bots.items():
            shown = name.replace("_", " ").replace("-", " ").capitalize()
            people = [asdict(person) for person in self._people.get(name, ())]
            self.control("/sim/bots", {"token": token, "name": shown, "people": people})
