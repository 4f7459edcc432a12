"""All the shop says to those who run it. Messages are HTML and take escaped values; pop-ups are plain."""

from pathlib import Path

from mailroom.actors.bots.shop.texts.owner.complaints import ComplaintTexts
from mailroom.actors.bots.shop.texts.owner.discounts import DiscountTexts
from mailroom.actors.bots.shop.texts.owner.faults import FaultTexts
from mailroom.actors.bots.shop.texts.owner.figures import FigureTexts
from mailroom.actors.bots.shop.texts.owner.log import LogTexts
from mailroom.actors.bots.shop.texts.owner.menu import MenuTexts
from mailroom.actors.bots.shop.texts.owner.orders import OrderTexts
from mailroom.actors.bots.shop.texts.owner.products import ProductTexts
from mailroom.actors.bots.shop.texts.owner.stock import StockTexts
from mailroom.actors.bots.shop.texts.statuses import STATUSES, Statuses
from mailroom.actors.kit.owners.texts import OWNER_FOLDER
from mailroom.actors.kit.owners.texts.broadcasts import BroadcastTexts
from mailroom.actors.kit.owners.texts.policies import PolicyTexts
from mailroom.actors.kit.owners.texts.refusals import RefusalTexts
from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.owners.texts.uploads import UploadTexts
from mailroom.actors.texts.declared import Texts
from mailroom.actors.texts.reading import read_texts


class OwnerTexts(Texts):
    """What the shop says to its owners and staff in one language."""

    # the kit's
    shared: SharedTexts
    broadcasts: BroadcastTexts
    uploads: UploadTexts
    refusals: RefusalTexts
    policies: PolicyTexts
    # the shop's
    menu: MenuTexts
    figures: FigureTexts
    orders: OrderTexts
    complaints: ComplaintTexts
    products: ProductTexts
    stock: StockTexts
    discounts: DiscountTexts
    log: LogTexts
    faults: FaultTexts

    @property
    def statuses(self) -> Statuses:
        """The one word for each status, which customers read too."""
        return STATUSES[self.language]


OWNER_TEXTS = read_texts(
    OwnerTexts, OWNER_FOLDER, default="en", theme="owner", over=Path(__file__).parents[1]
)
