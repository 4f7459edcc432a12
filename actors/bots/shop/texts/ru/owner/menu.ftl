menu = <b>Управление магазином</b>
owner_commands =
    /price svetlitsa 1490: цена
    /picture svetlitsa: картинка (подпись к ней)
    /refund 1042: вернуть деньги
    /withdraw svetlitsa: снять остаток
    /discounts: скидки
    /discount -20% svetlitsa: новая скидка
    /broadcast: рассылка
    /log: кто что делал
staff_commands =
    /figures: цифры за день
    /order 1042: заказ по номеру
    /order Анна: заказы покупателя
    /problems: проблемы с заказами
    /stock: остатки и загрузка
    /products: товары
    /whoami: кто я здесь
whoami =
    Вы: <b>{ $name }</b>
    Telegram id: <code>{ $user }</code>
    Роль: { $role }
    Магазин: { $bot }
role_owner = владелец
role_staff = сотрудник
button_figures = 📊 Цифры
button_orders = 📦 Заказы
button_products = 🏷 Товары
button_stock = 🗄 Склад
button_discounts = ✂️ Скидки
button_log = 📜 Журнал
button_policies = 📄 Условия и данные
button_complaints = ⚠️ Проблемы ({ $count })
