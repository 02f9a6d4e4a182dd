// Builds src/ansinh/ui/static/build/ from frontend/src: one sheet, one module, the theme script, fonts and icons.
// Nothing is done when neither a source nor a dependency changed since the last build.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "ansinh", "ui", "static", "build");
const stamp = join(out, ".source-hash");
const FONT = "node_modules/@fontsource/be-vietnam-pro/files";
const SUBSETS = ["vietnamese", "latin", "latin-ext"];
const WEIGHTS = [400, 600];

function sourceHash() {
  const hash = createHash("sha256");
  const files = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(["build.mjs", "package-lock.json", "tsconfig.json"].map((name) => join(here, name)));
  for (const file of files.sort()) hash.update(file.slice(here.length)).update(readFileSync(file));
  return hash.digest("hex");
}

/** Every colour of the compiled base becomes a role; a colour without a role stops the build. */
function withRoles(css, palette) {
  const unknown = new Set();
  const themed = css.replace(/#[0-9a-f]{6}\b/gi, (colour) => {
    const role = palette[colour.toLowerCase()];
    if (colour === "#000000") return colour;
    if (!role) unknown.add(colour);
    return `var(--as-${role})`;
  });
  if (unknown.size) throw new Error(`palette.json has no role for ${[...unknown].join(", ")}`);
  return themed;
}

function styles() {
  const options = { loadPaths: [join(here, "node_modules/nhsuk-frontend/dist")], style: "expanded" };
  const palette = JSON.parse(readFileSync(join(here, "src/styles/palette.json"), "utf8"));
  const base = withRoles(compile(join(here, "src/styles/nhsuk.scss"), options).css, palette);
  const own = compile(join(here, "src/styles/main.scss"), options).css;
  return `${base}\n${own}`;
}

/** A file that the sheet names and the build does not hold would stop the hashing of static files later. */
function checkFiles() {
  const sheet = readFileSync(join(out, "ansinh.css"), "utf8");
  const missing = [...sheet.matchAll(/url\(["']?([^)"']+)["']?\)/g)].filter(([, name]) => !existsSync(join(out, name)));
  if (missing.length) throw new Error(`ansinh.css names ${[...new Set(missing.map(([, name]) => name))].join(", ")}`);
}

async function main() {
  const started = performance.now();
  const hash = sourceHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash && !process.argv.includes("--force")) {
    console.log("frontend: nothing changed");
    return;
  }
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "fonts"), { recursive: true });
  mkdirSync(join(out, "icons"), { recursive: true });
  for (const subset of SUBSETS)
    for (const weight of WEIGHTS) {
      const name = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
      copyFileSync(join(here, FONT, name), join(out, "fonts", name));
    }
  for (const name of readdirSync(join(here, "src/icons")))
    copyFileSync(join(here, "src/icons", name), name === "icon.svg" ? join(out, name) : join(out, "icons", name));
  const common = { bundle: true, minify: true, target: "es2021", legalComments: "linked", logLevel: "warning" };
  await Promise.all([
    build({ ...common, entryPoints: [join(here, "src/main.ts")], outfile: join(out, "ansinh.js"), format: "esm" }),
    build({ ...common, entryPoints: [join(here, "src/theme.ts")], outfile: join(out, "theme.js"), format: "iife" }),
    build({
      ...common,
      stdin: { contents: styles(), loader: "css", resolveDir: out },
      outfile: join(out, "ansinh.css"),
      external: ["fonts/*", "icons/*"],
    }),
  ]);
  checkFiles();
  writeFileSync(stamp, hash);
  console.log(`frontend: built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

await main();
