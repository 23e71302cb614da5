import { spawnSync } from "node:child_process"
import { root } from "../../cli/bin/node.mjs"
import { expect, test } from "vitest"

/** What scripts/interop.mjs ends with where there is no crate to talk to. */
const NO_CRATE = 3

test("the published Rust crate sphinx-packet 0.6.0 opens our packets and SURBs, and we open its", ({ skip }) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/interop.mjs", "--or-skip"], { cwd: root, encoding: "utf8" })
  if (status === NO_CRATE) skip(stdout + stderr)
  expect(stdout.trim().split("\n").at(-1)).toMatch(/^[1-9]\d\d+ passed, 0 failed$/)
  expect(status).toBe(0)
}, 600_000)
