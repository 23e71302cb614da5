import { cloudflareTest } from "@cloudflare/vitest-plugin"
import path from "node:path"
import type { Plugin } from "vite"
import { defineConfig } from "vitest/config"
import { LongestFirst } from "./scripts/testing/longest-first.ts"

/** Where Ed25519 itself is tested. */
const NOBLE = ["test/shared/ed25519.test.ts", "test/shared/box.test.ts", "test/sphinx/**/*.test.ts", "test/mls/suite.test.ts"]
const NATIVE = path.resolve(import.meta.dirname, "test/native-ed25519.ts")
/** Small files, which share the modules that they load: that is most of what they cost. None of them replaces any. */
const SMALL = ["contact-code", "content", "messenger-units", "shared", "web"].map((folder) => `test/${folder}/**/*.test.ts`)
const REPLACING = ["test/web/search.test.ts"]
/** Larger ones, which leave their process as they found it. */
const SHARING = ["anonymity/*", "attachments/*", "cost/*", "delivery/*", "mls/!(purity)", "nodes/*", "stores/*", "vault/*"].map((files) => `test/${files}.test.ts`)
const nativeEd25519: Plugin = {
  name: "native-ed25519",
  enforce: "pre",
  resolveId: (source, importer) => (source === "@noble/curves/ed25519.js" && importer !== NATIVE ? NATIVE : null),
}

/** Real nodes whose answers are waited for, not for long. */
const REAL = ["test/nodes/real-mix.test.ts"]
/** Scenarios pass minutes of virtual time with real cryptography, beside whatever else runs (scripts/test.ts). */
const PATIENCE = 900_000

const COMPUTING = {
  // Scenarios leave much garbage, and much that lives on: in a young generation of 16 MB it is copied to and fro.
  execArgv: ["--max-semi-space-size=64"],
  testTimeout: PATIENCE,
  hookTimeout: PATIENCE,
}

/** Of the command line's tests, those in which messages go round. */
const WAITING = ["test/cli/conversation.test.ts", "test/cli/restart.test.ts"]

export default defineConfig({
  test: {
    // The scenarios leave their cores now and then, to WebCrypto and to waiting.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [nativeEd25519],
        test: {
          ...COMPUTING,
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.workerd.test.ts", "test/**/*.bench.test.ts", "test/browser/**", "test/cli/**", "test/interop/**", "test/network/**", ...REAL, ...NOBLE, ...SMALL, ...SHARING],
        },
      },
      { plugins: [nativeEd25519], test: { ...COMPUTING, name: "sharing", isolate: false, restoreMocks: true, include: SHARING, exclude: [...REAL, ...NOBLE] } },
      { plugins: [nativeEd25519], test: { name: "small", isolate: false, testTimeout: PATIENCE, include: SMALL, exclude: [...NOBLE, ...REPLACING] } },
      { plugins: [nativeEd25519], test: { name: "replacing", include: REPLACING } },
      { test: { name: "noble", testTimeout: PATIENCE, include: NOBLE } },
      { plugins: [nativeEd25519], test: { name: "real", testTimeout: 120_000, include: REAL } },
      {
        // Networks of real nodes and many processes: one file after the other.
        test: { name: "cli", testTimeout: 180_000, hookTimeout: 60_000, fileParallelism: false, include: ["test/cli/**/*.test.ts"], exclude: WAITING },
      },
      {
        // What is measured, one after the other.
        test: { name: "bench", testTimeout: 300_000, fileParallelism: false, include: ["test/**/*.bench.test.ts"] },
      },
      {
        // Networks of real nodes that are mostly waited for, and so run beside other tests (scripts/test.ts).
        test: { name: "network", testTimeout: 180_000, hookTimeout: 60_000, include: ["test/network/**/*.test.ts", "test/interop/**/*.test.ts", ...WAITING] },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/workerd/wrangler.toml" } })],
        test: { name: "workerd", include: ["test/**/*.workerd.test.ts"] },
      },
    ],
  },
})
