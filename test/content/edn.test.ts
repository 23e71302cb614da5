import { Tagged } from "cborg"
import { describe, expect, test } from "vitest"
import { readEdn } from "../../scripts/vectors/edn.ts"
import { utf8 } from "../../shared/text.ts"

describe("diagnostic notation", () => {
  test.each<[string, unknown]>([
    ["null", null],
    ["true # yes", true],
    ["undefined", undefined],
    ["-12", -12],
    ["0x1F", 31],
    ["18446744073709551615", 18446744073709551615n],
    ["1.5e3", 1500],
    ["-Infinity", -Infinity],
    ['"a\\"b\\u00e4\\n"', 'a"bä\n'],
    ["'it\\'s'", utf8("it's")],
    ["'a' + /and/ 'b'", utf8("ab")],
    ['"a" + "b"', "ab"],
    ["h'01 0a # one\n FF /two/ 02'", Uint8Array.of(1, 10, 255, 2)],
    ["h''", new Uint8Array(0)],
    ["b64'AQID'", Uint8Array.of(1, 2, 3)],
    ["<< [1, 2], 3 >>", Uint8Array.of(0x82, 1, 2, 3)],
    ["[ # empty\n ]", []],
    ["[1, // one\n 2, /* two */]", [1, 2]],
    ["{1: \"a\", -2: [h'03'], \"x\": {}}", new Map<unknown, unknown>([[1, "a"], [-2, [Uint8Array.of(3)]], ["x", new Map()]])],
    ['32("http://a")', new Tagged(32, "http://a")],
  ])("%s is read", (source, value) => {
    expect(readEdn(source)).toEqual(value)
  })

  test.each(["", "[1", "[1 2]", "{1}", "1 2", "'a", "h'0", "h'0'", "h'zz'", "1 + 2", "nothing", '"\\u12"', "32(1"])("%j is refused with its line", (source) => {
    expect(() => readEdn(`\n${source}`)).toThrow(/^line \d+: /)
  })
})
