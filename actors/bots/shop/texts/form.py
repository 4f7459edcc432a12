"""What the shop says in the order form."""

from mailroom.actors.texts.declared import Texts, Value, text


class FormTexts(Texts):
    """Contact, comment, confirmation."""

    ask_contact: str
    bad_contact: str

    @text
    def ask_comment(self, *, limit: Value) -> str: ...
    @text
    def comment_too_long(self, *, length: Value, limit: Value) -> str: ...
    @text
    def summary(self, *, bill: Value, about: Value) -> str: ...
    @text
    def contact(self, *, contact: Value) -> str: ...
    @text
    def comment(self, *, comment: Value) -> str: ...

    no_comment: str
    changed: str

    @text
    def promo_gone(self, *, code: Value) -> str: ...

    confirm_needs_button: str
    needs_text: str
    left: str
    cancelled: str
    nothing_to_cancel: str
    no_username_popup: str
    closed_popup: str

    @text
    def button_use_contact(self, *, contact: Value) -> str: ...

    button_skip: str
    button_confirm: str
    button_change: str
    button_cancel: str
