import { expect, test } from "vitest"
import { wrongImports } from "../../scripts/checking/imports.ts"

const wrong: [string, string][] = [
  ["mix/mix.ts", `import { a } from "../dropbox/dropbox.ts"`],
  ["shared/bytes.ts", `import type { Mix } from "../mix/mix.ts"`],
  ["messenger/engine.ts", `export * from "../web/headers.ts"`],
  ["web/state/state.ts", `const store = await import("../../cli/profile.ts")`],
  ["cli/main.ts", `import "../scripts/start.ts"`],
  ["web/App.vue", `<template><p /></template>\n<script setup lang="ts">\nimport { read } from "../cli/main.ts"\n</script>`],
  ["messenger/engine.ts", `import { readFileSync } from "node:fs"`],
  ["dropbox/dropbox.ts", `import fs from "fs"`],
  ["shared/node/node-core.ts", `import { DurableObject } from "cloudflare:workers"`],
  ["mix/mix.ts", `import { MixNode } from "./worker/index.ts"`],
  ["messenger/engine.ts", `import { systemClock } from "./platform/nodejs/clock.ts"`],
  ["shared/sphinx-packet/src/sphinx.ts", `import { concat } from "../../bytes.ts"`],
]

test.each(wrong)("in %s, %s is refused", (file, text) => {
  expect(wrongImports([{ file, text }])).toHaveLength(1)
})

const right: [string, string][] = [
  ["mix/mix.ts", `import { concat } from "../shared/bytes.ts"`],
  ["mix/worker/index.ts", `import { DurableObject } from "cloudflare:workers"`],
  ["messenger/engine.ts", `import { createSphinx } from "sphinx-packet"\nimport { concat } from "../shared/bytes.ts"`],
  ["messenger/platform/nodejs/file-store.ts", `import { DatabaseSync } from "node:sqlite"`],
  ["web/engine/tab.ts", `import { createMessenger } from "../../messenger/messenger.ts"`],
  ["test/mix/mix.test.ts", `import { Mix } from "../../mix/mix.ts"`],
]

test.each(right)("in %s, %s is allowed", (file, text) => {
  expect(wrongImports([{ file, text }])).toEqual([])
})
