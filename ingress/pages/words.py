"""What somebody at a page is told of a problem: in the words of the page, else in the platform's own."""

from collections.abc import Mapping
from typing import Any

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.page import Page, ProblemWords

WORDS: Mapping[str, Mapping[str, ProblemWords]] = {
    "en": {
        "malformed": ProblemWords("The request could not be understood.", "Reload the page and try again."),
        "too_large": ProblemWords("That is too large.", "Send something smaller."),
        "wrong_type": ProblemWords("A file of this kind cannot be taken.", "Choose another file."),
        "too_often": ProblemWords("Too many requests in a row.", "Wait a moment and try again."),
        "not_signed": ProblemWords(
            "We could not tell who you are.", "Open the page with the button in the chat with the bot."
        ),
        "not_signed_by_code": ProblemWords("We could not tell who you are.", "Log in, and try again."),
        "link_over": ProblemWords("This link is not valid any more.", "Ask for a new one."),
        "not_of_the_page": ProblemWords(
            "This was not sent by the page itself.", "Open the page anew and try again."
        ),
        "bad_address": ProblemWords(
            "There is something wrong with this address.",
            "Write an e-mail address, or a phone number with its country: +1 555 010 0199.",
        ),
        "no_way_there": ProblemWords("We cannot send a code there.", "Use an address of another kind."),
        "too_many_codes": ProblemWords(
            "Too many codes were asked for.", "Use the last one that has come, or wait and try again."
        ),
        "wrong_code": ProblemWords(
            "This code does not fit.", "Check it against the last message, or ask for a new one."
        ),
        "anothers_address": ProblemWords(
            "Somebody else has logged in here with this address before.",
            "Log out and log in with it, or use another address.",
        ),
        "no_push": ProblemWords("This page shows no notices.", "Nothing has to be done."),
        "bad_subscription": ProblemWords(
            "Your browser's notices cannot be used here.", "Try it in another browser."
        ),
        "too_old": ProblemWords("The page has been open for a long time.", "Close it and open it again."),
        "forbidden": ProblemWords("This is not for you.", "Go back to the beginning of the page."),
        "not_found": ProblemWords(
            "There is nothing here.", "Open the page with the button in the chat with the bot."
        ),
        "unavailable": ProblemWords(
            "We cannot answer at the moment.", "Nothing is lost. Try again in a minute."
        ),
        "unfinished": ProblemWords(
            "This takes longer than usual, and goes on.", "Look again in a minute at what came of it."
        ),
        "broken": ProblemWords(
            "Something broke on our side, and we already know about it.", "Please try again a little later."
        ),
    },
    "ru": {
        "malformed": ProblemWords(
            "Не получилось разобрать запрос.", "Обновите страницу и попробуйте ещё раз."
        ),
        "too_large": ProblemWords("Это слишком много.", "Отправьте что-нибудь поменьше."),
        "wrong_type": ProblemWords("Такой файл мы принять не можем.", "Выберите другой файл."),
        "too_often": ProblemWords("Слишком много запросов подряд.", "Подождите немного и попробуйте снова."),
        "not_signed": ProblemWords("Мы не смогли узнать вас.", "Откройте страницу кнопкой в чате с ботом."),
        "not_signed_by_code": ProblemWords("Мы не смогли узнать вас.", "Войдите и попробуйте ещё раз."),
        "link_over": ProblemWords("Эта ссылка больше не действует.", "Попросите новую."),
        "not_of_the_page": ProblemWords(
            "Это отправила не сама страница.", "Откройте страницу заново и попробуйте ещё раз."
        ),
        "bad_address": ProblemWords(
            "С этим адресом что-то не так.",
            "Укажите электронную почту или номер телефона с кодом страны: +7 916 123-45-67.",
        ),
        "no_way_there": ProblemWords("Туда мы не можем отправить код.", "Укажите другой адрес или номер."),
        "too_many_codes": ProblemWords(
            "Слишком много кодов подряд.", "Введите последний из пришедших или подождите и попробуйте снова."
        ),
        "wrong_code": ProblemWords(
            "Код не подходит.", "Сверьте его с последним сообщением или запросите новый."
        ),
        "anothers_address": ProblemWords(
            "С этим адресом здесь уже входил кто-то другой.",
            "Выйдите и войдите с ним или укажите другой адрес.",
        ),
        "no_push": ProblemWords("Эта страница не присылает уведомлений.", "Ничего делать не нужно."),
        "bad_subscription": ProblemWords(
            "Уведомления вашего браузера здесь не работают.", "Попробуйте другой браузер."
        ),
        "too_old": ProblemWords("Страница открыта уже давно.", "Закройте её и откройте снова."),
        "forbidden": ProblemWords("Это не для вас.", "Вернитесь в начало страницы."),
        "not_found": ProblemWords("Здесь ничего нет.", "Откройте страницу кнопкой в чате с ботом."),
        "unavailable": ProblemWords(
            "Сейчас мы не можем ответить.", "Ничего не потеряно. Попробуйте через минуту."
        ),
        "unfinished": ProblemWords(
            "Это занимает больше времени, чем обычно, но мы продолжаем.",
            "Посмотрите через минуту, что получилось.",
        ),
        "broken": ProblemWords("У нас что-то сломалось, мы уже знаем об этом.", "Попробуйте чуть позже."),
    },
}
"""By language, then by the code of what went wrong: what the platform itself has to say."""


def words_of(page: Page[Any] | None, code: str, language: str) -> ProblemWords | None:
    """The words for a problem; None where nobody has any."""
    own = page.words.get(language, {}) if page is not None else {}
    if code == "not_signed" and page is not None and "code" in page.enter:
        code = f"{code}_by_code"  # there is something that can be done here
    return own.get(code) or WORDS.get(language, WORDS["en"]).get(code)


def told(problem: Problem, page: Page[Any] | None, language: str) -> dict[str, Any]:
    """The answer's body."""
    words = words_of(page, problem.code, language) or ProblemWords(str(problem), "")
    return {"error": words.error, "what_to_do": words.what_to_do, "code": problem.code, **problem.more}
