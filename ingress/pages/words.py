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
    return own.get(code) or WORDS.get(language, WORDS["en"]).get(code)


def told(problem: Problem, page: Page[Any] | None, language: str) -> dict[str, Any]:
    """The answer's body."""
    words = words_of(page, problem.code, language) or ProblemWords(str(problem), "")
    return {"error": words.error, "what_to_do": words.what_to_do, "code": problem.code, **problem.more}
