"""Known faults of the packages that the node is made of, asked of the registry by pip-audit; hashes are required.

Not every registry tells faults: then this says plainly that nothing was compared, and is no failure.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_PATIENCE = 180.0


def check(root: Path) -> int:
    """0 when nothing is known, or nothing could be asked; 1 when a package has a known fault."""
    told = _asked(root)
    if told is None:
        print("  không đối chiếu được: thiếu uv hoặc pip-audit, hoặc không tới được kho gói")
        return 0
    compared, faults = judged(told)
    for line in faults:
        print(f"  {line}")
    if not compared:
        print("  kho gói này không cho biết lỗi đã công bố; chưa đối chiếu gói nào")
    return 1 if faults else 0


def judged(told: dict[str, Any]) -> tuple[int, list[str]]:
    """(how many packages were compared, a line for each known fault) of what pip-audit says."""
    packages = told.get("dependencies", [])
    compared = [one for one in packages if "skip_reason" not in one]
    return len(compared), [
        f"{one['name']} {one['version']}: {fault['id']}, sửa ở {', '.join(fault.get('fix_versions', [])) or 'chưa có'}"
        for one in compared
        for fault in one.get("vulns", [])
    ]


def _asked(root: Path) -> dict[str, Any] | None:
    uv, audit = shutil.which("uv"), Path(sys.executable).with_name("pip-audit")
    if uv is None or not audit.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "requirements.txt")
        export = [
            uv,
            "export",
            "--project",
            str(root),
            "--frozen",
            "--no-dev",
            "--no-emit-project",
            "-q",
            "-o",
            str(wanted),
        ]
        command = [
            str(audit),
            "--require-hashes",
            "--disable-pip",
            "-r",
            str(wanted),
            "-f",
            "json",
            "--progress-spinner",
            "off",
        ]
        try:
            subprocess.run(export, check=True, capture_output=True, timeout=_PATIENCE)
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_PATIENCE)
            return json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError):
            return None
