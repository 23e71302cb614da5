// UTF-8 is the one platform service that every runtime has under the same name.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean })
  decode(bytes: Uint8Array): string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Throws a TypeError where the bytes are not UTF-8: callers at a border turn it into a WireError. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
