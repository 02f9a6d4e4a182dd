"""Pages of devices: those of a person, the making, the workshop and who is due."""
