// npm run interop: packets and SURBs go back and forth between shared/sphinx-packet and the published Rust crate sphinx-packet 0.6.0.
// Builds bench/interop-rust with cargo; without cargo it says so and is content. With --or-skip it ends with 3 where the crate cannot be built, for want of cargo or of its registry.
import { spawn, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

const NO_CRATE = process.argv.includes("--or-skip") ? 3 : null
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const crate = path.join(root, "bench", "interop-rust")
const target = path.join(root, "build", "interop-rust")

if (spawnSync("cargo", ["--version"], { stdio: "ignore" }).status !== 0) {
  console.log("cargo is not installed, so nothing was exchanged with the Rust crate: see https://rustup.rs to install it.")
  process.exit(NO_CRATE ?? 0)
}
const built = spawnSync("cargo", ["build", "--release", "--locked", "--quiet"], {
  cwd: crate,
  stdio: "inherit",
  env: { ...process.env, CARGO_TARGET_DIR: target },
})
const binary = path.join(target, "release", process.platform === "win32" ? "interop-rust.exe" : "interop-rust")
if (built.status !== 0 || !existsSync(binary)) {
  console.error("The Rust crate does not build: is its registry (crates.io) within reach?")
  process.exit(NO_CRATE ?? 1)
}

const { exchange } = await import("./interop/exchange.ts")
const rust = spawn(binary, [], { stdio: ["pipe", "pipe", "inherit"] })
try {
  const { passed, failures } = await exchange(rust, path.join(root, "test", "vectors", "sphinx.json"))
  for (const failure of failures) console.log(`failed: ${failure}`)
  console.log(`${passed} passed, ${failures.length} failed`)
  process.exitCode = failures.length === 0 ? 0 : 1
} finally {
  rust.kill()
}
