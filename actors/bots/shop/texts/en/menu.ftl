greeting =
    Hello, { $name }! This is a shop of digital goods: software, games, courses.

    Browse the catalogue, fill the cart and place your order. What you buy arrives right here in this chat as soon as it is paid for.
menu =
    <b>Main menu</b>
    What would you like to open?
consultant = 💬 Not sure what to choose? Just write what you are looking for, and the consultant will help.
help =
    <b>How it works</b>
    1. Open the catalogue and choose a product.
    2. Buy it at once, or add it to the cart, where you change quantities and enter a promo code.
    3. Confirm the order. The goods are reserved for you while you pay.
    4. Once it is paid, your goods arrive in this chat. You can see them again at any time: /orders

    /start: main menu
    /catalog: catalogue
    /cart: cart
    /orders: my orders
    /friends: bonuses for friends
    /top: best customers of the month
    /language: switch the language (сменить язык)
    /settings: settings and news
    /cancel: leave the order form
    /help: this page
language_switched = The shop speaks English now.
unknown_text = I understand buttons and commands. Here is the menu; all commands: /help
unknown_command = There is no such command. All commands: /help
unknown_media = Thank you, but I can only read text. Here is the menu:
old_button_popup = This button is out of date. Open the menu: /start
private_only = The shop works in private messages: please write to me directly.
button_catalogue = 🛍 Catalogue
button_cart = 🛒 Cart
button_cart_filled = 🛒 Cart ({ $count })
button_orders = 📦 My orders
button_friends = 🤝 Friends
button_top = 🏆 Top of the month
button_app = 📱 Open the storefront
button_help = ❓ Help
button_menu = 🏠 Menu
