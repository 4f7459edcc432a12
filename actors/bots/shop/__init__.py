"""The bundled shop of digital goods: an AI consultant, stock, payment and delivery,
in Russian and English.
"""

from pathlib import Path

from mailroom.actors.bots.shop.demo.people import OWNER_ID, PEOPLE
from mailroom.actors.bots.shop.jobs.kinds import DELIVERY
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.bundled import BundledBot, Demo, Parts


def _parts() -> Parts[Options]:
    from mailroom.actors.bots.shop.parts import PARTS

    return PARTS


BOT = BundledBot(
    options=Options,
    parts=_parts,
    queues=(DELIVERY,),
    migrations=Path(__file__).with_name("migrations"),
    monitoring=Path(__file__).with_name("monitoring"),
    demo=Demo(
        options=Options(owners=frozenset({OWNER_ID})),
        people=PEOPLE,
        script="mailroom.actors.bots.shop.demo.model:SCRIPT",
    ),
)
