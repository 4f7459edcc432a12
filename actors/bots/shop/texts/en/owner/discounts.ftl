heading = <b>Discounts</b>
none = There are no discounts.
row =
    { $number }. <b>{ $percent }</b> { $title }
    { $terms } · { $state }
on_all = on everything
at_least = from { $count }
until = until { $date }
code = code <code>{ $code }</code>
uses = used { $uses } of { $most }
help =
    Add one in a line:
    <code>/discount -20% svetlitsa 3+ until 2026-12-31 code SALE20 uses 100</code>
    Only the percentage is required. Without a product it applies to everything, without a code to everybody. A title may be given in quotes.
added = Discount { $number } is in force.
off = Discount { $number } is switched off.
button_switch_off = Switch off { $number }
