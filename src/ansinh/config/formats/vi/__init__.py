"""How Vietnamese pages write dates and numbers."""
