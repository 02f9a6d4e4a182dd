"""The staff's front door: home by role, help, and pages for errors. Owns no data.

request.context ─► home: what this role does next, from the queries of the rooms below ─► web/home.html
"""
