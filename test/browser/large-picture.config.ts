// `npx playwright test -c test/browser/large-picture.config.ts`, with `node scripts/n.mjs` before it: by hand, for it takes as long as the packets do.
import { defineConfig } from "@playwright/test"
import config from "../../playwright.config.ts"

export default defineConfig({ ...config, testDir: ".", testMatch: /large-picture\.ts$/, projects: config.projects?.filter(({ name }) => name === "chromium").map(({ use }) => ({ name: "chromium", use })) })
