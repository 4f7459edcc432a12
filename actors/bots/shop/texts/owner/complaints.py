"""Problems with orders."""

from mailroom.actors.texts.declared import Texts, Value, text


class ComplaintTexts(Texts):
    """Problems with orders."""

    @text
    def page(
        self,
        *,
        number: Value,
        status: Value,
        name: Value,
        contact: Value,
        user: Value,
        lines: Value,
        said: Value,
        state: Value,
    ) -> str: ...

    waits: str
    waits_not: str

    @text
    def said(self, *, at: Value, who: Value, text: Value) -> str: ...

    customer: str

    @text
    def heading(self, *, count: Value) -> str: ...

    none: str

    @text
    def row(self, *, number: Value, name: Value, text: Value) -> str: ...

    @text
    def ask_answer(self, *, number: Value) -> str: ...

    @text
    def answer_sent(self, *, number: Value) -> str: ...

    @text
    def closed_popup(self, *, number: Value) -> str: ...

    button_complaint: str
    button_answer: str
    button_close: str
    button_order: str
