"""Decisions about devices, pure: steps of a work order (`making`), terms of replacement (`terms`), stock and money."""
