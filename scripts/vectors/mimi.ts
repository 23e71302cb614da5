import { encode, rfc8949EncodeOptions } from "cborg"
import { readdir, readFile } from "node:fs/promises"
import path from "node:path"
import { isDeepStrictEqual } from "node:util"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { PART_SEMANTICS } from "../../messenger/content/content.ts"
import type { Extensions, MimiContent, Part } from "../../messenger/content/content.ts"
import { messageId } from "../../messenger/content/message-id.ts"
import { toHex } from "../../shared/bytes.ts"
import { readEdn } from "./edn.ts"
import type { EdnValue } from "./edn.ts"

/**
 * Every pair NAME.cbor and NAME.edn in a directory: the bytes are decoded, compared value by value with the notation,
 * and encoded to the same bytes; a comment `# message ID = h'…'` is checked, too. Each pair counts once.
 * Throws where the directory cannot be read.
 */
export async function checkMimiDirectory(directory: string): Promise<{ passed: number; failed: number; failures: string[] }> {
  const names = (await readdir(directory)).sort()
  const pairs = names.filter((name) => name.endsWith(".cbor") && names.includes(name.replace(/\.cbor$/, ".edn")))
  const failures: string[] = []
  for (const name of pairs) {
    const file = path.join(directory, name)
    try {
      const problem = checkPair(new Uint8Array(await readFile(file)), await readFile(file.replace(/\.cbor$/, ".edn"), "utf8"))
      if (problem !== null) failures.push(`${name}: ${problem}`)
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { passed: pairs.length - failures.length, failed: failures.length, failures }
}

/** What is wrong with one pair, or null. */
function checkPair(bytes: Uint8Array, notation: string): string | null {
  const content = decodeContent(bytes)
  const expected = readEdn(notation)
  if (!isDeepStrictEqual(asItems(content), withEncodedExtensions(expected))) return "decoded to other values than those in the notation"
  if (toHex(encodeContent(content)) !== toHex(bytes)) return "encoded to other bytes"
  const id = idInComment(notation)
  const { senderUri, roomUri } = content.extensions
  if (id !== null && senderUri !== null && roomUri !== null && toHex(messageId(bytes, senderUri, roomUri)) !== id) return "another message id"
  return null
}

/** A message as the array that the draft's schema describes, written down independently of the codec. */
function asItems({ salt, replaces, topicId, expires, inReplyTo, extensions, body }: MimiContent): EdnValue {
  return [salt, replaces, topicId, expires && [expires.relative, expires.time], inReplyTo, asMap(extensions), partItems(body)]
}

/** Extensions with their values encoded, as the codec keeps those that it does not know. */
function asMap({ senderUri, roomUri, unknown }: Extensions): Map<EdnValue, EdnValue> {
  const map = new Map<EdnValue, EdnValue>(unknown.map(({ key, value }) => [key, value]))
  if (senderUri !== null) map.set(1, encoded(senderUri))
  if (roomUri !== null) map.set(2, encoded(roomUri))
  return map
}

function partItems(part: Part): EdnValue {
  const { disposition, language } = part
  switch (part.kind) {
    case "null":
      return [disposition, language, 0]
    case "single":
      return [disposition, language, 1, part.contentType, part.content]
    case "external": {
      const { contentType, url, expires, size, encAlg, key, nonce, aad, hashAlg, contentHash, description, filename } = part
      return [disposition, language, 2, contentType, url, expires, size, encAlg, key, nonce, aad, hashAlg, contentHash, description, filename]
    }
    case "multi":
      return [disposition, language, 3, PART_SEMANTICS.indexOf(part.semantics), part.parts.map(partItems)]
  }
}

function withEncodedExtensions(items: EdnValue): EdnValue {
  if (!Array.isArray(items) || !(items[5] instanceof Map)) return items
  const extensions = new Map([...items[5]].map(([key, value]) => [key, encoded(value)]))
  return items.map((item: EdnValue, index) => (index === 5 ? extensions : item))
}

/** By cborg and not by the messenger's own writer, so that one checks the other. */
function encoded(value: EdnValue): Uint8Array {
  return new Uint8Array(encode(value, rfc8949EncodeOptions))
}

function idInComment(notation: string): string | null {
  const comments = [...notation.matchAll(/^#(.*)$/gm)].map(([, text]) => text!).join("\n")
  const found = /message ID\s*=\s*h'([0-9a-fA-F\s]+)'/.exec(comments)
  return found === null ? null : found[1]!.replace(/\s/g, "").toLowerCase()
}
