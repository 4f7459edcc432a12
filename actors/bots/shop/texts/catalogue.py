"""What the shop says of its goods."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CatalogueTexts:
    """Categories, pages of products, and the card of one."""

    categories: str
    categories_empty: str
    category: str
    category_empty: str
    page: str
    product: str
    discount: str
    from_quantity: str
    in_stock: str
    last_one: str
    sold_out: str
    in_cart: str
    row: str
    row_sold_out: str
    gone_popup: str
    sold_out_popup: str
    only_left_popup: str
    price_changed: str
    button_categories: str
    button_previous: str
    button_next: str
    button_back: str
    button_add: str
    button_buy: str


RUSSIAN = CatalogueTexts(
    categories="<b>Каталог</b>\nВыберите раздел:",
    categories_empty="Каталог пока пуст. Загляните позже.",
    category="<b>{title}</b>\nВсего: {items}.",
    category_empty="В этом разделе сейчас ничего нет.",
    page="Страница {number} из {count}.",
    product="<b>{title}</b>\n\n{description}\n\nЦена: {price}",
    discount="🏷 {title}, {percent}",
    from_quantity="От {quantity} шт.: <b>{price}</b> за штуку, {percent}",
    in_stock="В наличии: {count}",
    last_one="Осталась последняя штука",
    sold_out="Сейчас нет в наличии. Загляните позже.",
    in_cart="В корзине: {quantity} шт.",
    row="{title} · {price}",
    row_sold_out="{title} · нет в наличии",
    gone_popup="Этот товар больше не продаётся.",
    sold_out_popup="Этот товар закончился.",
    only_left_popup="В наличии: {count} шт. Больше взять не получится.",
    price_changed="Цена изменилась. Проверьте, пожалуйста.",
    button_categories="↩️ Разделы",
    button_previous="◀️ Предыдущие",
    button_next="Следующие ▶️",
    button_back="↩️ Назад",
    button_add="➕ В корзину",
    button_buy="⚡️ Купить за {price}",
)

ENGLISH = CatalogueTexts(
    categories="<b>Catalogue</b>\nChoose a category:",
    categories_empty="The catalogue is empty for now. Please check back later.",
    category="<b>{title}</b>\n{items} in total.",
    category_empty="There is nothing in this category at the moment.",
    page="Page {number} of {count}.",
    product="<b>{title}</b>\n\n{description}\n\nPrice: {price}",
    discount="🏷 {title}, {percent}",
    from_quantity="{quantity} or more: <b>{price}</b> each, {percent}",
    in_stock="In stock: {count}",
    last_one="Last one in stock",
    sold_out="Sold out for now. Please check back later.",
    in_cart="In your cart: {quantity}",
    row="{title} · {price}",
    row_sold_out="{title} · sold out",
    gone_popup="This product is no longer sold.",
    sold_out_popup="This product is sold out.",
    only_left_popup="In stock: {count}. That is all we have.",
    price_changed="The price has changed. Please check it.",
    button_categories="↩️ Categories",
    button_previous="◀️ Previous",
    button_next="Next ▶️",
    button_back="↩️ Back",
    button_add="➕ Add to cart",
    button_buy="⚡️ Buy now for {price}",
)
