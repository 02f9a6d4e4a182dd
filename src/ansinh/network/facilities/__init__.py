"""The register of units on a dated tree: provinces, departments, facilities, who has authority over whom and when,
and what became of units that merged, split, were renamed or handed on their duties.

Owns Organization and OrganizationAffiliation. Rooms above ask `queries`; rights read the same affiliations
(`access.units`). The tree is explained in docs/organisation-tree.md.
"""
