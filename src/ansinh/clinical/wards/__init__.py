"""Where residents live: wards, rooms and beds; moving between them, leave and return, death.

Owns Location (ward wa → room ro → bed bd, `partOf` each other, `managingOrganization` the facility) and, for each stay,
one Encounter of type `residence`: its `location[]` is the history of beds, its status `onleave` an absence. Why these:
docs/adr/0016-beds-as-encounter-locations.md.

page or machine ─► action ─► Encounter.location ─► refusals (bed taken, other facility, dates)
                                   └─► live views `location`, `bed_use` ─► board, work list, rounds, care log
"""
