import { readdirSync } from "node:fs"
import { root } from "../../cli/bin/node.mjs"
import { run } from "../testing/run.ts"

const AT_ONCE = 2

/** Runs tsc for each tsconfig but the base, and vue-tsc for that of the app. True where all are without errors. */
export async function checkTypes(): Promise<boolean> {
  const left = readdirSync(root).filter((name) => /^tsconfig\..+\.json$/.test(name) && name !== "tsconfig.base.json")
  let good = true
  const worker = async () => {
    for (let config = left.pop(); config !== undefined; config = left.pop()) {
      const { code } = await run(config === "tsconfig.web.json" ? "vue-tsc" : "tsc", ["-p", config, "--pretty", "false", "--incremental", "--tsBuildInfoFile", `build/types/${config}.tsbuildinfo`])
      if (code !== 0) good = false
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return good
}
