"""What the shop says of its terms and of people's data, unless its owner has written something else."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PolicyTexts:
    """Terms, privacy, and the deletion of one's data."""

    terms: str
    seller: str
    privacy: str
    privacy_consultant: str
    ask: str
    ask_balance: str
    ask_awaiting: str
    ask_unfinished: str
    ask_sure: str
    asked: str
    asked_waits: str
    asked_already: str
    erased: str
    button_terms: str
    button_privacy: str
    button_erase: str
    button_erase_yes: str
    button_keep: str


RUSSIAN = PolicyTexts(
    terms="<b>Условия продажи</b>\n\n"
    "1. Магазин продаёт цифровые товары: коды, ссылки и файлы. Что именно вы получите, написано на странице"
    " товара.\n\n"
    "2. Цена заказа не меняется с той минуты, как вы его подтвердили. Товары отложены для вас на {minutes}."
    " Если за это время заказ не оплачен, он закрывается и вы ничего не должны.\n\n"
    "3. Купленное приходит в чат сразу после оплаты. Посмотреть его снова можно в любой момент: /orders\n\n"
    "4. Если оплата пришла слишком поздно, дважды или не на ту сумму, деньги возвращаются туда, откуда"
    " пришли. Если вернуть их так нельзя, они зачисляются на ваш баланс в магазине.\n\n"
    "5. Если с товаром что-то не так, откройте заказ (/orders) или напишите в магазин: вам пришлют замену"
    " или вернут деньги.\n\n"
    "6. Бонусы за покупки друзей зачисляются на баланс. Ими можно оплатить заказ, но не получить деньгами."
    " Если деньги за покупку друга возвращены, возвращается и бонус.\n\n"
    "Ваши данные: /privacy",
    seller="\n\nПродавец: {seller}",
    privacy="<b>Ваши данные</b>\n\n"
    "Что магазин хранит и зачем:\n"
    "• имя, язык и номер в Telegram, чтобы отвечать вам;\n"
    "• контакт, если вы его оставили: для чека и связи по заказу;\n"
    "• заказы и оплату: чтобы выдать купленное, вернуть деньги и вести учёт;\n"
    "• что вы писали магазину о проблемах с заказами: чтобы на это ответить;\n"
    "• кто кого пригласил и баланс: для бонусов. Имя и первая буква фамилии видны в рейтинге месяца;\n"
    "• корзину и то, на чём вы остановились в чате.{consultant}\n\n"
    "Кто ещё это видит: платёжная система получает сумму, состав и номер заказа, номер чата и контакт для"
    " чека. Поставщик узнаёт, что продано, но не кому. Данные карты вы вводите на странице платёжной системы,"
    " магазин их не видит.\n\n"
    "Сколько хранится: пока вы не удалите. Технические записи о доставке сообщений исчезают сами за неделю,"
    " о неудачах за 90 дней.\n\n"
    "Новости можно отключить: /settings. Условия продажи: /terms",
    privacy_consultant="\n• краткое содержание разговора с консультантом. Ваши вопросы читает языковая"
    " модель, она не знает ни вашего имени, ни контакта.",
    ask="<b>Удалить ваши данные?</b>\n\n"
    "Исчезнут: имя, язык, контакт, корзина, разговор с консультантом, переписка о заказах, ваша ссылка и те,"
    " кто по ней пришёл, баланс, место в рейтинге, настройки.\n\n"
    "Останутся для учёта заказы: что, когда и за сколько продано. Без вашего имени, контакта и номера в"
    " Telegram.\n\n"
    "Купленное прочитать здесь будет уже нельзя. Сохраните его заранее: /orders",
    ask_balance="💰 На балансе {amount}. Эти деньги пропадут: их можно сначала потратить.",
    ask_awaiting="⏳ Ждут оплаты и будут отменены: {orders}.",
    ask_unfinished="📦 Ещё не закончены: {orders}. Сначала вы получите товар или деньги, и только потом"
    " данные будут удалены.",
    ask_sure="Вернуть данные будет нельзя.",
    asked="Принято. Ваши данные удаляются, через несколько секунд придёт последнее сообщение.",
    asked_waits="Принято. Данные будут удалены, как только закончатся заказы: {orders}. Тогда придёт"
    " последнее сообщение.",
    asked_already="Ваши данные уже удаляются. Когда это будет сделано, придёт последнее сообщение.",
    erased="Ваши данные удалены. Если захотите вернуться, нажмите /start: познакомимся заново.",
    button_terms="📄 Условия продажи",
    button_privacy="🔐 Мои данные",
    button_erase="🗑 Удалить мои данные",
    button_erase_yes="🗑 Да, удалить",
    button_keep="Оставить как есть",
)

ENGLISH = PolicyTexts(
    terms="<b>Terms of sale</b>\n\n"
    "1. The shop sells digital goods: codes, links and files. The page of a product says what you get.\n\n"
    "2. The price of an order is fixed from the moment you confirm it. The goods are reserved for you for"
    " {minutes}. If the order is not paid by then, it is closed and you owe nothing.\n\n"
    "3. What you buy arrives in the chat as soon as it is paid for. You can see it again at any time:"
    " /orders\n\n"
    "4. A payment that comes too late, twice or with the wrong amount goes back to where it came from. Where"
    " that is impossible, it is added to your balance in the shop.\n\n"
    "5. If something is wrong with the goods, open the order (/orders) or write to the shop: you get a"
    " replacement or your money back.\n\n"
    "6. Bonuses for what your friends buy are added to your balance. You can pay for orders with it, but not"
    " cash it out. If a friend's money is refunded, the bonus is taken back.\n\n"
    "Your data: /privacy",
    seller="\n\nSeller: {seller}",
    privacy="<b>Your data</b>\n\n"
    "What the shop keeps, and why:\n"
    "• your name, language and Telegram number, to answer you;\n"
    "• your contact, if you have left one: for the receipt, and to reach you about an order;\n"
    "• orders and payments: to deliver what you buy, to refund it and to keep the books;\n"
    "• what you wrote to the shop about problems with orders: to answer it;\n"
    "• who invited whom, and your balance: for bonuses. Your first name and the first letter of your last"
    " name are shown among the best customers of the month;\n"
    "• your cart, and where you are in the chat.{consultant}\n\n"
    "Who else sees it: the payment service gets the amount, the content and the number of the order, the"
    " number of the chat, and the contact for the receipt. A supplier learns what was sold, but not to whom."
    " Card details are entered at the payment service, and the shop never sees them.\n\n"
    "For how long: until you delete it. Technical records of deliveries disappear by themselves within a"
    " week, those of failures within 90 days.\n\n"
    "You can turn off news: /settings. Terms of sale: /terms",
    privacy_consultant="\n• a summary of your talk with the consultant. Your questions are read by a language"
    " model, which knows neither your name nor your contact.",
    ask="<b>Delete your data?</b>\n\n"
    "This will be gone: your name, language, contact, cart, talk with the consultant, what was written about"
    " orders, your link and who came by it, your balance, your place among the best customers, your"
    " settings.\n\n"
    "This stays for the books: orders, that is what was sold, when and for how much. Without your name,"
    " contact and Telegram number.\n\n"
    "You will no longer be able to see here what you bought. Save it first: /orders",
    ask_balance="💰 Your balance is {amount}. It will be lost: you can spend it first.",
    ask_awaiting="⏳ Not paid yet, will be cancelled: {orders}.",
    ask_unfinished="📦 Not finished yet: {orders}. First you get the goods or your money, and only then the"
    " data is deleted.",
    ask_sure="This cannot be undone.",
    asked="All right. Your data is being deleted; you will get one last message in a few seconds.",
    asked_waits="All right. Your data will be deleted as soon as these orders are finished: {orders}."
    " Then you"
    " will get one last message.",
    asked_already="Your data is being deleted already. You will get one last message when that is done.",
    erased="Your data is deleted. Should you like to come back, press /start, and we will begin afresh.",
    button_terms="📄 Terms of sale",
    button_privacy="🔐 My data",
    button_erase="🗑 Delete my data",
    button_erase_yes="🗑 Yes, delete it",
    button_keep="Keep everything",
)
