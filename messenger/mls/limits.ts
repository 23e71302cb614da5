/** Devices in one conversation (design.md section 9). */
export const MEMBERS_MAX = 32
