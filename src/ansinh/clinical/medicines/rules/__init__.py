"""What is checked of an order, when a dose is due, what a file of knowledge says. Pure."""
