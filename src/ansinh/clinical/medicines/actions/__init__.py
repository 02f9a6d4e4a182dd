"""Writing of medicines: ordering, giving, the stock and the lists."""
