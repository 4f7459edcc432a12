"""What bots say, read from files by language: a folder a language, a file a theme, in Project Fluent's form.

    class CartTexts(Texts):
        title: str                                     # a text that takes nothing
        @text
        def total(self, *, amount: str) -> str: ...    # one that takes values
        @text
        def lines(self, *, count: int) -> str: ...     # one with a form for each count

    class MyTexts(Texts):
        cart: CartTexts                                # texts/en/cart.ftl, texts/ru/cart.ftl

    TEXTS = read_texts(MyTexts, Path(__file__).parent, default="en")
    TEXTS["ru"].cart.lines(count=3)

The page `ops/docs/texts.md` says how a file is written and how a language is added.
"""
