/** The body of a response, or null as soon as it is longer than `max`. */
export async function readBounded(response: Response, max: number): Promise<Uint8Array | null> {
  if (!response.ok || response.body === null) return null
  const reader = response.body.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > max) {
      await reader.cancel()
      return null
    }
    parts.push(value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
