"""What people see: a message with its buttons and its picture, and how it reaches them."""
