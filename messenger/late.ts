import type { Correspondence } from "./correspondence.ts"

/** A part of the code that is loaded when it is first needed, once; tried again where it failed. */
export function late<Part>(load: () => Promise<Part>): () => Promise<Part> {
  let loading: Promise<Part> | null = null
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = null
      throw error
    }))
}

export interface Correspondents {
  readonly Correspondence: typeof Correspondence
}

/** What an engine has to do with people. */
export const loadCorrespondence: () => Promise<Correspondents> = late(() => import("./correspondence.ts"))
