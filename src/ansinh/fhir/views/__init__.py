"""SQL-on-FHIR v2 views: typed tables over the records, one row for each thing a list or an indicator counts.

`reference` is the plain Python runner (pure; makes the rows), `live` keeps the tables in the transaction of each
write, `tables` reads them within a Context. See docs/engine/path.md for the runner.
"""
