"""Taking back an entry that stands outside a contact: an order, a report, a medicine given, an allergy, a vaccination.

what (type, id) ─► is it this person's, may the reader ─► why ─► it and what stands with it: entered in error, all kept

The apps above say which types, who writes them and what goes along (`parts.register`). Owns no records. See
docs/people.md, "Entered in error".
"""
