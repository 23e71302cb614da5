import { shallowRef, watchEffect } from "vue"

export type Theme = "system" | "light" | "dark"
export const THEMES: readonly Theme[] = ["system", "light", "dark"]

const KEY = "theme"
const stored = () => THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system"

export const theme = shallowRef<Theme>("system")

export function startTheme(): void {
  theme.value = stored()
  const colours = [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")].map((meta) => ({ meta, media: meta.media }))
  watchEffect(() => {
    document.documentElement.dataset.theme = theme.value
    if (theme.value === "system") localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme.value)
    // The browser's own bar follows: the colour of the chosen theme then holds whatever the system prefers.
    for (const { meta, media } of colours) meta.media = theme.value === "system" ? media : media.includes(theme.value) ? "all" : "not all"
  })
}
