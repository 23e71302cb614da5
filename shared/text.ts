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

/** Names and labels are ASCII and short: calling the platform for each takes several times as long as what it does. */
const SHORT = 128
const ASCII_END = 0x80

export function utf8(text: string): Uint8Array {
  const { length } = text
  if (length > SHORT) return encoder.encode(text)
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= ASCII_END) return encoder.encode(text)
    bytes[i] = code
  }
  return bytes
}

/** Throws a TypeError where the bytes are not UTF-8: callers at a border turn it into a WireError. */
export function fromUtf8(bytes: Uint8Array): string {
  const { length } = bytes
  if (length > SHORT) return decoder.decode(bytes)
  let text = ""
  for (let i = 0; i < length; i++) {
    const code = bytes[i]!
    if (code >= ASCII_END) return decoder.decode(bytes)
    text += String.fromCharCode(code)
  }
  return text
}
