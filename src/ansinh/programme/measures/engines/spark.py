"""Apache Spark: the same statements over the same files, spread over executors. Extra `national` (pyspark, Java 17)."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansinh.kernel.errors import Invalid, Refused
from ansinh.programme.measures.engines.rewriting import Dialect, Statement

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_TYPES = {"VARCHAR": "STRING", "BIGINT": "BIGINT", "BOOLEAN": "BOOLEAN", "DOUBLE": "DOUBLE"}


class Spark:
    """An engine of `source`. master: where executors run, as Spark names it: `local[2]`, `local-cluster[2,1,1024]`,
    `spark://…`. Raises Refused where pyspark or Java is missing."""

    dialect: Dialect = "spark"

    def __init__(self, master: str = "local[*]") -> None:
        self._session = _session(master)

    def show(self, name: str, columns: Mapping[str, str], files: str, position: int) -> None:
        """See `source.Engine`."""
        if files:
            held = self._session.read.parquet(files).where(f"seq_from <= {position} AND {position} < seq_to")
            shown = held.select(*columns)
        else:
            kinds = ", ".join(f"`{column}` {_TYPES[kind]}" for column, kind in columns.items())
            shown = self._session.createDataFrame([], kinds)
        shown.createOrReplaceTempView(name)

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """See `source.Engine`. Raises Invalid for SQL that the engine does not take."""
        from pyspark.errors import AnalysisException, ParseException

        try:
            found = self._session.sql(statement.sql, args=dict(values)).collect()
        except (AnalysisException, ParseException) as error:
            said = str(error).partition("\n")[0]
            raise Invalid(f"Spark không chạy được câu truy vấn: {said}", field="sql") from error
        return [row.asDict() for row in found]

    def close(self) -> None:
        """Give executors back."""
        self._session.stop()


def _session(master: str) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Refused("Máy này chưa có Spark: cài thêm bằng «uv sync --extra national».") from error
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise Refused("Spark cần Java 17 trở lên: cài Java, hoặc đặt JAVA_HOME tới nơi đã cài.")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return (
        SparkSession.builder.master(master)
        .appName("ansinh")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
