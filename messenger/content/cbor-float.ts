import { WireError } from "../../shared/bytes.ts"

/** A binary floating point format of IEEE 754. */
interface FloatFormat {
  readonly fractionBits: number
  readonly bias: number
}

const HALF: FloatFormat = { fractionBits: 10, bias: 15 }
const SINGLE: FloatFormat = { fractionBits: 23, bias: 127 }
const DOUBLE: FloatFormat = { fractionBits: 52, bias: 1023 }

/** Refuses the bits of a single that a half holds, too. */
export function mustBeShortestSingle(bits: number): void {
  mustBeShortest(Math.floor(bits / 2 ** 23) % 2 ** 8, bits % 2 ** 23, SINGLE, HALF)
}

/** Refuses the bits of a double that a single holds, too. */
export function mustBeShortestDouble(high: number, low: number): void {
  mustBeShortest(Math.floor(high / 2 ** 20) % 2 ** 11, (high % 2 ** 20) * 2 ** 32 + low, DOUBLE, SINGLE)
}

/** Refuses a number that the smaller format holds, too, and every infinity and NaN, for those belong into a half. */
function mustBeShortest(biased: number, fraction: number, format: FloatFormat, smaller: FloatFormat): void {
  if (biased === 2 * format.bias + 1) throw new WireError()
  if (biased === 0) {
    if (fraction === 0) throw new WireError()
    return // subnormal: too small for the smaller format
  }
  const exponent = biased - format.bias
  if (exponent > smaller.bias) return
  const subnormal = Math.max(0, 1 - smaller.bias - exponent)
  const lost = format.fractionBits - smaller.fractionBits + subnormal
  if (lost <= format.fractionBits && (2 ** format.fractionBits + fraction) % 2 ** lost === 0) throw new WireError()
}
