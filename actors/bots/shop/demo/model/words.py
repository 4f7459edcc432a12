"""Words as the script understands them: by their beginnings, and by what means the same."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
STEM_CHARS = 5
SHORT_CHARS = 3

CONCEPTS = (
    (
        "фото фотка фотки фоток фотографии фотография фотографий фотографировать снимок снимки"
        " снимков кадр кадры"
        " photo photos photograph photographs photography picture pictures image images"
    ),
    "видео ролик ролики монтаж монтировать видеоролик video videos clip film footage editing",
    "игры игра игру игре игр играми игрушка поиграть играть game games play gaming",
    (
        "курс курсы урок уроки учиться научиться обучение учёба выучить course courses lesson lessons learn"
        " study"
    ),
    "пароль пароли паролей менеджер password passwords",
    "вирус вирусы антивирус защита защитить virus viruses antivirus malware protect protection",
    "бэкап резервная резервные копии копия backup backups copies",
    "облако хранить хранение cloud storage store",
    "документ документы таблица таблицы тексты document documents spreadsheet sheets office",
    "задачи календарь планировать план планирование tasks todo calendar planner plan",
    "шрифт шрифты font fonts typeface",
    "язык разговорник путешествие поездка поездки travel trip phrasebook language",
    "деньги бюджет финансы накопить money budget finance savings",
    "программирование программировать python питон код programming coding",
    "счёт счета самозанятый самозанятых invoice invoices freelancer freelancers",
    "речь расшифровка диктовка встреча встречи speech transcript transcription meetings",
    "кроссворд кроссворды головоломка crossword crosswords puzzle puzzles",
    "шахматы шахматный chess",
    "звук звуки sound sounds audio",
    "телефон телефона смартфон мобильный phone phones mobile android ios",
    "безопасность приватность security privacy",
)
"""Words that ask for the same thing; also how a question in one language finds goods in the other."""

COMMON = frozenset(
    WORD.findall(
        "а без бы в вам вас вы где дай дайте для до его ее её есть ещё еще же за здравствуйте и из или к"
        " как какая какие какой какую когда кто купить ли лучше мне много мной мои мой мою мы на над надо"
        " нам нас не него нет ну нужен нужна нужно о об он она они оно от очень по подскажите подбери"
        " подберите под покажи покажите пожалуйста помоги помогите посоветовать посоветуешь посоветуете"
        " посоветуй посоветуйте порекомендуй порекомендуйте при привет про с сколько скажи скажите советуете"
        " советуешь со стоит стоят так такой там тебе то тоже только три два две один одна ты у уже хочется"
        " хотел хотела хочу чего чем что чтобы что-нибудь что-то это этот эта эти эту я можно куплю беру"
        " возьму оформи оформите давай давайте цена цену цены наличии наличие купил товар товары ассортимент"
        " магазин дешевле подешевле дешёвый дешевое недорогой недорого cheap cheaper cheapest a about"
        " advise an and any anything are as at be best buy can could cost do does for from"
        " get give good have hello help hey hi how i if in is it its like looking me much my need of offer"
        " on one or our please price prices recommend recommendation shop show some something stock suggest"
        " take tell than that the their them there these they thing this those to two three want was we what"
        " which will with would you your available sell selling product products"
    )
)
"""Words that say nothing of what somebody is looking for."""


def stem(word: str) -> str:
    """The part of a word that its forms share."""
    folded = word.casefold().replace("ё", "е")
    return folded[:STEM_CHARS]


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stem(word) for word in WORD.findall(text))


_CONCEPT_STEMS = tuple(frozenset(map(stem, concept.split())) for concept in CONCEPTS)
_COMMON = frozenset(word.replace("ё", "е") for word in COMMON)


def asked_for(text: str) -> frozenset[str]:
    """The stems that say what somebody is looking for."""
    return frozenset(
        stem(word)
        for word in WORD.findall(text)
        if len(word) >= SHORT_CHARS
        and word.casefold().replace("ё", "е") not in _COMMON
        and not word.isdigit()
    )


def is_plain(stems_of_name: Iterable[str]) -> bool:
    """Whether a name is made of words that anybody uses, such as «Фотография»."""
    known = frozenset().union(*_CONCEPT_STEMS)
    return all(one in known for one in stems_of_name)


def search_words(text: str, *, russian: bool) -> str:
    """What to search for: the words that matter, and in the shop's language those that mean the same."""
    wanted = asked_for(text)
    chosen = [word for word in WORD.findall(text) if stem(word) in wanted]
    for concept in CONCEPTS:
        if wanted & frozenset(map(stem, concept.split())):
            chosen += [word for word in concept.split() if bool(CYRILLIC.search(word)) == russian]
    return " ".join(dict.fromkeys(chosen))


def widened(wanted: frozenset[str]) -> frozenset[str]:
    """With everything that means the same."""
    return wanted.union(*(concept for concept in _CONCEPT_STEMS if concept & wanted))
