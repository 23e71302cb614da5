import type { X25519 } from "sphinx-packet"
import { defaultX25519 } from "sphinx-packet"

/** That of the platform, as the nodes have it. */
export const x25519: X25519 = await defaultX25519()
