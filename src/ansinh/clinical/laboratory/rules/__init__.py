"""What a report says, how a value stands to its range, how files of laboratories are read. Pure."""
