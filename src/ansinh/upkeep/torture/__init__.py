"""Drills that break a node on purpose, again and again, and look for what it had promised.

    Life (database, server, worker) ◄── Storm: writers that note every answer
              ▲                                    │
            fault: killed, starved, turned back    ▼
                                     checking: every acknowledged write, no half, seals, views, index

A round is one storm, one fault in the midst of it and one look. Some rounds share a database (a life), so that a fault
meets what the faults before left. Everything happens on this machine, in a folder of its own. See docs/torture.md.
"""
