heading =
    <b>Texts of the shop</b>
    The terms of sale (/terms), and what you tell customers about their data (/privacy).
whose =
    .owner = ✍️ This is your text.
    .options = ⚙️ This text is from the shop's options.
    .usual = 📄 This is the usual text: it says what the program really does. Show it to a lawyer.
ask = Write the text “{ $name }” as customers will see it, up to { $most } characters. Never mind: /cancel
