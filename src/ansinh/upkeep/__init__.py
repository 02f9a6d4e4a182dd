"""What keeps a node alive: backups and their way back, drills that break it, a look over a live installation.

    journal, accounts ─► backup.making ─► place (folder, S3) ─► backup.restoring ─► an empty database
    served node ◄─ torture: killed, starved, turned back ─► every acknowledged write is looked for
    doctor: TLS, secrets, backups, disk, versions, clock, worker ─► what to mend

Owns the list of backups made (`BackupRow`) and the page about them. Who may call: `config` (commands, settings).
See docs/backup.md, docs/torture.md, docs/operating.md.
"""
