"""What no sentence of prose may hold, whatever it says: seen by its letters alone. Pure.

- a digit of any script, a sign of money or of percent, a sign that is no punctuation;
- a word of money, a number above four in words: both are closed classes, so a list has them all; a word of
  trade that means nothing else (a judge that goes by meaning knows rare words least);
- a link, an address;
- letters of two scripts in one word, or a word in single letters: whoever writes so hides what he says.

Names of products, and what a description says word by word with its number, are blanked out before.
"""

import re
import unicodedata

LINK = re.compile(
    r"https?:|www\.|\bt\.me\b|\btg:|@\w|\b[a-z0-9-]{2,}\.[a-z]{2,}(?:/|\b)|[а-яё0-9-]{2,}\.(?:рф|рус"
    r"|онлайн|сайт|москва|дети)\b",
    re.IGNORECASE,
)
FILE = re.compile(
    r"\b(?:e\.g|i\.e|node\.js|\w+\.(?:xmp|lut|pdf|raw|jpg|png|mp3|mp4|exe|docx?|xlsx?))\b", re.IGNORECASE
)
PUNCTUATION = frozenset(".,!?…:;()[]<>«»“”„\"'’‘`-–—‑/&•·\x00")
EMOJI = frozenset("😀😃😄😁😊🙂😉😍🤗👍👋✨🌟📷📸🎮🎨🎧🎓🔐🧩📚🏝🌲🚋❤♥☀")
CURRENCY = re.compile(
    r"\b(?:руб(?:л\w*|\.|ик\w*)?|копе[еёй]\w*|деньг\w*|денег|деньж\w*|бакс\w*|доллар\w*|евро|цент(?:ов|а"
    r"|ы)?|тенге"
    r"|гривн\w*|юан(?:ь|ей|я|и)|биткоин\w*|крипт(?:а|у|ой|овалют\w*)|usdt?|eur|rub|rur|gbp|btc"
    r"|r[ou]{1,2}bles?|kope[ck]+s?|dollars?|bucks?|euros?|cents?|penn(?:y|ies)|pence|quid|fivers?"
    r"|tenners?|dimes?|nickels?"
    r"|bitcoins?|crypto|rubl\w*|besplatno|skidk\w*|darom|podarok)(?!\w)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"\b(?:пят(?:ь|и|ью|еро)|шест(?:ь|и|ью|еро)|семь|семи|восем(?:ь|ью)|восьми|девят(?:ь|и|ью)"
    r"|десят(?:ь|и|ью|к[аиуо]\w*|ок|ков)|\w+надцат\w*|\w+десят\w*|двадцат\w*|тридцат\w*|сорок|девяност\w*"
    r"|сто|ста|двест\w+|трист\w+|четырест\w+|(?:двух|трех|трёх|четырех|четырёх|пять|пяти|шесть|шести|семь"
    r"|семи|восемь|восьми"
    r"|девять|девяти)сот|сот(?:ня|ни|ню|ней|ен|к[аиуо]\w*)|тысяч\w*|тыщ\w*|миллион\w*|миллиард\w*"
    r"|косар[ьяией]+|чирик\w*"
    r"|полтин\w*|пятихат\w*|дюжин\w*|ноль|(?<!с )нуля|нулю|нулем|нулев\w+|процент\w*|полцены|вдвое"
    r"|втрое|вчетверо"
    r"|впятеро|четверт(?:ь|и|ью)|треть|трети|третью|половин\w*"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twent\w+|thirt\w+|fou?rty|fift\w+|sixty"
    r"|seventy|eighty|ninety"
    r"|hundreds?|thousands?|millions?|billions?|dozens?|zero|nil|nought|percent\w*|half|halves|halved"
    r"|quarters?|thirds"
    r"|two-thirds|tenths?|fifths?)(?!\w)",
    re.IGNORECASE,
)
TRADE = re.compile(
    r"\b(?:в наличии|возврат\w*|скид(?:к|оч)\w*|бесплатн\w*|безвозмезд\w*|(?:за)?даром|халяв\w*"
    r"|к[еэ]шб[еэ]к\w*|уцен\w+|распрода[жн]\w*|промокод\w*"
    r"|купон\w*|рассроч\w*|предоплат\w*|доплат\w*|доплач\w*|переплат\w*|аванс\w*|задаток|задатк\w*"
    r"|подешев\w*|удешев\w*"
    r"|подорож\w*|дешев\w*|раскуп\w*|курьер\w*|доставк\w*|доставим|доставят|склад(?:е|у|а|ы|ах)?"
    r"|зарезервир\w*|забронир\w*"
    r"|discount\w*|refund\w*|on the house|(?:without|no) charge|cash-?back|gratis|complimentary"
    r"|give-?aways?|freebies?|rebates?|vouchers?|coupons?|promos?|promo-codes?"
    r"|mark(?:ed)? down|markdowns?|restock\w*|in stock|instal+ments?|couriers?|warehouses?|shipments?"
    r"|shipping|free of charge"
    r"|prepa(?:y|id|yment)\w*|surcharges?|free of any)(?!\w)",
    re.IGNORECASE,
)
"""Words of trade that mean nothing else."""
SPELLED_OUT = re.compile(r"(?<!\w)(?:\w[\s.\-–—_·•*]+){3,}\w(?!\w)")
WORD = re.compile(r"[^\W_]+")


def fault(sentence: str) -> str | None:
    """What is wrong with the form of a sentence, in a word; None if nothing is."""
    for char in sentence:
        if char.isalpha() or char.isspace() or char in PUNCTUATION or char in EMOJI:
            continue
        category = unicodedata.category(char)
        if category[0] == "N" or char in "%‰٪":
            return "number"
        return "currency" if category == "Sc" else "sign"
    for word in WORD.findall(sentence):
        if len(scripts := {_script(char) for char in word}) > 1 or scripts - {"LATIN", "CYRILLIC"}:
            return "script"
    if SPELLED_OUT.search(sentence):
        return "script"
    if LINK.search(FILE.sub(" ", sentence)):
        return "link"
    if CURRENCY.search(sentence):
        return "currency"
    if NUMBER.search(sentence):
        return "number"
    return "statement" if TRADE.search(sentence) else None


def _script(char: str) -> str:
    return unicodedata.name(char, "?").partition(" ")[0]
