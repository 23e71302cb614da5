/** Records a voice note: the microphone is asked for when it begins, and let go when it ends. Nothing is written to the disk. */
import { onScopeDispose, shallowRef } from "vue"

/** Opus where the browser records it; WebKit may write AAC. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4"]
/** Clear enough for speech: a minute is 150 kB. */
const BITS_PER_SECOND = 20_000
const PART = 500

const recorded = (): string | undefined => TYPES.find((type) => globalThis.MediaRecorder?.isTypeSupported(type))

export const canRecord = (): boolean => recorded() !== undefined && navigator.mediaDevices !== undefined

/** `most`: bytes, at which it stops by itself. */
export function useRecording(most: () => number, onDone: (note: File) => void) {
  const state = shallowRef<"idle" | "asking" | "recording" | "refused">("idle")
  const seconds = shallowRef(0)
  /** How loud it is, 0 to 1. */
  const level = shallowRef(0)
  let recorder: MediaRecorder | null = null
  let stream: MediaStream | null = null
  let context: AudioContext | null = null
  let timer: ReturnType<typeof setInterval> | undefined
  let turn = 0

  async function begin(): Promise<void> {
    if (state.value === "asking" || state.value === "recording") return
    const own = ++turn
    state.value = "asking"
    const given = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).catch(() => null)
    if (own !== turn || given === null) {
      given?.getTracks().forEach((track) => track.stop())
      if (own === turn) state.value = "refused"
      return
    }
    stream = given
    record(given)
  }

  function record(from: MediaStream): void {
    const parts: Blob[] = []
    const one = (recorder = new MediaRecorder(from, { mimeType: recorded()!, audioBitsPerSecond: BITS_PER_SECOND }))
    one.ondataavailable = ({ data }) => {
      parts.push(data)
      if (parts.reduce((sum, { size }) => sum + size, 0) > most() - 2 * BITS_PER_SECOND / 8) finish()
    }
    one.onstop = () => {
      // Set to null where it was thrown away.
      const isWanted = recorder === one
      release()
      if (isWanted) onDone(new File(parts, "", { type: one.mimeType }))
    }
    listen(from)
    const begun = performance.now()
    timer = setInterval(() => (seconds.value = (performance.now() - begun) / 1000), 200)
    one.start(PART)
    state.value = "recording"
  }

  function listen(from: MediaStream): void {
    context = new AudioContext()
    const meter = context.createAnalyser()
    meter.fftSize = 512
    context.createMediaStreamSource(from).connect(meter)
    const samples = new Float32Array(meter.fftSize)
    const look = () => {
      if (context === null) return
      meter.getFloatTimeDomainData(samples)
      level.value = Math.min(1, 4 * Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length))
      requestAnimationFrame(look)
    }
    look()
  }

  /** It is to be heard, and sent. */
  function finish(): void {
    if (recorder?.state === "recording") recorder.stop()
  }

  /** It is thrown away. */
  function drop(): void {
    turn++
    const one = recorder
    recorder = null
    if (one?.state === "recording") one.stop()
    release()
  }

  function release(): void {
    clearInterval(timer)
    stream?.getTracks().forEach((track) => track.stop())
    void context?.close()
    stream = context = recorder = null
    state.value = "idle"
    seconds.value = level.value = 0
  }

  onScopeDispose(drop)
  return { state, seconds, level, begin, finish, drop }
}
