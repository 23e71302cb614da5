import { expect, test } from "vitest"
import { metrics } from "../../shared/node/metrics.ts"

test("health as Prometheus reads it: counters with reasons, gauges, and what the node is", () => {
  const text = metrics({
    version: "0.1.0",
    role: "mix",
    layer: 2,
    directory: null,
    keyEpochs: [3, 4],
    held: 12,
    refused: { mac: 3, "next-hop": 0 },
    traffic: { received: 100, forwarded: 88 },
    links: { sent: 7, failed: 0, retried: 1 },
    stampBits: [14, 17],
  })
  expect(text).toBe(`# TYPE sotto_info gauge
sotto_info{version="0.1.0",role="mix",layer="2"} 1
# TYPE sotto_held gauge
sotto_held 12
# TYPE sotto_refused_total counter
sotto_refused_total{reason="mac"} 3
sotto_refused_total{reason="next-hop"} 0
# TYPE sotto_traffic_total counter
sotto_traffic_total{what="received"} 100
sotto_traffic_total{what="forwarded"} 88
# TYPE sotto_links_total counter
sotto_links_total{what="sent"} 7
sotto_links_total{what="failed"} 0
sotto_links_total{what="retried"} 1
# TYPE sotto_stamp_bits gauge
sotto_stamp_bits{shard="0"} 14
sotto_stamp_bits{shard="1"} 17
`)
})

test("an authority's nodes are told apart by their URLs, and text is nothing to measure", () => {
  const nodes = [
    { url: "https://a.example", role: "mix", layer: 1, listed: true, clockDifference: -20 },
    { url: 'https://b.example/"x', role: "dropbox", layer: 0, listed: false, why: "silent" },
  ]
  expect(metrics({ role: "directory", nodes }).split("\n").slice(2)).toEqual([
    "# TYPE sotto_node_layer gauge",
    'sotto_node_layer{url="https://a.example"} 1',
    'sotto_node_layer{url="https://b.example/\\"x"} 0',
    "# TYPE sotto_node_listed gauge",
    'sotto_node_listed{url="https://a.example"} 1',
    'sotto_node_listed{url="https://b.example/\\"x"} 0',
    "# TYPE sotto_node_clock_difference gauge",
    'sotto_node_clock_difference{url="https://a.example"} -20',
    "",
  ])
})
