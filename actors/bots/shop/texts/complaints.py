"""What the shop says when something is wrong with an order."""

from mailroom.actors.texts.declared import Texts, Value, text


class ComplaintTexts(Texts):
    """A customer's problem with an order, from the button to the answer."""

    @text
    def ask(self, *, number: Value) -> str: ...
    @text
    def ask_more(self, *, number: Value) -> str: ...
    @text
    def said(self, *, who: Value, text: Value) -> str: ...

    you: str
    shop: str
    taken: str

    @text
    def added(self, *, number: Value) -> str: ...
    @text
    def cut(self, *, limit: Value) -> str: ...

    too_many: str
    not_now_popup: str
    needs_text: str
    left: str

    @text
    def answer(self, *, number: Value, text: Value) -> str: ...
    @text
    def replaced(self, *, number: Value) -> str: ...

    button: str
    button_write: str
    button_done: str

    @text
    def button_order(self, *, number: Value) -> str: ...

    button_leave: str
