"""The load tool wrk, where it is installed: it costs the machine a fifth of what `load` does.

A file with the requests as they go over the line, and a few lines of Lua that hand them out in turn.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from measuring.load import Load, Request, written

NAME = "wrk"
_PATIENCE = "60s"

_LUA = """
local requests, place = {}, 0

function init()
  local file = assert(io.open("%s", "rb"))
  for length in file:read("*l"):gmatch("%%d+") do
    requests[#requests + 1] = length
  end
  for number, length in ipairs(requests) do
    requests[number] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  place = place %% #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers": %%d, "microseconds": %%d, "median": %%d, "p99": %%d, "refused": %%d, "broken": %%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
"""


def is_there() -> bool:
    """True when wrk is installed."""
    return shutil.which("wrk") is not None


def run(port: int, token: str, requests: list[Request], *, connections: int, seconds: float) -> Load:
    """Like `load.run`, in whole seconds. Raises ConnectionError when a connection breaks or an answer does not come."""
    with tempfile.TemporaryDirectory(prefix="ansinh-wrk-") as folder:
        data, script = Path(folder) / "requests", Path(folder) / "requests.lua"
        lines = [written(*request, token) for request in requests]
        data.write_bytes(" ".join(str(len(line)) for line in lines).encode() + b"\n" + b"".join(lines))
        script.write_text(_LUA % data, encoding="utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "--timeout", _PATIENCE]
        command += ["-s", str(script), f"http://127.0.0.1:{port}/"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return _load(json.loads(done.stdout.splitlines()[-1]))


def _load(found: dict[str, int]) -> Load:
    if found["broken"]:
        raise ConnectionError(f"{found['broken']} requests were not answered")
    return Load(
        round(found["answers"] / found["microseconds"] * 1_000_000, 1),
        round(found["median"] / 1000, 2),
        round(found["p99"] / 1000, 2),
        found["answers"],
        found["refused"],
    )
