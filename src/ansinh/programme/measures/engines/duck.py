"""DuckDB: counts in this process, straight from the Parquet files, within a bound of memory."""

from collections.abc import Mapping
from typing import Any

from ansinh.fhir.views import exporting
from ansinh.kernel.errors import Invalid
from ansinh.programme.measures.engines.rewriting import Dialect, Statement


class DuckDB:
    """An engine of `source`. Nothing is copied: each statement reads the columns that it needs."""

    dialect: Dialect = "duckdb"

    def __init__(self) -> None:
        self._connection = exporting.connect()

    def show(self, name: str, columns: Mapping[str, str], files: str, position: int) -> None:
        """See `source.Engine`."""
        listed = ", ".join(f'"{column}"' for column in columns)
        if files:
            pattern = files.replace("'", "''")
            held = f"FROM read_parquet('{pattern}') WHERE seq_from <= {position} AND {position} < seq_to"
            self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT {listed} {held}')
            return
        empty = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns.items())
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT {empty} WHERE FALSE')

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """See `source.Engine`. Raises Invalid for SQL that the engine does not take."""
        import duckdb

        try:
            found = self._connection.execute(statement.sql, dict(values))
        except duckdb.Error as error:
            raise Invalid(
                f"DuckDB không chạy được câu truy vấn: {str(error).partition(chr(10))[0]}", field="sql"
            ) from error
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
