"""All the shop says, in Russian and English.

Texts of messages are HTML and take escaped values; texts of pop-ups (`*_popup`) are plain and take raw ones.
Each field is spelled out in both languages, so a text missing in one of them is a type error.
"""

from dataclasses import dataclass

from actors.bots.shop.language import Language, plural


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What the shop says in one language; the fields follow a customer's way through it."""

    language: Language

    # menu
    greeting: str
    form_left: str
    menu: str
    help: str
    language_switched: str
    # catalogue
    categories: str
    categories_empty: str
    category: str
    category_empty: str
    page: str
    product: str
    product_in_cart: str
    product_gone_popup: str
    # cart
    cart: str
    cart_line: str
    total: str
    cart_empty: str
    cart_cleared_popup: str
    added_popup: str
    removed_popup: str
    not_in_cart_popup: str
    too_many_lines_popup: str
    too_many_of_one_popup: str
    other_currency_popup: str
    missing_forms: tuple[str, ...]
    # order form
    ask_contact: str
    bad_contact: str
    ask_comment: str
    comment_too_long: str
    summary: str
    no_comment: str
    order_changed: str
    confirm_needs_button: str
    form_needs_text: str
    form_cancelled: str
    nothing_to_cancel: str
    no_username_popup: str
    # orders
    order_placed: str
    orders: str
    orders_empty: str
    order_row: str
    items_forms: tuple[str, ...]
    status_names: dict[str, str]
    # whatever else people send and press
    unknown_text: str
    unknown_command: str
    unknown_media: str
    old_button_popup: str
    form_closed_popup: str
    private_only: str
    # buttons
    button_catalogue: str
    button_cart: str
    button_cart_filled: str
    button_orders: str
    button_help: str
    button_other_language: str
    button_menu: str
    button_back: str
    button_categories: str
    button_previous: str
    button_next: str
    button_add: str
    button_checkout: str
    button_clear: str
    button_use_username: str
    button_skip: str
    button_confirm: str
    button_change: str
    button_cancel: str

    def items(self, count: int) -> str:
        """A count of goods in words: `3 товара`, `3 items`."""
        return f"{count} {plural(self.language, count, self.items_forms)}"

    def missing(self, count: int) -> str:
        """How many lines left the cart because they are no longer sold."""
        return plural(self.language, count, self.missing_forms).format(count=count)


RUSSIAN = Texts(
    language=Language.RU,
    greeting="Здравствуйте, {name}! Это магазин цифровых товаров: программы, игры, курсы.\n\n"
    "Выбирайте в каталоге, складывайте в корзину и оформляйте заказ.",
    form_left="Оформление заказа прервано, корзина сохранена.",
    menu="<b>Главное меню</b>\nЧто откроем?",
    help="<b>Как это работает</b>\n"
    "1. Откройте каталог и выберите товар.\n"
    "2. Добавьте его в корзину, там же меняется количество.\n"
    "3. Нажмите «Оформить заказ», оставьте контакт и подтвердите.\n\n"
    "/start: главное меню\n/catalog: каталог\n/cart: корзина\n/orders: мои заказы\n"
    "/language: сменить язык (switch to English)\n/cancel: прервать оформление заказа\n/help: эта подсказка",
    language_switched="Теперь говорим по-русски.",
    categories="<b>Каталог</b>\nВыберите раздел:",
    categories_empty="Каталог пока пуст. Загляните позже.",
    category="<b>{title}</b>\nВсего: {items}.",
    category_empty="В этом разделе сейчас ничего нет.",
    page="Страница {number} из {count}.",
    product="<b>{title}</b>\n\n{description}\n\nЦена: <b>{price}</b>",
    product_in_cart="В корзине: {quantity} шт.",
    product_gone_popup="Этот товар больше не продаётся.",
    cart="<b>Корзина</b>",
    cart_line="{number}. {title}\n{quantity} × {price} = {total}",
    total="Итого: <b>{total}</b>",
    cart_empty="Корзина пуста. Загляните в каталог!",
    cart_cleared_popup="Корзина очищена.",
    added_popup="Добавлено: {title}. В корзине {quantity} шт.",
    removed_popup="Убрано из корзины.",
    not_in_cart_popup="Этого товара в корзине уже нет.",
    too_many_lines_popup="В корзине может быть не больше {limit} разных товаров.",
    too_many_of_one_popup="Не больше {limit} шт. одного товара в заказе.",
    other_currency_popup="Цена этого товара в другой валюте. Оформите его отдельным заказом.",
    missing_forms=(
        "{count} товар больше не продаётся и убран из корзины.",
        "{count} товара больше не продаются и убраны из корзины.",
        "{count} товаров больше не продаются и убраны из корзины.",
    ),
    ask_contact="<b>Оформление заказа, шаг 1 из 3</b>\n"
    "Как с вами связаться? Напишите телефон, @имя в Telegram или адрес почты.",
    bad_contact="Не похоже ни на телефон, ни на @имя, ни на почту. Подойдёт, например:\n"
    "+7 912 345-67-89, @username или name@example.com",
    ask_comment="<b>Оформление заказа, шаг 2 из 3</b>\n"
    "Добавьте комментарий к заказу (до {limit} символов) или пропустите этот шаг.",
    comment_too_long="Комментарий слишком длинный: {length} символов, а помещается {limit}. Напишите короче.",
    summary="<b>Оформление заказа, шаг 3 из 3</b>\n\n{lines}\n\n{total}\n\n"
    "Контакт: {contact}\nКомментарий: {comment}\n\nВсё верно?",
    no_comment="нет",
    order_changed="Пока вы оформляли заказ, он изменился. Проверьте ещё раз.",
    confirm_needs_button="Осталось подтвердить заказ кнопкой ниже, изменить данные или отменить.",
    form_needs_text="Сейчас нужен обычный текст: картинку, стикер или файл в заказ не записать.",
    form_cancelled="Оформление отменено. Корзина сохранена.",
    nothing_to_cancel="Отменять нечего: заказ сейчас не оформляется.",
    no_username_popup="В вашем профиле Telegram нет имени. Напишите контакт текстом.",
    order_placed="✅ <b>Заказ № {number} принят</b>\n\n{lines}\n\n{total}\n\n"
    "Контакт: {contact}\nКомментарий: {comment}\n\n"
    "Мы напишем вам, чтобы договориться об оплате. Все заказы: /orders",
    orders="<b>Мои заказы</b>",
    orders_empty="Заказов пока нет.",
    order_row="<b>№ {number}</b> от {date}: {status}\n{items} на {total}",
    items_forms=("товар", "товара", "товаров"),
    status_names={"new": "новый"},
    unknown_text="Я понимаю кнопки и команды. Вот меню, а все команды здесь: /help",
    unknown_command="Такой команды нет. Список команд: /help",
    unknown_media="Спасибо, но я читаю только текст. Вот меню:",
    old_button_popup="Эта кнопка устарела. Откройте меню: /start",
    form_closed_popup="Этот заказ уже не оформляется. Корзина: /cart, заказы: /orders",
    private_only="Магазин работает в личных сообщениях: напишите мне напрямую.",
    button_catalogue="🛍 Каталог",
    button_cart="🛒 Корзина",
    button_cart_filled="🛒 Корзина ({count})",
    button_orders="📦 Мои заказы",
    button_help="❓ Помощь",
    button_other_language="🌐 English",
    button_menu="🏠 Меню",
    button_back="↩️ Назад",
    button_categories="↩️ Разделы",
    button_previous="◀️ Раньше",
    button_next="Дальше ▶️",
    button_add="➕ В корзину",
    button_checkout="✅ Оформить заказ",
    button_clear="🗑 Очистить",
    button_use_username="Указать {username}",
    button_skip="Пропустить",
    button_confirm="✅ Подтвердить",
    button_change="✏️ Изменить",
    button_cancel="✖️ Отменить",
)

ENGLISH = Texts(
    language=Language.EN,
    greeting="Hello, {name}! This is a shop of digital goods: software, games, courses.\n\n"
    "Browse the catalogue, fill the cart and place your order.",
    form_left="The order form is closed, your cart is kept.",
    menu="<b>Main menu</b>\nWhere shall we go?",
    help="<b>How it works</b>\n"
    "1. Open the catalogue and choose a product.\n"
    "2. Add it to the cart, where you can change quantities.\n"
    "3. Press “Place the order”, leave a contact and confirm.\n\n"
    "/start: main menu\n/catalog: catalogue\n/cart: cart\n/orders: my orders\n"
    "/language: switch the language (сменить язык)\n/cancel: leave the order form\n/help: this page",
    language_switched="We speak English now.",
    categories="<b>Catalogue</b>\nChoose a category:",
    categories_empty="The catalogue is empty for now. Please come back later.",
    category="<b>{title}</b>\n{items} in total.",
    category_empty="There is nothing in this category at the moment.",
    page="Page {number} of {count}.",
    product="<b>{title}</b>\n\n{description}\n\nPrice: <b>{price}</b>",
    product_in_cart="In your cart: {quantity}",
    product_gone_popup="This product is no longer sold.",
    cart="<b>Cart</b>",
    cart_line="{number}. {title}\n{quantity} × {price} = {total}",
    total="Total: <b>{total}</b>",
    cart_empty="Your cart is empty. Have a look at the catalogue!",
    cart_cleared_popup="The cart is empty now.",
    added_popup="Added: {title}. In your cart: {quantity}",
    removed_popup="Removed from the cart.",
    not_in_cart_popup="This product is no longer in your cart.",
    too_many_lines_popup="A cart holds at most {limit} different products.",
    too_many_of_one_popup="At most {limit} of one product per order.",
    other_currency_popup="This product is priced in another currency. Please order it separately.",
    missing_forms=(
        "{count} product is no longer sold and has left your cart.",
        "{count} products are no longer sold and have left your cart.",
    ),
    ask_contact="<b>Your order, step 1 of 3</b>\n"
    "How can we reach you? Send a phone number, a Telegram @username or an e-mail address.",
    bad_contact="This does not look like a phone number, a @username or an e-mail address. For example:\n"
    "+44 20 7946 0958, @username or name@example.com",
    ask_comment="<b>Your order, step 2 of 3</b>\nAdd a comment (up to {limit} characters) or skip this step.",
    comment_too_long="The comment is too long: {length} characters, the most is {limit}. Please shorten it.",
    summary="<b>Your order, step 3 of 3</b>\n\n{lines}\n\n{total}\n\n"
    "Contact: {contact}\nComment: {comment}\n\nIs everything right?",
    no_comment="none",
    order_changed="The order has changed in the meantime. Please check it again.",
    confirm_needs_button="Please confirm the order with the button below, change your details or cancel.",
    form_needs_text="Plain text is needed here: a picture, sticker or file cannot go into an order.",
    form_cancelled="The order form is cancelled. Your cart is kept.",
    nothing_to_cancel="There is nothing to cancel: no order is being placed.",
    no_username_popup="Your Telegram profile has no username. Please type a contact.",
    order_placed="✅ <b>Order No. {number} received</b>\n\n{lines}\n\n{total}\n\n"
    "Contact: {contact}\nComment: {comment}\n\nWe will write to you about payment. All orders: /orders",
    orders="<b>My orders</b>",
    orders_empty="No orders yet.",
    order_row="<b>No. {number}</b> of {date}: {status}\n{items} for {total}",
    items_forms=("item", "items"),
    status_names={"new": "new"},
    unknown_text="I understand buttons and commands. Here is the menu; all commands: /help",
    unknown_command="There is no such command. All commands: /help",
    unknown_media="Thank you, but I read only text. Here is the menu:",
    old_button_popup="This button is out of date. Open the menu: /start",
    form_closed_popup="This order is no longer being placed. Cart: /cart, orders: /orders",
    private_only="The shop works in private messages: please write to me directly.",
    button_catalogue="🛍 Catalogue",
    button_cart="🛒 Cart",
    button_cart_filled="🛒 Cart ({count})",
    button_orders="📦 My orders",
    button_help="❓ Help",
    button_other_language="🌐 Русский",
    button_menu="🏠 Menu",
    button_back="↩️ Back",
    button_categories="↩️ Categories",
    button_previous="◀️ Previous",
    button_next="Next ▶️",
    button_add="➕ Add to cart",
    button_checkout="✅ Place the order",
    button_clear="🗑 Clear",
    button_use_username="Use {username}",
    button_skip="Skip",
    button_confirm="✅ Confirm",
    button_change="✏️ Change",
    button_cancel="✖️ Cancel",
)

TEXTS = {Language.RU: RUSSIAN, Language.EN: ENGLISH}
