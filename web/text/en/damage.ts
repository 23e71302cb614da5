/** A message whose record on this device cannot be read any more. */
export const damage = {
  message: "This message cannot be read any more.",
  title: "A message that cannot be read",
  text: "What this device keeps of it is damaged: neither what it says nor who wrote it is known here. An earlier backup may still hold it. It can be deleted, which takes away what is left of it.",
}
