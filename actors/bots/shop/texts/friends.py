"""What the shop says of friends and of its best customers."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FriendsTexts:
    """The referral programme, the balance, the leaderboard."""

    title: str
    bonus: str
    bonus_further: str
    no_bonus: str
    link: str
    level_names: tuple[str, ...]
    level_further: str
    level_row: str
    earned: str
    balance: str
    balance_empty: str
    nothing: str
    share: str
    top: str
    top_row: str
    top_mine: str
    top_outside: str
    top_empty: str
    nobody: str
    orders_forms: tuple[str, ...]
    months: tuple[str, ...]
    button_share: str
    button_copy: str


RUSSIAN = FriendsTexts(
    title="🤝 <b>Друзья</b>",
    bonus="Поделитесь ссылкой: {percent} от каждой покупки друга зачисляется на ваш баланс.",
    bonus_further="А с покупок друзей ваших друзей ещё {percents}.",
    no_bonus="Поделитесь магазином с друзьями. Бонусов за это сейчас нет, но друзья скажут спасибо.",
    link="Ваша ссылка:\n{link}",
    level_names=("Друзья", "Друзья друзей"),
    level_further="Уровень {level}",
    level_row="{name}: {count}",
    earned="Заработано: {amount}",
    balance="На балансе: <b>{amount}</b>. Списать можно в корзине.",
    balance_empty="На балансе пока ничего нет.",
    nothing="пока ничего",
    share="Магазин цифровых товаров: покупки приходят прямо в чат",
    top="🏆 <b>Лучшие покупатели: {month}</b>",
    top_row="{place} {name}: {spent}, {orders}",
    top_mine="<b>{row} (это вы)</b>",
    top_outside="Вы на {place}-м месте: {spent}, {orders}",
    top_empty="В этом месяце ещё никто ничего не купил. Первое место свободно!",
    nobody="Покупатель",
    orders_forms=("заказ", "заказа", "заказов"),
    months=(
        "январь", "февраль", "март", "апрель", "май", "июнь",
        "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
    ),
    button_share="📨 Поделиться ссылкой",
    button_copy="📋 Скопировать ссылку",
)  # fmt: skip

ENGLISH = FriendsTexts(
    title="🤝 <b>Friends</b>",
    bonus="Share your link: {percent} of everything a friend buys is added to your balance.",
    bonus_further="And another {percents} of what their friends buy.",
    no_bonus="Share the shop with your friends. There is no bonus for it now, but they will thank you.",
    link="Your link:\n{link}",
    level_names=("Friends", "Friends of friends"),
    level_further="Level {level}",
    level_row="{name}: {count}",
    earned="Earned: {amount}",
    balance="Your balance: <b>{amount}</b>. You can use it in the cart.",
    balance_empty="Your balance is empty so far.",
    nothing="nothing yet",
    share="A shop of digital goods: what you buy arrives right in the chat",
    top="🏆 <b>Best customers of {month}</b>",
    top_row="{place} {name}: {spent}, {orders}",
    top_mine="<b>{row} (you)</b>",
    top_outside="You are number {place}: {spent}, {orders}",
    top_empty="Nobody has bought anything this month yet. First place is free!",
    nobody="A customer",
    orders_forms=("order", "orders"),
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    button_share="📨 Share the link",
    button_copy="📋 Copy the link",
)  # fmt: skip
