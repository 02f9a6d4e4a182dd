"""People who log in, the role they hold at a unit, and the Context made from both.

    password, key or outside identity ─► second factor ─► session        (entering, factors, outside; throttle)
    session or bearer token ─► `User` ─► `Assignment` in force today ─► role file of `definitions/roles/`
        ─► units below it as the tree is today ─► second factor that the role needs? ─► `Context`

The store and the pages only obey the Context; nothing else decides. What cannot be decided is refused. Who looks
after which account: `authority`. ADR 0007, docs/access.md, THREAT_MODEL.md.
"""
