/** The lock screen is no part of a first start. Where a passphrase is or is about to be, it is at hand before it is needed: the server may be gone by then. */
export const loadLockScreen = () => import("../views/LockScreen.vue")
