/** Of this process, ms: what others do on the machine is not in it. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** ms of this process, without what it waits for. */
export function takenBy(act: () => unknown): number {
  const begun = cpuTime()
  act()
  return cpuTime() - begun
}
