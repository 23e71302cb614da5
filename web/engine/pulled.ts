/** One worker makes and another takes, part by part over a port: nothing is made before it is asked for, so neither runs ahead of the other. */
type Answer<Part, Last> = { readonly part: Part } | { readonly last: Last } | { readonly failed: true }

export function give<Part, Last>(port: MessagePort, source: AsyncGenerator<Part, Last>): void {
  port.onmessage = async () => port.postMessage(await next(source))
}

async function next<Part, Last>(source: AsyncGenerator<Part, Last>): Promise<Answer<Part, Last>> {
  try {
    const { done, value } = await source.next()
    return done ? { last: value } : { part: value }
  } catch {
    return { failed: true }
  }
}

/** Throws where the other side failed. */
export async function* taken<Part, Last>(port: MessagePort): AsyncGenerator<Part, Last> {
  for (;;) {
    const answer = await new Promise<Answer<Part, Last>>((done) => {
      port.onmessage = ({ data }: MessageEvent<Answer<Part, Last>>) => done(data)
      port.postMessage(null)
    })
    if ("failed" in answer) throw new Error("the other side failed")
    if ("last" in answer) return answer.last
    yield answer.part
  }
}
