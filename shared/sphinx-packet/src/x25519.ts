/**
 * X25519 (RFC 7748) on 32-byte strings. Secrets are clamped at each use; the highest bit of a public key is ignored.
 * Whatever yields 32 zeros is refused with SphinxError("alpha"): such a result is the same for everybody's secret, so
 * that anybody could make packets that any node accepts.
 */
export interface X25519 {
  publicKey(secret: Uint8Array): Promise<Uint8Array>
  sharedSecret(secret: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array>
  /** For a secret that is used many times: keeps whatever import is dear. */
  prepare(secret: Uint8Array): Promise<PreparedSecret>
  /** The sender's side of a whole route, where an implementation has something faster than `sequentialChain`. */
  chain?: Chain
}

export interface PreparedSecret {
  readonly publicKey: Uint8Array
  sharedSecret(publicKey: Uint8Array): Promise<Uint8Array>
  /** The same for a public key that another secret is applied to next, where an implementation then need not import it twice. */
  meet?(publicKey: Uint8Array): Promise<Met>
}

export interface Met {
  readonly sharedSecret: Uint8Array
  /** X25519 of another secret and the same public key. */
  times(secret: Uint8Array): Promise<Uint8Array>
}

/**
 * The shared secret of hop i is X25519(b(i-1), … X25519(b(0), X25519(secret, key of hop i))), where b(j) is the blinding
 * factor that hop j derives from its own. `next` is called once per hop, in the order of the route, with that hop's shared
 * secret, and returns its blinding factor. (The Sphinx paper, section 3.2; sphinx-packet's `KeyMaterial::derive`.)
 */
export type Chain = (
  secret: Uint8Array,
  publicKeys: readonly Uint8Array[],
  next: (sharedSecret: Uint8Array) => Uint8Array,
) => Promise<Alphas>

export interface Alphas {
  /** The group element that the first hop gets. */
  readonly first: Uint8Array
  /** The one that the last hop gets: only who makes a SURB needs it. */
  last(): Promise<Uint8Array>
}

export const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31))

/**
 * The chain by plain X25519: n(n+1)/2 multiplications for n hops, each scalar being imported once and applied to
 * all points that still need it at the same time.
 */
export function sequentialChain(multiplyBy: (scalar: Uint8Array) => Promise<(point: Uint8Array) => Promise<Uint8Array>>): Chain {
  return async (secret, publicKeys, next) => {
    const steps: ((point: Uint8Array) => Promise<Uint8Array>)[] = []
    let scalar = secret
    let points = publicKeys
    while (points.length > 0) {
      const times = await multiplyBy(scalar)
      steps.push(times)
      const [shared, ...later] = await Promise.all(points.map(times))
      scalar = next(shared!)
      points = later
    }
    const first = await steps[0]!(BASE_POINT)
    return {
      first,
      async last() {
        let alpha = first
        for (const times of steps.slice(1)) alpha = await times(alpha)
        return alpha
      },
    }
  }
}

/** A node's side of one hop: `meet`, or as good as that. */
export function meet(x25519: X25519, secret: PreparedSecret, publicKey: Uint8Array): Promise<Met> {
  const apart = async () => ({ sharedSecret: await secret.sharedSecret(publicKey), times: (other: Uint8Array) => x25519.sharedSecret(other, publicKey) })
  return secret.meet?.(publicKey) ?? apart()
}

export function chainOf(x25519: X25519): Chain {
  return x25519.chain ?? sequentialChain(async (scalar) => (point) => x25519.sharedSecret(scalar, point))
}
