import { expect, test } from "vitest"
import { addressNames, networkOf } from "../../mix/address.ts"

test("an IPv4 address is one place, of an IPv6 address its first 64 bits are", () => {
  const places: [string | null, string][] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:db8::", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["203.0.113.9, 192.0.2.7", "192.0.2.7"],
    [" 192.0.2.7 ", "192.0.2.7"],
    ["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"],
    ["1::2::3", "1::2::3"],
    ["1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7:8::"],
    ["no address", "no address"],
    ["", ""],
    [null, ""],
  ]
  for (const [header, place] of places) expect(networkOf(header), String(header)).toBe(place)
})

test("names of addresses say which are the same place to whoever has the secret, and nothing to others", () => {
  const [name, other] = [addressNames("a secret of thirty-two characters"), addressNames("b secret of thirty-two characters")]
  expect(name("2001:db8::1")).toBe(name("2001:db8::2"))
  expect(name("192.0.2.1")).not.toBe(name("192.0.2.2"))
  expect(name("192.0.2.1")).not.toBe(other("192.0.2.1"))
  expect(name("192.0.2.1")).toMatch(/^[0-9a-f]{32}$/)
})
