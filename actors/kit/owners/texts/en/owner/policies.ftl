heading =
    <b>Texts of the bot</b>
    The terms, and what you tell people about their data.
names =
    .terms = Terms
    .privacy = Data
in_some = { $name }, { $language }
whose =
    .owner = ✍️ This is your text.
    .options = ⚙️ This text is from the bot's options.
    .usual = 📄 This is the usual text: it says what the program really does. Show it to a lawyer.
ask = Write the text “{ $name }” as people will see it, up to { $most } characters. Never mind: /cancel
button_policy = ✏️ Write my own
button_policy_off = ↩️ Have the usual one
