"""What is due today for whom, by ward and room: the home page of care staff. Owns no records.

definitions/worklist/*.yaml ─► one SQL over the live views ─► due days ─► by ward, kind, room ─► one tap to the action

A new kind of work is a new file: which people, which day counts, how many months (with the source), which page does it.
See docs/worklist.md.
"""
