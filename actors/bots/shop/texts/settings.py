"""What the shop says of a customer's settings."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SettingsTexts:
    """The language, and whether news comes."""

    page: str
    news_on: str
    news_off: str
    news_on_popup: str
    news_off_popup: str
    button_settings: str
    button_news: str
    button_no_news: str


RUSSIAN = SettingsTexts(
    page="<b>Настройки</b>\n{news}\n\nСообщения о ваших заказах приходят в любом случае.",
    news_on="🔔 Новости и скидки магазина приходят в этот чат.",
    news_off="🔕 Новости и скидки магазина не приходят.",
    news_on_popup="Новости снова будут приходить.",
    news_off_popup="Новостей больше не будет. Сообщения о заказах останутся. Вернуть новости: /settings",
    button_settings="⚙️ Настройки",
    button_news="🔔 Присылать новости",
    button_no_news="🔕 Не присылать новости",
)

ENGLISH = SettingsTexts(
    page="<b>Settings</b>\n{news}\n\nMessages about your orders come in any case.",
    news_on="🔔 You get the shop’s news and discounts in this chat.",
    news_off="🔕 You do not get the shop’s news and discounts.",
    news_on_popup="You will get news again.",
    news_off_popup="No more news. Messages about your orders still come. To get news again: /settings",
    button_settings="⚙️ Settings",
    button_news="🔔 Send me news",
    button_no_news="🔕 No more news",
)
