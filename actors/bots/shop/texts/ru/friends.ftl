title = 🤝 <b>Друзья</b>
bonus = Поделитесь ссылкой: { $percent } от каждой покупки друга зачисляется на ваш баланс.
bonus_further = А с покупок друзей ваших друзей ещё { $percents }.
no_bonus = Поделитесь магазином с друзьями. Бонусов за это сейчас нет, но друзья скажут спасибо.
link =
    Ваша ссылка:
    { $link }
level_first = Друзья
level_second = Друзья друзей
level_further = Уровень { $level }
level_row = { $name }: { $count }
earned = Заработано: { $amount }
balance = На балансе: <b>{ $amount }</b>. Списать можно в корзине.
balance_empty = На балансе пока ничего нет.
nothing = пока ничего
share = Магазин цифровых товаров: покупки приходят прямо в чат
top = 🏆 <b>Лучшие покупатели: { $month }</b>
top_row = { $place } { $name }: { $spent }, { $orders }
top_mine = <b>{ $row } (это вы)</b>
top_outside = Вы на { $place }-м месте: { $spent }, { $orders }
top_empty = В этом месяце ещё никто ничего не купил. Первое место свободно!
nobody = Покупатель
orders =
    { $count ->
        [one] { $count } заказ
        [few] { $count } заказа
       *[many] { $count } заказов
    }
months =
    .n1 = январь
    .n2 = февраль
    .n3 = март
    .n4 = апрель
    .n5 = май
    .n6 = июнь
    .n7 = июль
    .n8 = август
    .n9 = сентябрь
    .n10 = октябрь
    .n11 = ноябрь
    .n12 = декабрь
button_share = 📨 Поделиться ссылкой
button_copy = 📋 Скопировать ссылку
