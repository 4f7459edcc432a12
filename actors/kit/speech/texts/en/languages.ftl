ask = Which language do you prefer?
button = 🌐 Language
