"""People who log in, the role they hold at a unit, and the Context made from both.

A request's way: session or bearer token → `User` → `Assignment` in force today (role file of
`definitions/roles/`, unit) → units below it as the tree is today → `Context`. The store and the pages only obey
the Context; nothing else decides. What cannot be decided is refused.

Owns the tables User, Assignment, AccessToken. ADR 0007.
"""
