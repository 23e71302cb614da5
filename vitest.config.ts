import { cloudflareTest } from "@cloudflare/vitest-plugin"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    // The scenarios keep one core busy each, and leave it while WebCrypto works.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "node",
          // Scenarios pass minutes of virtual time with real cryptography.
          testTimeout: 120_000,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.workerd.test.ts", "test/browser/**", "test/cli/**", "test/network/**"],
        },
      },
      {
        // Networks of real nodes and many processes: one file after the other.
        test: { name: "cli", testTimeout: 180_000, hookTimeout: 60_000, fileParallelism: false, include: ["test/cli/**/*.test.ts"] },
      },
      {
        // A network of real nodes that is mostly waited for, and so runs beside other tests (scripts/test.ts).
        test: { name: "network", testTimeout: 180_000, hookTimeout: 60_000, include: ["test/network/**/*.test.ts"] },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/workerd/wrangler.toml" } })],
        test: { name: "workerd", include: ["test/**/*.workerd.test.ts"] },
      },
    ],
  },
})
