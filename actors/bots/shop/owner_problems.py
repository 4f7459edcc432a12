"""What is wrong, and what to do about it: words for every fault, in Russian and English, as plain text."""

from enum import StrEnum

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.owner_texts import OWNER_TEXTS
from mailroom.actors.kit.owners.faults import PriceFault as Price
from mailroom.actors.kit.owners.faults import TableFault as Table
from mailroom.actors.kit.owners.faults import TellingFault as Telling
from mailroom.actors.kit.owners.refusals import Wrong

RUSSIAN: dict[StrEnum, str] = {
    Table.FILE_TOO_LARGE: "Файл слишком большой: {bytes} байт, а можно {most}. Разделите его на части.",
    Table.FILE_EMPTY: "Файл пустой. Нужна строка с названиями колонок и хотя бы одна строка данных.",
    Table.NOT_A_TABLE: "Это не таблица CSV. В Excel или Google Таблицах выберите «Сохранить как CSV "
    "(UTF-8)».",
    Table.NO_COLUMN: "Нет колонки {column}. В первой строке должны быть: {columns}.",
    Table.COLUMN_TWICE: "Колонка {column} встречается дважды. Оставьте одну.",
    Table.TOO_MANY_ROWS: "Строк больше {most}. Разделите файл на части.",
    Fault.NOT_A_PICTURE: "Это не картинка JPEG или PNG. Пришлите фото или такой файл.",
    Fault.BAD_SHAPE: "Картинка {width}×{height} не подойдёт: вместе стороны не длиннее {most} точек, и одна "
    "не длиннее другой больше чем в {ratio} раз.",
    Fault.NOT_A_FILE: "Файлу нужно имя и от 1 до {most} байт, а в этом {bytes}. Большие файлы продавайте "
    "ссылкой.",
    Table.QUOTES: "Кавычки открыты и не закрыты в своей строке, или внутри значения. Значение с кавычкой "
    'берут в кавычки, а её пишут дважды: "". Товар на продажу — одна строка.',
    Table.TOO_FEW_CELLS: "Значений {cells}, а колонок {columns}. Добавьте недостающие.",
    Table.TOO_MANY_CELLS: "Значений {cells}, а колонок {columns}. Значение с разделителем возьмите в "
    "кавычки.",
    Table.MISSING: "Колонка {column} не заполнена. Впишите значение.",
    Table.TOO_LONG: "Слишком длинно в {column}: {chars} символов, а можно {most}. Сократите.",
    Table.UNREADABLE: "В колонке {column} есть невидимые или потерянные символы. Введите значение заново.",
    Table.NOT_UTF_8: "Символ {place} не прочесть: байт {byte} не из UTF-8. Исправьте строку и "
    "сохраните файл как CSV (UTF-8).",
    Fault.UNKNOWN_KIND: "Вид «{kind}» неизвестен. Напишите code (код) или link (ссылка).",
    Fault.FILE_IN_TABLE: "Файл в таблицу не вписать. Пришлите его документом с подписью «/stock товар».",
    Fault.NOT_A_LINK: "Это не ссылка. Она начинается с https:// и не содержит пробелов.",
    Fault.BAD_SLUG: "«{slug}» не годится в имя. Нужны латинские буквы, цифры и дефис, до 64 знаков.",
    Fault.SLUG_TWICE: "{slug} уже есть в строке {line}. Оставьте одну из них.",
    Table.BAD_YES_OR_NO: "«{word}»: напишите да или нет.",
    Fault.UNKNOWN_PRODUCT: "Нет товара «{name}».{near} Проверьте имя в списке товаров.",
    Fault.UNKNOWN_CATEGORY: "Нет раздела «{name}».{near} Сначала добавьте раздел.",
    Fault.UNKNOWN_SUPPLIER: "Нет поставщика «{name}».{near} Сначала добавьте поставщика.",
    Fault.UNKNOWN_ORDER: "Нет заказа № {number}. Посмотрите в последних заказах.",
    Fault.UNKNOWN_ITEM: "В заказе № {number} нет такого товара. Откройте заказ ещё раз.",
    Fault.UNKNOWN_DISCOUNT: "Нет скидки № {number}. Посмотрите в списке скидок.",
    Telling.UNKNOWN_BROADCAST: "Нет рассылки № {number}.",
    Price.BAD_PRICE: "«{price}» не похоже на цену. Пишите так: 1490 или 1490,50.",
    Price.TOO_MANY_DECIMALS: "{price}: у {currency} знаков после запятой {digits}, не больше. Поправьте "
    "цену.",
    Price.PRICE_OFF_STEP: "{price}: в {currency} платят суммы, кратные {step}. Поправьте цену.",
    Price.PRICE_OUT_OF_RANGE: "{price}: цена должна быть больше нуля и в разумных пределах.",
    Price.BAD_CURRENCY: "«{currency}» не валюта. Нужны три буквы, например RUB.",
    Fault.NO_PERCENT: "Не сказано, сколько процентов. Например: -20% svetlitsa до 31.12.2026",
    Fault.BAD_PERCENT: "«{percent}»: скидка бывает от 1 до {most} процентов.",
    Fault.BAD_QUANTITY: "«{number}»: количество пишут числом от 1 до {most}, например 3+.",
    Fault.BAD_DATE: "«{date}» не дата. Пишите так: 31.12.2026 или 2026-12-31.",
    Fault.DATE_IS_OVER: "{date} уже прошло. Назовите сегодняшний день или позже.",
    Fault.BAD_CODE: "«{code}» не годится в промокод: латинские буквы, цифры, - и _, от 3 до 32 знаков.",
    Fault.BAD_USES: "«{number}»: сколько раз, пишут числом от 1 до {most}.",
    Fault.USES_WITHOUT_CODE: "Число использований бывает только у промокода. Добавьте: код SALE20",
    Fault.SAID_TWICE: "«{word}» сказано второй раз. Оставьте одно.",
    Fault.UNKNOWN_WORD: "Непонятное слово «{word}». Названия берите в кавычки.",
    Fault.NOT_REFUNDABLE: "Заказ № {number} вернуть нельзя, его статус: {status}. Вернуть можно оплаченный.",
    Fault.NO_PAYMENT: "У заказа № {number} нет оплаты, которую можно вернуть. Посмотрите его платежи.",
    Fault.DISPUTED: "Оплату заказа № {number} оспаривает банк покупателя: пока он не решил, деньги не "
    "вернуть. Ответьте банку в кабинете платёжной системы или дождитесь решения.",
    Fault.GOODS_WERE_SEEN: "Товар заказа № {number} уже у покупателя, второй раз его не продать. Верните "
    "только деньги.",
    Fault.NOT_DELIVERED: "Заказ № {number} сейчас «{status}». Заменить можно то, что доставлено.",
    Fault.ALREADY_REPLACED: "{product}: этот экземпляр уже заменён. Покупатель получил другой.",
    Fault.NO_REPLACEMENT: "{product}: на складе ничего не осталось. Пополните склад или верните деньги.",
    Telling.NOBODY_TO_TELL: "Писать некому: таких покупателей нет.",
    Telling.TEXT_TOO_LONG: "В сообщении {chars} знаков, а можно от 1 до {most}. Сократите текст.",
    Telling.BROADCAST_MOVED_ON: "Рассылка № {number} уже в другом состоянии. Посмотрите на неё ещё раз.",
    Fault.BAD_SUPPLIER: "Адресу нужен вид https://… и секрет не короче {secret} знаков, которым "
    "подписываются вызовы.",
    Fault.FORBIDDEN_ADDRESS: "По этому адресу вызывать нельзя: {why}. Укажите адрес, открытый в интернете.",
}

ENGLISH: dict[StrEnum, str] = {
    Table.FILE_TOO_LARGE: "The file is too large: {bytes} bytes, the most is {most}. Split it.",
    Table.FILE_EMPTY: "The file is empty. It needs a line with the column names, and a line of data at "
    "least.",
    Table.NOT_A_TABLE: "This is not a CSV table. In Excel or Google Sheets choose “Save as CSV (UTF-8)”.",
    Table.NO_COLUMN: "There is no column {column}. The first line must name: {columns}.",
    Table.COLUMN_TWICE: "The column {column} is there twice. Leave one.",
    Table.TOO_MANY_ROWS: "There are more than {most} lines. Split the file.",
    Fault.NOT_A_PICTURE: "This is not a JPEG or PNG picture. Send a photo, or such a file.",
    Fault.BAD_SHAPE: "A picture of {width}×{height} will not do: both sides together have at most {most} "
    "pixels, and one is not more than {ratio} times as long as the other.",
    Fault.NOT_A_FILE: "A file needs a name and 1 to {most} bytes, this one has {bytes}. Sell larger ones "
    "as a link.",
    Table.QUOTES: "A quote is opened and not closed in its line, or stands inside a value. A value with a "
    'quote is quoted, and the quote doubled: "". What is sold is one line.',
    Table.TOO_FEW_CELLS: "There are {cells} values for {columns} columns. Add the missing ones.",
    Table.TOO_MANY_CELLS: "There are {cells} values for {columns} columns. Quote a value that has the "
    "separator in it.",
    Table.MISSING: "The column {column} is empty. Fill it in.",
    Table.TOO_LONG: "Too long in {column}: {chars} characters, the most is {most}. Shorten it.",
    Table.UNREADABLE: "The column {column} has characters that cannot be seen, or were lost. Type the "
    "value again.",
    Table.NOT_UTF_8: "Character {place} cannot be read: the byte {byte} is not UTF-8. Fix the line, and "
    "save the file as CSV (UTF-8).",
    Fault.UNKNOWN_KIND: "The kind “{kind}” is not known. Write code or link.",
    Fault.FILE_IN_TABLE: "A file does not fit into a table. Send it as a document with the caption "
    "“/stock product”.",
    Fault.NOT_A_LINK: "This is not a link. A link begins with https:// and has no spaces.",
    Fault.BAD_SLUG: "“{slug}” cannot be a name. Use lower-case letters a-z, digits and hyphens, at most 64.",
    Fault.SLUG_TWICE: "{slug} is in line {line} already. Leave one of them.",
    Table.BAD_YES_OR_NO: "“{word}”: write yes or no.",
    Fault.UNKNOWN_PRODUCT: "There is no product “{name}”.{near} Look it up among the products.",
    Fault.UNKNOWN_CATEGORY: "There is no category “{name}”.{near} Add the category first.",
    Fault.UNKNOWN_SUPPLIER: "There is no supplier “{name}”.{near} Add the supplier first.",
    Fault.UNKNOWN_ORDER: "There is no order {number}. Look among the latest orders.",
    Fault.UNKNOWN_ITEM: "Order {number} has no such item. Open the order again.",
    Fault.UNKNOWN_DISCOUNT: "There is no discount {number}. Look among the discounts.",
    Telling.UNKNOWN_BROADCAST: "There is no broadcast {number}.",
    Price.BAD_PRICE: "“{price}” does not look like a price. Write it like 1490 or 1490.50.",
    Price.TOO_MANY_DECIMALS: "{price}: {currency} has {digits} decimals, not more. Correct the price.",
    Price.PRICE_OFF_STEP: "{price}: sums in {currency} are multiples of {step}. Correct the price.",
    Price.PRICE_OUT_OF_RANGE: "{price}: a price is more than nothing, and within reason.",
    Price.BAD_CURRENCY: "“{currency}” is not a currency. It has three letters, such as RUB.",
    Fault.NO_PERCENT: "It does not say how many percent. For example: -20% svetlitsa until 2026-12-31",
    Fault.BAD_PERCENT: "“{percent}”: a discount is 1 to {most} percent.",
    Fault.BAD_QUANTITY: "“{number}”: write the quantity as a number from 1 to {most}, such as 3+.",
    Fault.BAD_DATE: "“{date}” is not a date. Write it like 2026-12-31 or 31.12.2026.",
    Fault.DATE_IS_OVER: "{date} is over. Name today or a later day.",
    Fault.BAD_CODE: "“{code}” cannot be a promo code: letters a-z, digits, - and _, 3 to 32 of them.",
    Fault.BAD_USES: "“{number}”: write how many uses as a number from 1 to {most}.",
    Fault.USES_WITHOUT_CODE: "Only a promo code can have a number of uses. Add: code SALE20",
    Fault.SAID_TWICE: "“{word}” is said a second time. Leave one.",
    Fault.UNKNOWN_WORD: "The word “{word}” means nothing here. Put titles in quotes.",
    Fault.NOT_REFUNDABLE: "Order {number} cannot be refunded, its status: {status}. Only a paid one can.",
    Fault.NO_PAYMENT: "Order {number} has no payment that could be refunded. Look at its payments.",
    Fault.DISPUTED: "The payment of order {number} is disputed by the buyer's bank: until that is "
    "decided nothing can be refunded. Answer the bank in the provider's dashboard, or wait.",
    Fault.GOODS_WERE_SEEN: "The goods of order {number} are with the buyer and cannot be sold again. "
    "Refund the money only.",
    Fault.NOT_DELIVERED: "Order {number} is {status}. Only what was delivered can be replaced.",
    Fault.ALREADY_REPLACED: "{product}: this one was replaced already. The customer has another one.",
    Fault.NO_REPLACEMENT: "{product}: there is none left in stock. Fill the stock, or give the money back.",
    Telling.NOBODY_TO_TELL: "There is nobody to tell: no such customers.",
    Telling.TEXT_TOO_LONG: "The message has {chars} characters, it may have 1 to {most}. Shorten it.",
    Telling.BROADCAST_MOVED_ON: "Broadcast {number} is in another state by now. Look at it again.",
    Fault.BAD_SUPPLIER: "An address is like https://…, and needs a secret of {secret} characters at "
    "least to sign calls with.",
    Fault.FORBIDDEN_ADDRESS: "This address cannot be called: {why}. Give one that is open to the internet.",
}

PROBLEMS = {Language.RU: RUSSIAN, Language.EN: ENGLISH}
NEAR = {Language.RU: " Может быть, {near}?", Language.EN: " Did you mean {near}?"}


def problem(language: Language, wrong: Wrong) -> str:
    """What is wrong, and what to do, as plain text."""
    values = dict(wrong.values)
    near = values.get("near")
    if "status" in values:
        statuses = OWNER_TEXTS[language].statuses
        values["status"] = statuses.get(str(values["status"]), values["status"])
    values["near"] = NEAR[language].format(near=near) if near else ""
    return PROBLEMS[language][wrong.fault].format(**values)
