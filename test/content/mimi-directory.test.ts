import { encode, rfc8949EncodeOptions, Tagged } from "cborg"
import { existsSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { encodeContent } from "../../messenger/content/codec.ts"
import { messageId } from "../../messenger/content/message-id.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { checkMimiDirectory } from "../../scripts/vectors/mimi.ts"
import { toHex } from "../../shared/bytes.ts"

/** The examples of the draft belong to others: they are checked where they lie beside the repository. */
const EXAMPLES = path.resolve(import.meta.dirname, "../../../shared/vectors/mimi")

const salt = new Uint8Array(16).fill(0xab)
const saltText = `h'${"ab ".repeat(16)}'`
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "sotto-mimi-"))
})
afterEach(() => rm(directory, { recursive: true }))

function write(name: string, bytes: Uint8Array, notation: string): Promise<unknown> {
  return Promise.all([writeFile(path.join(directory, `${name}.cbor`), bytes), writeFile(path.join(directory, `${name}.edn`), notation)])
}

const text = encodeContent(textMessage("hi", salt))
const textNotation = (word = "hi") => `[${saltText}, null, h'', null, null, {}, [1, "", 1, "text/plain;charset=utf-8", '${word}']]`

describe("checking pairs of .cbor and .edn", () => {
  test.skipIf(!existsSync(EXAMPLES))("the examples of draft-ietf-mimi-content-08 hold, their ids included", async () => {
    expect(await checkMimiDirectory(EXAMPLES)).toEqual({ passed: 11, failed: 0, failures: [] })
  })

  test("a pair that agrees passes, and files without a partner do not count", async () => {
    await write("text", text, textNotation())
    await writeFile(path.join(directory, "alone.cbor"), "")
    await writeFile(path.join(directory, "other.edn"), "")
    expect(await checkMimiDirectory(directory)).toEqual({ passed: 1, failed: 0, failures: [] })
  })

  test("all kinds of parts, extensions with tags and floats, an expiry and references agree", async () => {
    const id = Uint8Array.of(1, ...new Uint8Array(31).fill(2))
    const none = new Uint8Array(0)
    const external = [6, "", 2, "image/png", "u:", 7, 2 ** 40, 1, none, none, none, 1, none, "d", "f"]
    const body = [1, "", 3, 0, [[1, "en", 1, "text/plain", none], [2, "", 3, 2, [[2, "", 0], external]]]]
    const extensions = new Map<unknown, unknown>([[256, [[1.5, new Tagged(32, "http://a")], [null, -7]]], ["own", "x"]])
    const bytes = encode([salt, id, utf("t"), [false, 9], id, extensions, body], rfc8949EncodeOptions)
    const reference = `h'01${"02".repeat(31)}'`
    await write("all", bytes, `[${saltText}, ${reference}, 't', [false, 9], ${reference}, {"own": "x", 256: [[1.5, 32("http://a")], [null, -7]]},
      [1, "", 3, 0, [[1, "en", 1, "text/plain", h''], [2, "", 3, 2, [[2, "", 0,],
        [6, "", 2, "image/png", "u:", 7, 1099511627776, 1, h'', h'', h'', 1, h'', "d", "f"]]]]]]`)
    expect(await checkMimiDirectory(directory)).toEqual({ passed: 1, failed: 0, failures: [] })
  })

  test("other values, another id, bytes that are no message and notation that is none are named", async () => {
    const withUris = encodeContent({ ...textMessage("hi", salt), extensions: { senderUri: "a", roomUri: "b", unknown: [] } })
    const notation = textNotation().replace("{}", '{1: "a", 2: "b"}')
    const id = toHex(messageId(withUris, "a", "b"))
    await write("good-id", withUris, `# message ID = h'${id.slice(0, 32)}\n#    ${id.slice(32)}'\n${notation}`)
    await write("other-id", withUris, `# message ID = h'${id.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))}'\n${notation}`)
    await write("values", text, textNotation("ho"))
    await write("bytes", text.slice(1), textNotation())
    await write("notation", text, "[")
    const { passed, failed, failures } = await checkMimiDirectory(directory)
    expect({ passed, failed }).toEqual({ passed: 1, failed: 4 })
    expect(failures.map((failure) => failure.split(".")[0]).sort()).toEqual(["bytes", "notation", "other-id", "values"])
  })
})

function utf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
