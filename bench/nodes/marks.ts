/**
 * Where a packet that leaves the node shows its number, u32: in the MAC of the next hop, which its maker chooses, for no hop follows. So it is told from the others, and the node that is measured
 * cannot see the number before it has taken its layer off.
 */
export const MARK_AT = 32
/** Numbers that there are. */
export const MARKS = 1 << 21
