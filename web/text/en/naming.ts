import { count } from "./format.ts"

/** Naming people of a group in what is written there, and its picture. */
export const naming = {
  found: (n: number) => (n === 0 ? "Nobody here is called so." : count(n, { one: "# person. Enter names them.", other: "# people. Up and down choose, Enter names." })),
  unread: "Names you",
  told: "Tell me all the same when somebody names me with @",
  muteText: "No notifications and no count. Who names you with @ still reaches you, unless you switch that off, too. Nobody learns of it.",
  picture: "Picture of the group",
  choosePicture: "Choose a picture",
  otherPicture: "Another picture",
  dropPicture: "Without a picture",
  pictureText: "It is made small and square on this device, without what the camera has written into the file. Everybody in the group sees it.",
  noPicture: "This cannot be read as a picture.",
  pictured: (by: string) => `${by} gave the group another picture.`,
  picturedOwn: "You gave the group another picture.",
  unpictured: (by: string) => `${by} took the group’s picture away.`,
  unpicturedOwn: "You took the group’s picture away.",
}
