"""Import the ministry's ICD-10 list from its spreadsheet."""

import argparse
from datetime import date
from pathlib import Path

from ansinh.config.cli.arguments import day

HELP = "nạp danh mục ICD-10 của Bộ Y tế từ tệp XLSX"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file and the day from which it holds."""
    parser.add_argument("file", type=Path, help="tệp XLSX theo mẫu phụ lục QĐ 4469/QĐ-BYT")
    parser.add_argument("--from", dest="valid_from", type=day, default=date(2020, 10, 28),
                        help="ngày có hiệu lực, dạng YYYY-MM-DD (mặc định 2020-10-28)")  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Prints how many codes were read, new, changed."""
    import django

    django.setup()
    from ansinh.fhir.terminology.loading import import_icd10

    print(import_icd10(options.file, options.valid_from))
    return 0
