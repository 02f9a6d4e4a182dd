"""Topic subscriptions (HL7 Subscriptions R5 Backport 1.1 for R4): who asked is told what changed, in order, once more
rather than not at all.

    Subscription written ─► rules (topic, filters, address) ─► state row: owner, status
    journal ─► evaluation (topics × filters × owner's rights) ─► event rows, numbered without gaps
    event rows ─► notifications (Bundle of the backport) ─► delivery (HTTPS) ─► acknowledged, or tried again later

Events are positions of the journal; nothing is copied. `step()` is one turn of the node's worker. Owns the tables
subscription_state, subscription_event, subscription_cursor. Who may call: the door and the worker. ADR 0013.
"""
