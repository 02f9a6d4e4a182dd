"""Backups: what cannot be made again, sealed so that the place where it lies cannot read it.

    a read snapshot ─► tables ─► frames ─► zlib ─► age ─► place (folder, USB disk, S3)   + a signed manifest
    place ─► plan (chain, sizes, signatures) ─► age ─► frames ─► empty database ─► rows, index, views made again

A chain is a first segment with everything and further ones with the journal since then. The node holds the public
key only: who steals it, or the disk with the backups, reads none of them. See docs/backup.md and ADR 0022.
"""
