// Runs test/**/*.test.ts with node's own test runner, on every Node from 20 on: esbuild takes the types away first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(join(tmpdir(), "ansinh-frontend-"));
const tests = readdirSync(here, { recursive: true }).filter((name) => name.endsWith(".test.ts"));
if (tests.length === 0) throw new Error("no tests under frontend/test");

try {
  await build({
    entryPoints: tests.map((name) => join(here, name)),
    outdir: out, outbase: here, outExtension: { ".js": ".mjs" },
    bundle: true, platform: "node", format: "esm", sourcemap: "inline", logLevel: "warning",
  });
  const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { cwd: join(here, ".."), stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
