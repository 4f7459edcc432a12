"""What on-call and the people of bots work with over HTTP: `/ops` and `/console` are two views of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import trio

from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.access import Access
from mailroom.supervisors.oncall.oncall import OnCall


@dataclass(frozen=True, slots=True)
class Operations:
    """All of it, in one process."""

    oncall: OnCall
    access: Access
    """Who may use it."""
    sections: Mapping[str, BotSection] = field(default_factory=dict)
    """Those of bots, by their names."""
    doing: Doing = field(default_factory=Doing)
    """What has sections act."""
    closing: trio.Event = field(default_factory=trio.Event)
    """Streams end when it is set."""
