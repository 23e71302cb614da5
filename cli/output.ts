/** One JSON value on one line; what a terminal could take for a command is escaped, too: JSON.stringify leaves C1 controls as they are. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\x7f-\x9f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/** Text of others for a terminal: no control characters, and none that turn the direction of what follows. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => (c === "\n" || c === "\t" ? c : "\ufffd"))
}

export function plainName(name: string): string {
  return plain(name).replace(/[\n\t]/g, " ")
}

/** ISO 8601 in UTC, or null. */
export function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

/** "2026-11-20 19:03" in the zone of this machine. */
export function localTime(time: number): string {
  const date = new Date(time)
  const two = (n: number) => String(n).padStart(2, "0")
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd())
}
