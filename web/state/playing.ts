/** Sounds are played one at a time. */
let current: HTMLAudioElement | null = null

export function playAlone(sound: HTMLAudioElement): Promise<void> {
  if (current !== sound) current?.pause()
  current = sound
  return sound.play()
}

/** What a browser records often does not say how long it is: it finds out at its end. Call when its beginning was read. */
export function findLength(sound: HTMLAudioElement): void {
  if (sound.duration !== Infinity) return
  sound.addEventListener("durationchange", () => (sound.currentTime = 0), { once: true })
  sound.currentTime = Number.MAX_SAFE_INTEGER / 1e6
}
