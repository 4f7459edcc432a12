"""What the page says when the shop cannot, as a page has it: in each language, by the code of the problem."""

from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.pages.page import ProblemWords

IN_LANGUAGES: dict[str, dict[str, ProblemWords]] = {
    texts.language: {
        code: ProblemWords(error, texts.problems.what_to_do[code])
        for code, error in texts.problems.error.items()
    }
    for texts in TEXTS
}
