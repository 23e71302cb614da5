import { defineConfig } from "@playwright/test"
import type { PlaywrightTestProject } from "@playwright/test"
import { findChromium } from "./scripts/testing/chromium.ts"

// Chromium's sandbox does not run as root, which is what machines for tests mostly are.
const asRoot = process.getuid?.() === 0

const LONG = /(people|webkit)\.spec\.ts/
const chromium: PlaywrightTestProject["use"] = {
  browserName: "chromium",
  viewport: { width: 1280, height: 800 },
  launchOptions: {
    executablePath: findChromium() ?? "/usr/bin/chromium",
    chromiumSandbox: !asRoot,
    args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  },
}

export default defineConfig({
  testDir: "test/browser",
  outputDir: "test-results",
  // A packet takes seconds through a real network, and a conversation many packets.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  // Each file starts a network of its own, most of whose time is waited for.
  workers: 2,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  use: { screenshot: "only-on-failure" },
  projects: [
    // `npm test` runs the longest beside others (scripts/test.ts).
    { name: "long", testMatch: LONG, use: chromium },
    { name: "chromium", testIgnore: LONG, use: chromium },
  ],
})
