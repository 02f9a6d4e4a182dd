"""Date and number formats by language: Vietnam's day/month/year and decimal comma also on English pages' dates."""
