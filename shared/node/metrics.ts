/** A label of a list's items or of a record's names, by the field of GET /health that holds it. */
const LABELS: Readonly<Record<string, string>> = { refused: "reason", traffic: "what", links: "what", nodes: "url", stampBits: "shard" }
/** Fields that only rise while a node runs; the others are gauges. */
const COUNTERS: readonly string[] = ["refused", "traffic", "links"]
/** Fields that say what a node is, not how it does. */
const INFO: readonly string[] = ["version", "role", "layer"]

type Labels = Readonly<Record<string, string>>

/**
 * What GET /health says, in the text format of Prometheus (version 0.0.4): nothing more, and no finer in time. Numbers become samples
 * `sotto_…`, true and false 1 and 0; what is neither is left out.
 */
export function metrics(health: object): string {
  const samples = new Map<string, string[]>()
  const add = (name: string, labels: Labels, value: number) => {
    const inner = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    const line = `${name}${inner.length > 0 ? `{${inner.join(",")}}` : ""} ${value}`
    samples.set(name, [...(samples.get(name) ?? []), line])
  }
  const walk = (field: string, name: string, labels: Labels, value: unknown) => {
    if (typeof value === "number" || typeof value === "boolean") add(`${name}${COUNTERS.includes(field) ? "_total" : ""}`, labels, Number(value))
    else if (Array.isArray(value)) value.forEach((item, index) => walkItem(field, name, labels, item, index))
    else if (typeof value === "object" && value !== null) {
      const label = LABELS[field]
      for (const [key, inner] of Object.entries(value)) {
        if (label !== undefined && typeof inner !== "object") walk(field, name, { ...labels, [label]: key }, inner)
        else walk(field, `${name}_${snake(key)}`, labels, inner)
      }
    }
  }
  const walkItem = (field: string, name: string, labels: Labels, item: unknown, index: number) => {
    const label = LABELS[field]
    if (label !== undefined && typeof item === "number") add(name, { ...labels, [label]: String(index) }, item)
    if (label === undefined || typeof item !== "object" || item === null) return
    const record = item as Record<string, unknown>
    const own = typeof record[label] === "string" ? record[label] : String(index)
    const prefix = name.replace(/s$/, "")
    for (const [key, inner] of Object.entries(record)) if (key !== label) walk(key, `${prefix}_${snake(key)}`, { ...labels, [label]: own }, inner)
  }

  const record = health as Record<string, unknown>
  add("sotto_info", Object.fromEntries(INFO.filter((field) => field in record).map((field) => [field, String(record[field])])), 1)
  for (const [field, value] of Object.entries(record)) if (!INFO.includes(field)) walk(field, `sotto_${snake(field)}`, {}, value)
  const blocks = [...samples].map(([name, lines]) => `# TYPE ${name} ${name.endsWith("_total") ? "counter" : "gauge"}\n${lines.join("\n")}\n`)
  return blocks.join("")
}

function snake(name: string): string {
  return name.replace(/[^a-zA-Z0-9]+/g, "_").replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase()
}

function escaped(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")
}
