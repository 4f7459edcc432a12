"""What the shop says in its menu, and to whatever it does not understand."""

from mailroom.actors.texts.declared import Texts, Value, text


class MenuTexts(Texts):
    """The ways in and out."""

    @text
    def greeting(self, *, name: Value) -> str: ...

    menu: str
    consultant: str
    help: str
    language_switched: str
    unknown_text: str
    unknown_command: str
    unknown_media: str
    old_button_popup: str
    private_only: str
    button_catalogue: str
    button_cart: str

    @text
    def button_cart_filled(self, *, count: Value) -> str: ...

    button_orders: str
    button_friends: str
    button_top: str
    button_app: str
    button_help: str
    button_menu: str
