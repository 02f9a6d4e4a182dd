"""What the benchmarks of pages share.

state folder ── addresses: which pages, for whom ──► browser: logs in, asks ──► server: started, its memory, its time
"""
