"""What the shop says in its menu, and to whatever it does not understand."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MenuTexts:
    """The ways in and out."""

    greeting: str
    menu: str
    consultant: str
    help: str
    language_switched: str
    unknown_text: str
    unknown_command: str
    unknown_media: str
    old_button_popup: str
    private_only: str
    button_catalogue: str
    button_cart: str
    button_cart_filled: str
    button_orders: str
    button_friends: str
    button_top: str
    button_app: str
    button_help: str
    button_other_language: str
    button_menu: str


RUSSIAN = MenuTexts(
    greeting="Здравствуйте, {name}! Это магазин цифровых товаров: программы, игры, курсы.\n\n"
    "Выбирайте в каталоге, складывайте в корзину и оформляйте заказ. Покупки придут прямо в этот чат,"
    " как только пройдёт оплата.",
    menu="<b>Главное меню</b>\nЧто откроем?",
    consultant="💬 Не знаете, что выбрать? Просто напишите, что ищете, и консультант посоветует.",
    help="<b>Как это работает</b>\n"
    "1. Откройте каталог и выберите товар.\n"
    "2. Купите его сразу или добавьте в корзину: там меняется количество и вводится промокод.\n"
    "3. Подтвердите заказ. Товары отложены для вас, пока вы платите.\n"
    "4. После оплаты покупки придут в этот чат. Посмотреть их снова можно в любой момент: /orders\n\n"
    "/start: главное меню\n/catalog: каталог\n/cart: корзина\n/orders: мои заказы\n"
    "/friends: бонусы за друзей\n/top: лучшие покупатели месяца\n"
    "/language: сменить язык (switch to English)\n/settings: настройки и новости\n"
    "/cancel: прервать оформление заказа\n/help: эта подсказка",
    language_switched="Теперь магазин говорит по-русски.",
    unknown_text="Я понимаю кнопки и команды. Вот меню, а все команды здесь: /help",
    unknown_command="Такой команды нет. Список команд: /help",
    unknown_media="Спасибо, но я читаю только текст. Вот меню:",
    old_button_popup="Эта кнопка устарела. Откройте меню: /start",
    private_only="Магазин работает в личных сообщениях: напишите мне напрямую.",
    button_catalogue="🛍 Каталог",
    button_cart="🛒 Корзина",
    button_cart_filled="🛒 Корзина ({count})",
    button_orders="📦 Мои заказы",
    button_friends="🤝 Друзья",
    button_top="🏆 Топ месяца",
    button_app="📱 Открыть витрину",
    button_help="❓ Помощь",
    button_other_language="🌐 English",
    button_menu="🏠 Меню",
)

ENGLISH = MenuTexts(
    greeting="Hello, {name}! This is a shop of digital goods: software, games, courses.\n\n"
    "Browse the catalogue, fill the cart and place your order. What you buy arrives right here in this chat"
    " as soon as it is paid for.",
    menu="<b>Main menu</b>\nWhat would you like to open?",
    consultant="💬 Not sure what to choose? Just write what you are looking for, and the consultant will"
    " help.",
    help="<b>How it works</b>\n"
    "1. Open the catalogue and choose a product.\n"
    "2. Buy it at once, or add it to the cart, where you change quantities and enter a promo code.\n"
    "3. Confirm the order. The goods are reserved for you while you pay.\n"
    "4. Once it is paid, your goods arrive in this chat. You can see them again at any time: /orders\n\n"
    "/start: main menu\n/catalog: catalogue\n/cart: cart\n/orders: my orders\n"
    "/friends: bonuses for friends\n/top: best customers of the month\n"
    "/language: switch the language (сменить язык)\n/settings: settings and news\n"
    "/cancel: leave the order form\n/help: this page",
    language_switched="The shop speaks English now.",
    unknown_text="I understand buttons and commands. Here is the menu; all commands: /help",
    unknown_command="There is no such command. All commands: /help",
    unknown_media="Thank you, but I can only read text. Here is the menu:",
    old_button_popup="This button is out of date. Open the menu: /start",
    private_only="The shop works in private messages: please write to me directly.",
    button_catalogue="🛍 Catalogue",
    button_cart="🛒 Cart",
    button_cart_filled="🛒 Cart ({count})",
    button_orders="📦 My orders",
    button_friends="🤝 Friends",
    button_top="🏆 Top of the month",
    button_app="📱 Open the storefront",
    button_help="❓ Help",
    button_other_language="🌐 Русский",
    button_menu="🏠 Menu",
)
