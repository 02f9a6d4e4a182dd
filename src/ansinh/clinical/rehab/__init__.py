"""Rehabilitation sessions: which techniques were done, how long, how the person bore it.

Owns Encounter (type rehab-session) and a Procedure for each technique of chapter 17. The facility's declared
techniques come first in the form. See docs/people.md.
"""
