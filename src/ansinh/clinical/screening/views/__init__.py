"""Pages of screening (`screening`) and of tasks (`tasks`)."""
