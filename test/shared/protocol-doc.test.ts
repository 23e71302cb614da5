import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { deriveInvitation, encodeCode } from "../../messenger/contact-code.ts"
import { ownStreamBox, sealBlock } from "../../shared/box.ts"
import { fromHex, toHex, Writer } from "../../shared/bytes.ts"
import { networkId } from "../../shared/directory/document.ts"
import { defaultParameters, writeParameters } from "../../shared/directory/parameters.ts"
import { basePoint, littleEndian } from "../../shared/ed25519.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { Refusals } from "../../shared/node/refusals.ts"

const page = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8")

/** The text from a heading to the next one. */
function section(heading: string): string {
  const from = page.indexOf(`\n${heading}\n`)
  expect(from, heading).toBeGreaterThan(0)
  const rest = page.slice(from + heading.length + 2)
  return rest.slice(0, rest.search(/^#/m))
}

/** The cells of all rows of tables, their heads included. */
function rows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|") && !line.startsWith("|---"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
}

const named = (cell: string) => /^`([\w-]+)`$/.exec(cell)?.[1]

describe("docs/protocol.md", () => {
  test("has the lengths of the code, all of them, in their order", () => {
    const table = rows(section("## 2. Lengths")).flatMap(([name, value]) => (named(name!) === undefined ? [] : [[named(name!), Number(value)]]))
    expect(table.length).toBeGreaterThan(20)
    expect(Object.fromEntries(table)).toEqual({ ...geometry })
    expect(new Set(table.map(([name]) => name)).size).toBe(table.length)
  })

  test("has the network's parameters where they lie, with their defaults", () => {
    const table = rows(section("### 13.1 Parameters")).filter(([, , name]) => named(name!) !== undefined)
    expect(table.map(([, , name]) => named(name!)).sort()).toEqual(Object.keys(defaultParameters).sort())
    const bytes = writeParameters(new Writer(), defaultParameters).done()
    let end = 0
    for (const [offset, length, name, value] of table) {
      expect(Number(offset), name).toBe(end)
      end += Number(length)
      const written = Buffer.from(bytes).readUIntBE(Number(offset), Number(length))
      expect(written, name).toBe(Number(value))
      expect(written).toBe(defaultParameters[named(name!) as keyof typeof defaultParameters])
    }
    expect(end).toBe(bytes.length)
  })

  test("has all reasons of refusals", () => {
    const reasons = rows(section("### 12.2 What a node accepts")).flatMap(([reason]) => named(reason!) ?? [])
    expect(reasons.sort()).toEqual(Object.keys(new Refusals().all()).sort())
  })

  test("has test values that the code has, too", () => {
    const block = /```values\n([\s\S]*?)```/.exec(page)![1]!
    const said = Object.fromEntries(block.split("\n").filter((line) => line !== "").map((line) => line.split(/\s{2,}/)) as [string, string][])
    const [context, scalar] = [fromHex(said["ctx"]!), fromHex(said["s"]!)]
    const stream = basePoint(littleEndian(scalar))
    const [first, second] = [0, 1].map((index) => ownStreamBox(context, scalar, stream, index))
    const content = sealBlock(first!, sized("Block", new Uint8Array(geometry.BLOCK_LENGTH)))
    const network = networkId({ keys: [fromHex(said["authority key"]!)], threshold: 1 })
    const hash = fromHex(said["bundle hash"]!)
    const invitation = deriveInvitation(hash)
    expect(said).toEqual({
      ctx: said["ctx"],
      s: said["s"],
      P: toHex(stream),
      "M, i = 0": toHex(first!.id),
      "k, i = 0": toHex(first!.key),
      "SHA-256(content)": createHash("sha256").update(content).digest("hex"),
      signature: toHex(first!.sign(content, (length) => new Uint8Array(length))),
      "M, i = 1": toHex(second!.id),
      "k, i = 1": toHex(second!.key),
      "authority key": said["authority key"],
      "network id": toHex(network),
      "bundle hash": said["bundle hash"],
      "contact code": encodeCode(network, hash),
      "bundle box seed": toHex(invitation.bundleBoxSeed),
      "bundle key": toHex(invitation.bundleKey),
      "answer box seed": toHex(invitation.answerBoxSeed),
      "answer key": toHex(invitation.answerKey),
    })
  })

  test("speaks of files that exist", () => {
    const paths = [...page.matchAll(/`((?:shared|messenger|test|patches|docs)\/[\w./-]*)`/g)].map(([, path]) => path!)
    expect(paths.length).toBeGreaterThan(15)
    for (const path of paths) expect(existsSync(new URL(`../../${path}`, import.meta.url)), path).toBe(true)
  })
})
