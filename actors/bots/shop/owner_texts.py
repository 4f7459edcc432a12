"""All the shop says to those who run it, in Russian and English. Messages are HTML and take escaped values.

Each field is spelled out in both languages, so a text missing in one of them is a type error.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.language import Language, plural
from mailroom.actors.bots.shop.texts.statuses import STATUSES


@dataclass(frozen=True, kw_only=True)
class OwnerTexts:
    """What the shop says to its owners and staff in one language."""

    language: Language

    # the menu, and who is who
    menu: str
    owner_commands: str
    staff_commands: str
    only_owners: str
    whoami: str
    roles: dict[bool, str]
    not_done: str
    nothing_here: str
    # figures
    figures: str
    periods: dict[int, str]
    figures_orders: str
    figures_money: str
    figures_no_money: str
    figures_refunds: str
    figures_balance: str
    figures_top: str
    figures_top_line: str
    figures_model: str
    no_conversion: str
    # orders
    orders: str
    orders_found: str
    orders_none: str
    order_row: str
    order: str
    order_line: str
    order_promo: str
    order_balance: str
    order_comment: str
    payments: str
    payment_line: str
    payment_refund: str
    no_payments: str
    jobs: str
    job_line: str
    no_jobs: str
    statuses: Mapping[str, str]
    payment_statuses: Mapping[str, str]
    refund_statuses: Mapping[str, str]
    job_states: Mapping[str, str]
    ask_refund: str
    ask_refund_goods: str
    refund_to_payer: str
    refund_to_balance: str
    how_to_find: str
    # problems with orders
    complaint: str
    complaint_states: dict[bool, str]
    complaint_said: str
    complaint_customer: str
    complaints: str
    complaints_none: str
    complaint_row: str
    ask_answer: str
    answer_sent: str
    complaint_closed: str
    order_items: str
    item_row: str
    item_states: dict[str, str]
    replaced: str
    how_to_refund: str
    # products
    products: str
    product_row: str
    product: str
    product_dead: str
    on_sale: dict[bool, str]
    hidden_category: str
    no_supplier: str
    ask_price: str
    price_changed: str
    price_same: str
    now_on_sale: dict[bool, str]
    how_to_price: str
    has_picture: dict[bool, str]
    ask_picture: str
    picture_put: str
    picture_dropped_popup: str
    how_to_picture: str
    needs_picture: str
    products_report: str
    products_help: str
    # stock
    levels: str
    level_row: str
    stock_help: str
    report: str
    report_added: str
    report_in_stock: str
    report_twice: str
    report_bad: str
    report_bad_line: str
    report_more: str
    report_ignored: str
    report_read_as: str
    bad_lines_file: str
    file_added: dict[bool, str]
    ask_withdraw: str
    withdrawn_forms: tuple[str, ...]
    how_to_withdraw: str
    csv_needs_caption: str
    # discounts
    discounts: str
    discounts_none: str
    discount_row: str
    discount_all: str
    discount_from: str
    discount_until: str
    discount_code: str
    discount_uses: str
    discount_states: Mapping[str, str]
    discount_help: str
    discount_added: str
    discount_off: str
    # broadcast
    ask_broadcast: str
    preview: str
    preview_without_news: str
    draft_gone: str
    broadcast_dropped: str
    broadcast: str
    number_sign: str
    broadcast_left: str
    broadcast_failed: str
    broadcast_statuses: Mapping[str, str]
    needs_text: str
    # terms and privacy
    policies: str
    policy_names: dict[str, str]
    policy_whose: dict[str, str]
    ask_policy: str
    # the log
    log: str
    log_row: str
    log_none: str
    actions: dict[str, str]
    # counts
    items_forms: tuple[str, ...]
    lines_forms: tuple[str, ...]
    # buttons
    button_figures: str
    button_orders: str
    button_products: str
    button_stock: str
    button_discounts: str
    button_broadcast: str
    button_broadcasts: str
    button_log: str
    button_policies: str
    button_policy: str
    button_policy_off: str
    button_back: str
    button_refresh: str
    button_refund: str
    button_complaints: str
    button_complaint: str
    button_answer: str
    button_close: str
    button_replace: str
    button_replace_one: str
    button_items: str
    button_order: str
    button_refund_money: str
    button_refund_goods: str
    button_no: str
    button_price: str
    button_picture: dict[bool, str]
    button_picture_off: str
    button_on_sale: dict[bool, str]
    button_withdraw: str
    button_withdraw_all: str
    button_switch_off: str
    button_send_all: str
    button_send_ru: str
    button_send_en: str
    button_pause: str
    button_resume: str
    button_stop: str
    button_previous: str
    button_next: str

    def items(self, count: int) -> str:
        """A count of goods in words."""
        return f"{count} {plural(self.language, count, self.items_forms)}"

    def lines(self, count: int) -> str:
        """A count of lines in words."""
        return f"{count} {plural(self.language, count, self.lines_forms)}"

    def withdrawn(self, count: int) -> str:
        """How many were taken off sale."""
        return plural(self.language, count, self.withdrawn_forms).format(count=count)


RUSSIAN = OwnerTexts(
    language=Language.RU,
    menu="<b>Управление магазином</b>",
    staff_commands="/figures: цифры за день\n/order 1042: заказ по номеру\n/order Анна: заказы покупателя\n"
    "/problems: проблемы с заказами\n/stock: остатки и загрузка\n/products: товары\n/whoami: кто я здесь",
    owner_commands="/price svetlitsa 1490: цена\n/picture svetlitsa: картинка (подпись к ней)\n"
    "/refund 1042: вернуть деньги\n/withdraw svetlitsa: "
    "снять остаток\n"
    "/discounts: скидки\n/discount -20% svetlitsa: новая скидка\n/broadcast: рассылка\n/log: кто что делал",
    only_owners="Это может только владелец магазина.",
    whoami="Вы: <b>{name}</b>\nTelegram id: <code>{id}</code>\nРоль: {role}\nМагазин: {bot}",
    roles={True: "владелец", False: "сотрудник"},
    not_done="Не сделано. {problem}",
    nothing_here="Здесь пока пусто.",
    figures="<b>Цифры: {period}</b>\n{dates} (UTC)",
    periods={0: "сегодня", 1: "вчера", 7: "7 дней", 30: "30 дней"},
    figures_orders="Заказов: <b>{placed}</b>\nОплачено: {paid}\nДоставлено: {delivered}\nВозвращено: "
    "{refunded}\n"
    "Конверсия: {conversion}",
    figures_money="Выручка: <b>{net}</b>",
    figures_no_money="Выручки пока нет.",
    figures_refunds=" (получено {paid}, возвращено {refunded})",
    figures_balance="\nОплачено с баланса: {balance}",
    figures_top="<b>Лучше всего продаётся</b>",
    figures_top_line="{title}: {sold} шт., {total}",
    figures_model="Консультант: обращений к модели {calls}, стоимость {cost}",
    no_conversion="нет заказов",
    orders="<b>Последние заказы</b>",
    orders_found="<b>Найдено по запросу: {text}</b>",
    orders_none="Таких заказов нет.",
    order_row="№ {number} · {status} · {total}",
    order="<b>Заказ № {number}</b>: {status}\nОт {date}, {name}\nКонтакт: {contact} · id "
    "<code>{user}</code>\n\n"
    "{lines}\n\nИтого: <b>{total}</b>",
    order_line="{title}: {quantity} × {price}",
    order_promo="Промокод: {code}",
    order_balance="С баланса: {balance}",
    order_comment="Комментарий: {comment}",
    payments="<b>Оплата</b>",
    payment_line="{provider}: {total}, {status}",
    payment_refund="; возврат {total}: {status}",
    no_payments="Платежей нет.",
    jobs="<b>Ещё выполняется</b>",
    job_line="{name}: {state} (попыток: {attempts})",
    no_jobs="Все действия по заказу выполнены.",
    statuses=STATUSES[Language.RU].order,
    payment_statuses=STATUSES[Language.RU].payment,
    refund_statuses=STATUSES[Language.RU].refund,
    job_states=STATUSES[Language.RU].job,
    ask_refund="Вернуть <b>{total}</b> за заказ № {number}? Это нельзя отменить.",
    ask_refund_goods="\nТовар ещё не доставлен: можно вернуть его на склад, если покупатель его не видел.",
    refund_to_payer="Возвращаем {total} за заказ № {number}. Покупатель узнает, когда деньги уйдут.",
    refund_to_balance="{total} за заказ № {number} снова на балансе покупателя.",
    complaint="⚠️ <b>Проблема с заказом № {number}</b> ({status})\n{name} · {contact} · id "
    "<code>{user}</code>\n{lines}\n\n{said}\n\n{state}",
    complaint_states={True: "Покупатель ждёт ответа.", False: "Ответа никто не ждёт."},
    complaint_said="{at} <b>{who}</b>: {text}",
    complaint_customer="Покупатель",
    complaints="<b>Ждут ответа: {count}</b>\nКто ждёт дольше, тот выше.",
    complaints_none="Ответа никто не ждёт.",
    complaint_row="№ {number} · {name} · {text}",
    ask_answer="Напишите ответ покупателю заказа № {number}: он придёт в чат с магазином. "
    "Передумали: /cancel",
    answer_sent="✅ Ответ отправлен покупателю заказа № {number}.",
    complaint_closed="Обращение по заказу № {number} закрыто без ответа, покупателю ничего не отправлено.",
    order_items="<b>Товары заказа № {number}</b>\n{rows}\n\nЧто не работает у покупателя? Кнопка "
    "сразу отправит ему такой же товар со склада; прежний больше никогда не продаётся.",
    item_row="{place}. {title} · {state}",
    item_states={"sold": "продан {at}", "dead": "не работал, заменён {at}", "given": "выдан на замену {at}"},
    replaced="✅ {product}: покупатель получил другой экземпляр.",
    how_to_find="Напишите номер или имя: /order 1042, /order Анна",
    how_to_refund="Напишите номер: /refund 1042",
    products="<b>Товары</b>, страница {page} из {pages}",
    product_row="{mark} {title} · {price} · {available} шт.",
    product="<b>{title}</b> (<code>{slug}</code>)\n{titles}\n\nЦена: <b>{price}</b>\n{on_sale}\nРаздел: "
    "{category}\n"
    "Поставщик: {supplier}\nКартинка: {picture}\n\n"
    "Свободно: <b>{available}</b>\nВ заказах: {reserved}\nПродано: {sold}\n"
    "Снято: {withdrawn}",
    product_dead="Не работало и заменено: {dead}",
    on_sale={True: "В продаже", False: "Не продаётся"},
    hidden_category=" (раздел скрыт)",
    no_supplier="нет",
    ask_price="{title}: сейчас <b>{price}</b>. Напишите новую цену, например 1490 или 1490,50. "
    "Передумали: /cancel",
    price_changed="Готово: {slug} стоит <b>{after}</b>, было {before}.",
    price_same="Цена {slug} и так {after}.",
    now_on_sale={True: "Товар в продаже.", False: "Товар снят с продажи."},
    how_to_price="Напишите товар и цену: /price svetlitsa 1490",
    has_picture={True: "есть", False: "нет"},
    ask_picture="Пришлите картинку для <code>{slug}</code>: фото или файл JPEG или PNG до {megabytes} МБ. "
    "Передумали: /cancel",
    picture_put="Так {slug} увидят покупатели.",
    picture_dropped_popup="Картинки больше нет.",
    how_to_picture="Пришлите картинку с подписью и названием товара: /picture svetlitsa",
    needs_picture="Сейчас нужна картинка: фото или файл JPEG или PNG. Передумали: /cancel",
    products_report="Добавлено товаров: {added}. Изменено: {changed}. Без изменений: {same}.",
    products_help="Чтобы добавить или изменить товары, пришлите CSV документом с подписью /products. "
    "Колонки: "
    "slug, category, title_ru, title_en, description_ru, description_en, price, currency, supplier, active.",
    levels="<b>Остатки</b>",
    level_row="{mark} <code>{slug}</code>: свободно <b>{available}</b>, в заказах {reserved}, продано {sold}",
    stock_help="Пополнить:\n• пришлите CSV документом с подписью /stock (колонки slug, kind, content; "
    "kind: code или link)\n• или один файл с подписью «/stock товар»: его получит один покупатель",
    report="<b>Загрузка: {lines}</b>",
    report_added="✅ Добавлено: {count} ({products})",
    report_in_stock="♻️ Уже на складе или проданы: {count} (строки {lines})",
    report_twice="👯 Повторы внутри файла: {count} (строки {lines})",
    report_bad="⚠️ Не добавлено: {count}",
    report_bad_line="Строка {line}. {problem}",
    report_more="Ещё {count}, все они в файле ниже.",
    report_ignored="Эти колонки не нужны и пропущены: {columns}.",
    report_read_as="Файл не в UTF-8, он прочитан как {encoding}. Проверьте, правильно ли прочитались буквы.",
    bad_lines_file="line;problem",
    file_added={
        True: "Файл на складе: {slug}. Его получит один покупатель.",
        False: "Такой файл для {slug} уже есть.",
    },
    ask_withdraw="Снять с продажи весь свободный остаток {slug} ({items})? То, что уже в заказах, останется.",
    withdrawn_forms=("Снята {count} единица.", "Снято {count} единицы.", "Снято {count} единиц."),
    how_to_withdraw="Напишите товар: /withdraw svetlitsa",
    csv_needs_caption="Что с этим файлом сделать? Пришлите его ещё раз с подписью:\n/stock: пополнить "
    "склад из таблицы\n"
    "«/stock товар»: продать сам файл\n/products: добавить или изменить товары",
    discounts="<b>Скидки</b>",
    discounts_none="Скидок нет.",
    discount_row="№ {id}. <b>{percent}</b> {title}\n{terms} · {state}",
    discount_all="на всё",
    discount_from="от {count} шт.",
    discount_until="до {date}",
    discount_code="код <code>{code}</code>",
    discount_uses="использований: {uses} из {most}",
    discount_states=STATUSES[Language.RU].discount,
    discount_help="Добавить одной строкой:\n<code>/discount -20% svetlitsa 3+ до 31.12.2026 код SALE20 "
    "раз 100</code>\n"
    "Нужен только процент. Без товара скидка на всё, без кода она для всех. Название можно дать в кавычках.",
    discount_added="Скидка № {id} действует.",
    discount_off="Скидка № {id} выключена.",
    ask_broadcast="Напишите сообщение для покупателей: так, как они его увидят, с форматированием. "
    "Передумали: /cancel",
    preview="Так это увидят покупатели, с кнопкой «Не присылать новости» внизу. Отправить?\n"
    "Всего: {all}, по-русски: {ru}, по-английски: {en}.",
    preview_without_news="\nОтказались от новостей и ничего не получат: {count}.",
    draft_gone="Этого черновика уже нет. Начните заново: /broadcast",
    broadcast_dropped="Рассылка не отправлена.",
    number_sign="№ ",
    broadcast="<b>Рассылка № {id}</b>: {status}\nДоставлено {sent} из {total}",
    broadcast_left="Осталось: {left}",
    broadcast_failed="Не дошло: {count}",
    broadcast_statuses=STATUSES[Language.RU].broadcast,
    needs_text="Сейчас нужен текст. Передумали: /cancel",
    policies="<b>Тексты магазина</b>\n"
    "Условия продажи (/terms) и что вы говорите покупателям об их данных (/privacy).",
    policy_names={
        "terms ru": "Условия, по-русски",
        "terms en": "Условия, по-английски",
        "privacy ru": "Данные, по-русски",
        "privacy en": "Данные, по-английски",
    },
    policy_whose={
        "owner": "✍️ Это ваш текст.",
        "options": "⚙️ Это текст из настроек магазина.",
        "usual": "📄 Это обычный текст: он говорит, что программа делает на самом деле. Покажите его юристу.",
    },
    ask_policy="Напишите текст «{name}»: так, как его увидят покупатели, до {most} символов. "
    "Передумали: /cancel",
    log="<b>Кто что делал</b>",
    log_row="{at} · {who}\n{action} {target}",
    log_none="Пока никто ничего не менял.",
    actions={
        "price": "изменил цену",
        "picture": "изменил картинку",
        "picture_off": "убрал картинку",
        "on_sale": "поставил на продажу",
        "off_sale": "снял с продажи",
        "products": "загрузил товары:",
        "category": "изменил раздел",
        "supplier": "изменил поставщика",
        "stock": "пополнил склад:",
        "withdraw": "снял остаток",
        "confirm": "подтвердил остаток",
        "discount": "добавил скидку:",
        "discount_off": "выключил скидку №",
        "refund": "вернул деньги за заказ №",
        "erasure": "удалил свои данные, обращение №",
        "policy": "изменил текст:",
        "policy_off": "вернул обычный текст:",
        "answer": "ответил покупателю заказа №",
        "close": "закрыл без ответа обращение по заказу №",
        "replace": "заменил товар в заказе №",
        "broadcast": "начал рассылку:",
        "broadcast_pause": "поставил на паузу рассылку №",
        "broadcast_resume": "продолжил рассылку №",
        "broadcast_cancel": "остановил рассылку №",
    },
    items_forms=("единица", "единицы", "единиц"),
    lines_forms=("строка", "строки", "строк"),
    button_figures="📊 Цифры",
    button_orders="📦 Заказы",
    button_products="🏷 Товары",
    button_stock="🗄 Склад",
    button_discounts="✂️ Скидки",
    button_broadcast="📣 Рассылка",
    button_broadcasts="📣 Рассылки",
    button_log="📜 Журнал",
    button_policies="📄 Условия и данные",
    button_policy="✏️ Написать свой",
    button_policy_off="↩️ Вернуть обычный",
    button_back="↩️ Назад",
    button_refresh="🔄 Обновить",
    button_complaints="⚠️ Проблемы ({count})",
    button_complaint="⚠️ Обращение",
    button_answer="✍️ Ответить",
    button_close="☑️ Закрыть без ответа",
    button_replace="🔁 Заменить: {title}",
    button_replace_one="🔁 {place}. {title}",
    button_items="🔁 Заменить…",
    button_order="📦 Заказ",
    button_refund="💸 Вернуть деньги",
    button_refund_money="Да, вернуть {total}",
    button_refund_goods="Вернуть, товар на склад",
    button_no="Нет",
    button_price="💰 Цена",
    button_picture={True: "🖼 Другая картинка", False: "🖼 Добавить картинку"},
    button_picture_off="🖼 Убрать картинку",
    button_on_sale={True: "▶️ В продажу", False: "⏸ Снять с продажи"},
    button_withdraw="📤 Снять остаток",
    button_withdraw_all="Да, снять",
    button_switch_off="Выключить № {id}",
    button_send_all="Всем ({count})",
    button_send_ru="По-русски ({count})",
    button_send_en="По-английски ({count})",
    button_pause="⏸ Пауза",
    button_resume="▶️ Продолжить",
    button_stop="⏹ Остановить совсем",
    button_previous="◀️",
    button_next="▶️",
)

ENGLISH = OwnerTexts(
    language=Language.EN,
    menu="<b>Running the shop</b>",
    staff_commands="/figures: the day in figures\n/order 1042: an order by its number\n/order Anna: a "
    "customer's orders\n"
    "/problems: problems with orders\n/stock: levels and upload\n/products: products\n/whoami: who I am here",
    owner_commands="/price svetlitsa 1490: a price\n/picture svetlitsa: a picture (below it)\n"
    "/refund 1042: refund an order\n"
    "/withdraw svetlitsa: take the remaining stock off sale\n/discounts: discounts\n/discount -20%"
    " svetlitsa: a new "
    "discount\n"
    "/broadcast: a message to all customers\n/log: who did what",
    only_owners="Only an owner of the shop may do this.",
    whoami="You are <b>{name}</b>\nTelegram id: <code>{id}</code>\nRole: {role}\nShop: {bot}",
    roles={True: "owner", False: "staff"},
    not_done="Not done. {problem}",
    nothing_here="There is nothing here yet.",
    figures="<b>Figures: {period}</b>\n{dates} (UTC)",
    periods={0: "today", 1: "yesterday", 7: "7 days", 30: "30 days"},
    figures_orders="Orders: <b>{placed}</b>\nPaid: {paid}\nDelivered: {delivered}\nRefunded: {refunded}\n"
    "Conversion: {conversion}",
    figures_money="Revenue: <b>{net}</b>",
    figures_no_money="No revenue yet.",
    figures_refunds=" (received {paid}, refunded {refunded})",
    figures_balance="\nPaid from balances: {balance}",
    figures_top="<b>Best sellers</b>",
    figures_top_line="{title}: {sold}, {total}",
    figures_model="Consultant: model calls {calls}, cost {cost}",
    no_conversion="no orders",
    orders="<b>Latest orders</b>",
    orders_found="<b>Results for: {text}</b>",
    orders_none="There are no such orders.",
    order_row="Order {number} · {status} · {total}",
    order="<b>Order {number}</b>: {status}\n{date}, {name}\nContact: {contact} · id "
    "<code>{user}</code>\n\n"
    "{lines}\n\nTotal: <b>{total}</b>",
    order_line="{title}: {quantity} × {price}",
    order_promo="Promo code: {code}",
    order_balance="From the balance: {balance}",
    order_comment="Comment: {comment}",
    payments="<b>Payment</b>",
    payment_line="{provider}: {total}, {status}",
    payment_refund="; refund of {total}: {status}",
    no_payments="There are no payments.",
    jobs="<b>Still to be done</b>",
    job_line="{name}: {state} (attempts: {attempts})",
    no_jobs="Nothing is left to do for this order.",
    statuses=STATUSES[Language.EN].order,
    payment_statuses=STATUSES[Language.EN].payment,
    refund_statuses=STATUSES[Language.EN].refund,
    job_states=STATUSES[Language.EN].job,
    ask_refund="Refund <b>{total}</b> for order {number}? This cannot be undone.",
    ask_refund_goods="\nThe goods are not delivered yet: they can go back into stock, if the buyer has "
    "not seen them.",
    refund_to_payer="{total} for order {number} is being refunded. The buyer will be told when it is done.",
    refund_to_balance="{total} for order {number} is back on the buyer's balance.",
    complaint="⚠️ <b>A problem with order {number}</b> ({status})\n{name} · {contact} · id"
    " <code>{user}</code>\n{lines}\n\n{said}\n\n{state}",
    complaint_states={
        True: "The customer is waiting for an answer.",
        False: "Nobody is waiting for an answer.",
    },
    complaint_said="{at} <b>{who}</b>: {text}",
    complaint_customer="Customer",
    complaints="<b>Waiting for an answer: {count}</b>\nThose who have waited longest come first.",
    complaints_none="Nobody is waiting for an answer.",
    complaint_row="Order {number} · {name} · {text}",
    ask_answer="Write your answer to the customer of order {number}; it will appear in their chat with the"
    " shop. Changed your mind? /cancel",
    answer_sent="✅ Your answer was sent to the customer of order {number}.",
    complaint_closed="The problem with order {number} is closed without an answer; the customer was not"
    " told.",
    order_items="<b>The goods of order {number}</b>\n{rows}\n\nWhat does not work for the "
    "customer? The button sends them another one from stock at once; the old one is never sold again.",
    item_row="{place}. {title} · {state}",
    item_states={"sold": "sold {at}", "dead": "did not work, replaced {at}", "given": "given instead {at}"},
    replaced="✅ {product}: the customer has another one.",
    how_to_find="Give a number or a name: /order 1042, /order Anna",
    how_to_refund="Give the number: /refund 1042",
    products="<b>Products</b>, page {page} of {pages}",
    product_row="{mark} {title} · {price} · {available} left",
    product="<b>{title}</b> (<code>{slug}</code>)\n{titles}\n\nPrice: "
    "<b>{price}</b>\n{on_sale}\nCategory: {category}\n"
    "Supplier: {supplier}\nPicture: {picture}\n\n"
    "Available: <b>{available}</b>\nReserved by orders: {reserved}\nSold: {sold}\n"
    "Withdrawn: {withdrawn}",
    product_dead="Did not work, replaced: {dead}",
    on_sale={True: "On sale", False: "Not on sale"},
    hidden_category=" (the category is hidden)",
    no_supplier="none",
    ask_price="{title}: <b>{price}</b> now. Send the new price, such as 1490 or 1490.50. Changed "
    "your mind: /cancel",
    price_changed="Done: {slug} costs <b>{after}</b>, it was {before}.",
    price_same="{slug} costs {after} already.",
    now_on_sale={True: "The product is on sale.", False: "The product is off sale."},
    how_to_price="Give the product and the price: /price svetlitsa 1490",
    has_picture={True: "yes", False: "none"},
    ask_picture="Send the picture of <code>{slug}</code>: a photo, or a JPEG or PNG file up to"
    " {megabytes} MB. Never mind: /cancel",
    picture_put="This is how customers see {slug}.",
    picture_dropped_popup="The picture is gone.",
    how_to_picture="Send a picture with the product's name below: /picture svetlitsa",
    needs_picture="Please send a picture: a photo, or a JPEG or PNG file. Never mind: /cancel",
    products_report="Products added: {added}. Changed: {changed}. Unchanged: {same}.",
    products_help="To add or change products, send a CSV document with the caption /products. Columns: "
    "slug, category, "
    "title_ru, title_en, description_ru, description_en, price, currency, supplier, active.",
    levels="<b>Stock</b>",
    level_row="{mark} <code>{slug}</code>: available <b>{available}</b>, reserved {reserved}, sold {sold}",
    stock_help="To add stock:\n• send a CSV document with the caption /stock (columns slug, kind, content; "
    "kind is code or link)\n• or one file with the caption “/stock product”: one buyer gets it",
    report="<b>Upload: {lines}</b>",
    report_added="✅ Added: {count} ({products})",
    report_in_stock="♻️ In stock or sold already: {count} (lines {lines})",
    report_twice="👯 Repeated in the file: {count} (lines {lines})",
    report_bad="⚠️ Not added: {count}",
    report_bad_line="Line {line}. {problem}",
    report_more="{count} more, all of them are in the file below.",
    report_ignored="These columns are not used and were skipped: {columns}.",
    report_read_as="The file is not in UTF-8; it was read as {encoding}. Please check that the letters"
    " are right.",
    bad_lines_file="line;problem",
    file_added={
        True: "The file is in stock: {slug}. One buyer gets it.",
        False: "{slug} has this file already.",
    },
    ask_withdraw="Take all available stock of {slug} off sale ({items})? What orders have reserved stays.",
    withdrawn_forms=("{count} item is off sale.", "{count} items are off sale."),
    how_to_withdraw="Give the product: /withdraw svetlitsa",
    csv_needs_caption="What should be done with this file? Send it again with a caption:\n/stock: fill "
    "the stock from a "
    "table\n“/stock product”: sell the file itself\n/products: add or change products",
    discounts="<b>Discounts</b>",
    discounts_none="There are no discounts.",
    discount_row="{id}. <b>{percent}</b> {title}\n{terms} · {state}",
    discount_all="on everything",
    discount_from="from {count}",
    discount_until="until {date}",
    discount_code="code <code>{code}</code>",
    discount_uses="used {uses} of {most}",
    discount_states=STATUSES[Language.EN].discount,
    discount_help="Add one in a line:\n<code>/discount -20% svetlitsa 3+ until 2026-12-31 code SALE20 "
    "uses 100</code>\n"
    "Only the percentage is required. Without a product it applies to everything, without a code to "
    "everybody. A title "
    "may be given in quotes.",
    discount_added="Discount {id} is in force.",
    discount_off="Discount {id} is switched off.",
    ask_broadcast="Send the message for your customers, as they will see it, formatting included. "
    "Changed your mind: "
    "/cancel",
    preview="This is what your customers will see, with a button “No more news” below. Send it?\n"
    "All: {all}, in Russian: {ru}, in English: {en}.",
    preview_without_news="\nOpted out of news and will not get it: {count}.",
    draft_gone="This draft is gone. Start again: /broadcast",
    broadcast_dropped="Nothing was sent.",
    number_sign="",
    broadcast="<b>Broadcast {id}</b>: {status}\nDelivered {sent} of {total}",
    broadcast_left="Remaining: {left}",
    broadcast_failed="Not delivered: {count}",
    broadcast_statuses=STATUSES[Language.EN].broadcast,
    needs_text="A text is needed now. Changed your mind: /cancel",
    policies="<b>Texts of the shop</b>\n"
    "The terms of sale (/terms), and what you tell customers about their data"
    " (/privacy).",
    policy_names={
        "terms ru": "Terms, in Russian",
        "terms en": "Terms, in English",
        "privacy ru": "Data, in Russian",
        "privacy en": "Data, in English",
    },
    policy_whose={
        "owner": "✍️ This is your text.",
        "options": "⚙️ This text is from the shop's options.",
        "usual": "📄 This is the usual text: it says what the program really does. Show it to a lawyer.",
    },
    ask_policy="Write the text “{name}” as customers will see it, up to {most} characters. "
    "Never mind: /cancel",
    log="<b>Who did what</b>",
    log_row="{at} · {who}\n{action} {target}",
    log_none="Nobody has changed anything yet.",
    actions={
        "price": "changed the price of",
        "picture": "changed the picture of",
        "picture_off": "removed the picture of",
        "on_sale": "put on sale",
        "off_sale": "took off sale",
        "products": "uploaded products:",
        "category": "changed the category",
        "supplier": "changed the supplier",
        "stock": "filled the stock:",
        "withdraw": "withdrew the stock of",
        "confirm": "confirmed the stock of",
        "discount": "added a discount:",
        "discount_off": "switched off discount",
        "refund": "refunded order",
        "erasure": "had their data deleted, request",
        "policy": "changed the text:",
        "policy_off": "went back to the usual text:",
        "answer": "answered the customer of order",
        "close": "closed without an answer the problem with order",
        "replace": "replaced an item of order",
        "broadcast": "began a broadcast to",
        "broadcast_pause": "paused broadcast",
        "broadcast_resume": "resumed broadcast",
        "broadcast_cancel": "stopped broadcast",
    },
    items_forms=("item", "items"),
    lines_forms=("line", "lines"),
    button_figures="📊 Figures",
    button_orders="📦 Orders",
    button_products="🏷 Products",
    button_stock="🗄 Stock",
    button_discounts="✂️ Discounts",
    button_broadcast="📣 Broadcast",
    button_broadcasts="📣 Broadcasts",
    button_log="📜 Log",
    button_policies="📄 Terms and data",
    button_policy="✏️ Write my own",
    button_policy_off="↩️ Have the usual one",
    button_back="↩️ Back",
    button_refresh="🔄 Refresh",
    button_complaints="⚠️ Problems ({count})",
    button_complaint="⚠️ The problem",
    button_answer="✍️ Answer",
    button_close="☑️ Close without an answer",
    button_replace="🔁 Replace: {title}",
    button_replace_one="🔁 {place}. {title}",
    button_items="🔁 Replace…",
    button_order="📦 The order",
    button_refund="💸 Refund",
    button_refund_money="Yes, refund {total}",
    button_refund_goods="Refund, goods back into stock",
    button_no="No",
    button_price="💰 Price",
    button_picture={True: "🖼 Another picture", False: "🖼 Add a picture"},
    button_picture_off="🖼 Remove the picture",
    button_on_sale={True: "▶️ Put on sale", False: "⏸ Take off sale"},
    button_withdraw="📤 Withdraw stock",
    button_withdraw_all="Yes, withdraw",
    button_switch_off="Switch off {id}",
    button_send_all="To all ({count})",
    button_send_ru="In Russian ({count})",
    button_send_en="In English ({count})",
    button_pause="⏸ Pause",
    button_resume="▶️ Resume",
    button_stop="⏹ Stop for good",
    button_previous="◀️",
    button_next="▶️",
)

OWNER_TEXTS = {Language.RU: RUSSIAN, Language.EN: ENGLISH}
