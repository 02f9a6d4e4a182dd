"""Emergency access ("break the glass"): one person's whole record for an hour, with a reason, and somebody looks at it.

    number or person + reason ─► EmergencyAccess ─► Context of that person alone: every label, purpose BTG, an hour
                                      └─► a Task for each director concerned ─► review list ─► justified or not

Every read under it is in the audit with purpose `BTG`. Who may call: pages with `emergency.open`, `emergency.review`.
"""
