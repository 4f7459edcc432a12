menu = <b>Running the shop</b>
owner_commands =
    /price svetlitsa 1490: a price
    /picture svetlitsa: a picture (below it)
    /refund 1042: refund an order
    /withdraw svetlitsa: take the remaining stock off sale
    /discounts: discounts
    /discount -20% svetlitsa: a new discount
    /broadcast: a message to all customers
    /log: who did what
staff_commands =
    /figures: the day in figures
    /order 1042: an order by its number
    /order Anna: a customer's orders
    /problems: problems with orders
    /stock: levels and upload
    /products: products
    /whoami: who I am here
whoami =
    You are <b>{ $name }</b>
    Telegram id: <code>{ $user }</code>
    Role: { $role }
    Shop: { $bot }
role_owner = owner
role_staff = staff
button_figures = 📊 Figures
button_orders = 📦 Orders
button_products = 🏷 Products
button_stock = 🗄 Stock
button_discounts = ✂️ Discounts
button_log = 📜 Log
button_policies = 📄 Terms and data
button_complaints = ⚠️ Problems ({ $count })
