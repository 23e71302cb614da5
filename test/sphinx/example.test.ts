import { execFile } from "node:child_process"
import path from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"

test("the example runs as it is, from the question to the answer", async () => {
  const example = path.join(import.meta.dirname, "../../shared/sphinx-packet/examples/request-and-reply.ts")
  const { stdout } = await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", example])
  expect(stdout.split("\n").filter((line) => line.includes("reads"))).toEqual(["the server reads: what time is it?", "Alice reads: time to mix"])
})
