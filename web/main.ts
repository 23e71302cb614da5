import "./first.ts"
import { startEngine } from "./state/engine.ts"
import { createApp } from "vue"
import App from "./App.vue"
import { startKeys } from "./state/keys.ts"
import { startLanguage } from "./state/language.ts"
import { startAutoLock } from "./state/lock.ts"
import { startClock } from "./state/now.ts"
import { startRouting } from "./state/route.ts"
import { startScreen } from "./state/screen.ts"
import { apply } from "./state/state.ts"
import { startKeeping, startMark } from "./state/storage.ts"
import { startTheme } from "./state/theme.ts"
import { startUpdates } from "./state/update.ts"
import { startBadge } from "./state/badge.ts"
import { startInstalling } from "./state/install.ts"
import { startNotifying } from "./state/notify.ts"
import { takeShared } from "./state/shared.ts"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/controls.css"

startEngine()
startTheme()
startRouting()
startScreen()
startClock()
startAutoLock()
startKeys()
startMark()
startKeeping()
startBadge()
startInstalling()
startNotifying()
void takeShared()

// Mistakes of ours are shown, wherever they arise.
const trouble = (error: unknown) => apply({ type: "trouble", detail: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error) })
addEventListener("unhandledrejection", ({ reason }) => trouble(reason))
const app = createApp(App)
app.config.errorHandler = (error) => {
  trouble(error)
  console.error(error)
}
// In a task of its own: what the browser and the engine have to say comes between.
void startLanguage().then(() => setTimeout(() => app.mount("#app")))
void startUpdates()
