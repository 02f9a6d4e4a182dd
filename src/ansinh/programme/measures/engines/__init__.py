"""Indicators counted outside the node's database: the same SQL, over views that were exported as Parquet.

folder (views.exporting) ─► its manifest, checked ─► engine: each view under its plain name as of a position
measure's SQL ─► rewriting (sqlglot: the engine's own words) ─► engine ─► rows ─► tally ─► figures, as on the node

`source.Exported` is a `Counting` over a folder: tree, definitions and tallies come from there, all else is the same
code. `duck` counts with DuckDB in this process, `spark` with Apache Spark (extra `national`).
"""
