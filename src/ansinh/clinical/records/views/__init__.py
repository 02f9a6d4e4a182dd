"""Pages of the record: what is in it, filling a form, giving it out, checking what was given out."""
