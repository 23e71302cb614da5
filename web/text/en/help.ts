export const keys = {
  title: "Keys",
  show: "Show all keys",
  or: "or",
  goToField: "Name or page",
  nowhere: "Nothing is called so.",
  single: "“?” opens this list, outside of fields",
  caps: { Space: "Space", Ctrl: "Ctrl", Alt: "Alt", Shift: "Shift", Enter: "Enter", Esc: "Esc", Home: "Home", End: "End" },
  groups: { everywhere: "Everywhere", writing: "Writing", reading: "Among messages" },
  names: {
    help: "This list",
    goTo: "Go to",
    search: "Search, in the open conversation or everywhere",
    newContact: "New contact",
    previous: "Conversation above",
    next: "Conversation below",
    back: "Back, or close",
    send: "Send",
    line: "New line",
    messages: "From message to message",
    details: "Road of the message",
    pick: "Select the message",
  },
}

export const help = {
  title: "Help",
  open: "Questions and answers",
}
