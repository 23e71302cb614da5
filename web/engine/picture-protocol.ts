/** What the page and the worker that draws pictures anew say to each other. */

/** A picture that is to be sent: drawn anew, so that nothing is in it but what is seen. */
export interface DrawnPicture {
  readonly file: Blob
  readonly width: number
  readonly height: number
  /** At most 2,048 bytes; null where it cannot be made that small. */
  readonly thumbnail: { readonly mediaType: string; readonly bytes: Uint8Array } | null
}

export interface ToPictures {
  readonly file: Blob
  /** Only the small square that stands for a group. */
  readonly square?: true
}

/** Null where the browser cannot read it as a picture. */
export interface FromPictures {
  readonly drawn: DrawnPicture | null
  /** At most 2,048 bytes. */
  readonly square?: Uint8Array
}
