"""Who there is to give care: units on a dated tree, what each can do, who works there. Knows no person in care."""
