heading = <b>Скидки</b>
none = Скидок нет.
row =
    № { $number }. <b>{ $percent }</b> { $title }
    { $terms } · { $state }
on_all = на всё
at_least = от { $count } шт.
until = до { $date }
code = код <code>{ $code }</code>
uses = использований: { $uses } из { $most }
help =
    Добавить одной строкой:
    <code>/discount -20% svetlitsa 3+ до 31.12.2026 код SALE20 раз 100</code>
    Нужен только процент. Без товара скидка на всё, без кода она для всех. Название можно дать в кавычках.
added = Скидка № { $number } действует.
off = Скидка № { $number } выключена.
button_switch_off = Выключить № { $number }
