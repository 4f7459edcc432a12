GREETING = "from beside"
