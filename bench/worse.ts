/** Names of ratios that are worse, that is greater, than the known ones by more than a third, with both. Those known on one side only are not compared. */
export function worse(measured: Readonly<Record<string, number>>, known: Readonly<Record<string, number>>): string[] {
  return Object.entries(measured).flatMap(([name, ratio]) => {
    const before = known[name]
    return before === undefined || ratio <= (before * 4) / 3 ? [] : [`${name}: ${ratio.toFixed(3)}, recorded ${before.toFixed(3)}`]
  })
}
