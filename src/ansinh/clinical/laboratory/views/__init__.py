"""Pages of orders and results: of one person, of one report, and of files that laboratories send."""
