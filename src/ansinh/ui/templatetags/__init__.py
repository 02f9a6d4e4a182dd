"""The template tags of `ui`: builtin, see `ui.py`."""
