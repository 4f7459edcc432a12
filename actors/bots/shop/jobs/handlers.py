"""Who does the shop's jobs."""

from functools import partial

from mailroom.actors.bots.shop.jobs.apologise import apologise
from mailroom.actors.bots.shop.jobs.bonus import pay_bonus
from mailroom.actors.bots.shop.jobs.deliver import deliver
from mailroom.actors.bots.shop.jobs.erase import erase, erase_usage
from mailroom.actors.bots.shop.jobs.expire import expire
from mailroom.actors.bots.shop.jobs.kinds import (
    APOLOGISE,
    BONUS,
    DELIVER,
    DELIVERY,
    ERASE,
    ERASE_USAGE,
    EXPIRE,
    RANK,
    RECEIPT,
    TAKE_BACK,
    TELL_SUPPLIER,
)
from mailroom.actors.bots.shop.jobs.rank import rank
from mailroom.actors.bots.shop.jobs.receipt import send_receipt
from mailroom.actors.bots.shop.jobs.supplier import tell_supplier
from mailroom.actors.bots.shop.jobs.take_back import take_back
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.handlers import Handlers


def handlers(room: Room[Options]) -> Handlers:
    """The shop's jobs."""
    jobs = Handlers(DELIVERY, room.bot, within=room.database)
    jobs.job(DELIVER)(partial(deliver, room))
    jobs.job(RECEIPT)(send_receipt)
    jobs.job(BONUS)(partial(pay_bonus, room))
    jobs.job(RANK)(rank)
    jobs.job(TELL_SUPPLIER)(partial(tell_supplier, room))
    jobs.job(EXPIRE)(expire)
    jobs.job(APOLOGISE)(apologise)
    jobs.job(TAKE_BACK)(take_back)
    jobs.job(ERASE)(partial(erase, room))
    jobs.job(ERASE_USAGE)(erase_usage)
    return jobs
