"""What the shop says of a customer's settings."""

from mailroom.actors.texts.declared import Texts, Value, text


class SettingsTexts(Texts):
    """The language, and whether news comes."""

    @text
    def page(self, *, news: Value) -> str: ...

    news_on: str
    news_off: str
    news_on_popup: str
    news_off_popup: str
    button_settings: str
    button_news: str
    button_no_news: str
