"""A look over a live installation: what is wrong, and what mends it.

    settings, files, clock, disk ─┐
    database, worker, accounts ───┼─► Finding(good | warn | bad, what, mend) ─► ./ansinh doctor
    certificate of the address ───┘

Looks only; nothing is changed. What cannot be looked at from here is said, never passed over. See docs/operating.md.
"""
