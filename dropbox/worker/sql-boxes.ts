import { sized } from "../../shared/names.ts"
import type { BoxStore } from "../boxes.ts"

/** How many boxes are deleted in one statement. */
const EXPIRE_AT_ONCE = 1000

/** Boxes in the SQLite of a Durable Object. */
export function sqlBoxes(sql: SqlStorage): BoxStore {
  sql.exec("CREATE TABLE IF NOT EXISTS boxes (id BLOB PRIMARY KEY, signature BLOB NOT NULL, content BLOB NOT NULL, expires INTEGER NOT NULL)")
  sql.exec("CREATE INDEX IF NOT EXISTS boxes_by_expiry ON boxes (expires)")
  let size = sql.exec<{ size: number }>("SELECT COUNT(*) AS size FROM boxes").one().size
  return {
    get size() {
      return size
    },
    get(id) {
      const rows = sql.exec<{ signature: ArrayBuffer; content: ArrayBuffer }>("SELECT signature, content FROM boxes WHERE id = ?", id)
      const [row] = rows.toArray()
      if (row === undefined) return null
      return { signature: sized("Signature", new Uint8Array(row.signature)), content: sized("Content", new Uint8Array(row.content)) }
    },
    put(id, signature, content, expires) {
      sql.exec("INSERT INTO boxes VALUES (?, ?, ?, ?)", id, signature, content, expires)
      size++
    },
    expire(now) {
      for (;;) {
        const oldest = "SELECT id FROM boxes WHERE expires <= ? LIMIT ?"
        const deleted = sql.exec(`DELETE FROM boxes WHERE id IN (${oldest}) RETURNING 1`, now, EXPIRE_AT_ONCE).toArray().length
        size -= deleted
        if (deleted < EXPIRE_AT_ONCE) return
      }
    },
  }
}
