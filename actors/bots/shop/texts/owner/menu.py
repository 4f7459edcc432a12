"""The menu, and who one is."""

from mailroom.actors.texts.declared import Texts, Value, text


class MenuTexts(Texts):
    """The menu, and who one is."""

    menu: str
    owner_commands: str
    staff_commands: str

    @text
    def whoami(self, *, name: Value, user: Value, role: Value, bot: Value) -> str: ...

    role_owner: str
    role_staff: str
    button_figures: str
    button_orders: str
    button_products: str
    button_stock: str
    button_discounts: str
    button_log: str
    button_policies: str

    @text
    def button_complaints(self, *, count: Value) -> str: ...
