"""The sentences of the script, in both languages. They name facts of tool results and nothing else."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["ru", "en"]


@dataclass(frozen=True, slots=True)
class Texts:
    """What the consultant says; `{title}` and the like are filled in."""

    one: str
    several: str
    line: str
    price: str
    cheapest: str
    sold_out: str
    some_sold_out: str
    all_sold_out: str
    discount: str
    offered: str
    too_many: str
    nothing: str
    choose: str
    buy: str
    prices_fixed: str
    promo_good: str
    promo_bad: str
    hello: str
    welcome: str
    failed: str
    notice: str
    # in an answer of blocks, where all facts are the shop's to write
    ready: str
    sorry: str
    look: str
    take_it: str
    choose_one: str


RU = Texts(
    one="{title} сейчас в наличии — {description}",
    several="Вот что подойдёт:",
    line="• {title} — {description}",
    price="цена {price}",
    cheapest="Дешевле всего здесь {title}.",
    sold_out="{title} — сейчас, к сожалению, нет в наличии.",
    some_sold_out="А этого сейчас нет в наличии: {titles}.",
    all_sold_out="Честно скажу: всё подходящее сейчас закончилось.",
    discount="Сейчас со скидкой: {title}.",
    offered="Готово! Карточка с оплатой ниже: {title}.",
    too_many="Столько сейчас нет в наличии: {title}, осталось {available}.",
    nothing="Такого в нашем магазине нет. Расскажите, для чего вам это нужно, и я поищу похожее.",
    choose="Скажите, что вам ближе, и я подготовлю оплату.",
    buy="Если берёте, так и напишите, и я подготовлю оплату.",
    prices_fixed="Цены и скидки назначает магазин, поменять их я не могу.",
    promo_good="Промокод действует, его вводят в корзине.",
    promo_bad="Такой промокод не действует.",
    hello="Здравствуйте! Расскажите, что ищете, и я подберу.",
    welcome="Пожалуйста! Если что-то ещё понадобится, я здесь.",
    failed="Не получилось узнать цены и наличие. Загляните, пожалуйста, в каталог.",
    ready="Готово!",
    sorry="К сожалению, с этим не получится.",
    look="Не получилось посмотреть. Загляните, пожалуйста, в каталог.",
    take_it="Если нравится, так и напишите.",
    choose_one="Скажите, что вам ближе.",
    notice="(Отвечает сценарий демонстрации, а не настоящая модель.)",
)
EN = Texts(
    one="{title} is in stock now — {description}",
    several="Here is what fits:",
    line="• {title} — {description}",
    price="price {price}",
    cheapest="The least expensive here is {title}.",
    sold_out="{title} — unfortunately not in stock now.",
    some_sold_out="Not in stock now: {titles}.",
    all_sold_out="To be honest, everything that fits is sold out now.",
    discount="There is a discount on {title} now.",
    offered="Done! The card with the pay button is below: {title}.",
    too_many="There are not that many in stock: {title}, {available} left.",
    nothing="We have nothing like that in the shop. Tell me what you need it for, and I will look around.",
    choose="Tell me which one you like, and I will prepare the payment.",
    buy="If you want it, just say so, and I will prepare the payment.",
    prices_fixed="Prices and discounts are set by the shop, and I cannot change them.",
    promo_good="The promo code is valid; it is entered in the cart.",
    promo_bad="This promo code is not valid.",
    hello="Hello! Tell me what you are looking for, and I will find it.",
    welcome="You are welcome! If you need anything else, I am here.",
    failed="I could not look up prices and stock. Please have a look at the catalogue.",
    ready="Here it is.",
    sorry="I am sorry, that will not work out.",
    look="I could not look it up. Please have a look at the catalogue.",
    take_it="If you like it, just say so.",
    choose_one="Tell me which one you like best.",
    notice="(A script answers in this demo, not a real model.)",
)
TEXTS: dict[Language, Texts] = {"ru": RU, "en": EN}
