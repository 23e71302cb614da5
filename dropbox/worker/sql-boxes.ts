import { sized } from "../../shared/names.ts"
import type { BoxStore } from "../boxes.ts"

/**
 * Boxes in the SQLite of a Durable Object. A row fills one page (4,096 bytes) nearly: no overflow pages, and a lookup of an empty box reads
 * pages of the index only. Rows are numbered in the order of writing and deleted from the front only, so their numbers have no gaps:
 * the first and the last tell how many there are, and what expires is found without another index, which each write would pay for with
 * a row more. Measured against other layouts in docs/performance.md.
 */
export function sqlBoxes(sql: SqlStorage): BoxStore {
  sql.exec(
    "CREATE TABLE IF NOT EXISTS boxes (number INTEGER PRIMARY KEY, expires INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, signature BLOB NOT NULL, content BLOB NOT NULL)",
  )
  const end = (which: "MIN" | "MAX") => sql.exec<{ number: number | null }>(`SELECT ${which}(number) AS number FROM boxes`).one().number
  const expiryOf = (number: number) => sql.exec<{ expires: number }>("SELECT expires FROM boxes WHERE number = ?", number).one().expires
  let first = end("MIN") ?? 1
  let next = (end("MAX") ?? 0) + 1

  /** The first row from which on boxes expire in `hour` or after: they lie in that order (where boxDays changed, nearly). */
  const firstFrom = (hour: number, from: number, to: number) => {
    let [low, high] = [from, to]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (expiryOf(middle) < hour) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    get size() {
      return next - first
    },
    get nextExpiry() {
      return first === next ? Infinity : expiryOf(first)
    },
    get(id) {
      const rows = sql.exec<{ signature: ArrayBuffer; content: ArrayBuffer }>("SELECT signature, content FROM boxes WHERE id = ?", id)
      const [row] = rows.toArray()
      if (row === undefined) return null
      return { signature: sized("Signature", new Uint8Array(row.signature)), content: sized("Content", new Uint8Array(row.content)) }
    },
    put(id, signature, content, expires) {
      sql.exec("INSERT INTO boxes VALUES (?, ?, ?, ?, ?)", next, expires, id, signature, content)
      next++
    },
    expire(hour, most) {
      const until = firstFrom(hour + 1, first, Math.min(first + most, next))
      const deleted = until - first
      if (deleted > 0) sql.exec("DELETE FROM boxes WHERE number < ?", until)
      first = until
      return deleted
    },
    countFrom: (hour) => next - firstFrom(hour, first, next),
  }
}
