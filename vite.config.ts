import path from "node:path"
import { fileURLToPath } from "node:url"
import vue from "@vitejs/plugin-vue"
import { defineConfig } from "vite"
import type { Connect, Plugin } from "vite"
import { VitePWA } from "vite-plugin-pwa"
import { withHashes, writeList } from "./scripts/building/files.ts"
import own from "./package.json" with { type: "json" }
import { securityHeaders } from "./web/headers.ts"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * `vite --mode demo` shows the app on an engine of canned data, for work on the looks and for pictures. No other mode
 * touches it.
 */
function demo(): Plugin {
  const description = { name: "Demo", authorities: [{ key: "00", url: "http://localhost" }], threshold: 1, directories: ["http://localhost/"], echo: "/echo" }
  const answers = new Map([
    ["/network.json", JSON.stringify(description)],
    ["/echo", JSON.stringify({ code: "ECHO".repeat(16) })],
  ])
  const serve = ({ middlewares }: { middlewares: Connect.Server }): void => {
    middlewares.use((request, response, next) => {
      const body = answers.get(request.url ?? "")
      if (body) response.setHeader("content-type", "application/json").end(body)
      else next()
    })
  }
  return {
    name: "demo",
    enforce: "pre",
    resolveId: (source) => (source.endsWith("messenger/messenger.ts") ? here("test/web/fake-messenger.ts") : null),
    configureServer: serve,
    configurePreviewServer: serve,
  }
}

/** The modules of the app as it shows itself first. The rest comes later. */
const shownFirst = new Set<string>()

/**
 * The page's first script starts the engine, and waits for nothing else in the page. All that it takes to show something is one more file, and its styles another: each file takes a
 * slow device as long as many kB of code.
 */
function twoScripts(): Plugin {
  return {
    name: "two-scripts",
    apply: "build",
    buildEnd() {
      const walk = (id: string): void => {
        if (shownFirst.has(id)) return
        shownFirst.add(id)
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) walk(next)
      }
      walk(here("web/main.ts"))
    },
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle = {} }) => {
        const first = Object.values(bundle).find((one) => one.type === "chunk" && one.moduleIds.includes(here("web/first.ts")))
        const tag = `<script type="module" crossorigin src="/${first?.fileName}"></script>`
        if (!html.includes(tag)) throw new Error("the page has no first script")
        return html.replace(tag, tag.replace(" type", " async type"))
      },
    },
  }
}

/** The list of all files with their hashes, behind everything else that writes files. */
function fileList(): Plugin {
  let folder = ""
  return {
    name: "file-list",
    apply: "build",
    enforce: "post",
    configResolved: ({ root, build }) => void (folder = path.resolve(root, build.outDir)),
    closeBundle: { sequential: true, order: "post", handler: () => console.info(`fingerprint ${writeList(folder)}`) },
  }
}

export default defineConfig(({ mode }) => {
  const demos = () => (mode === "demo" ? [demo()] : [])
  return {
    root: here("web"),
    define: { "import.meta.env.VERSION": JSON.stringify(own.version) },
    // Every file under a name of its own and nothing inlined: the policy allows no data: URLs.
    build: {
      outDir: here("dist"),
      emptyOutDir: true,
      target: ["chrome123", "firefox128", "safari17.5"],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: "first", test: /web\/(first|state\/(worker|trusted))\.ts$/, priority: 2 },
              { name: "app", test: (id: string) => shownFirst.has(id), priority: 1 },
            ],
          },
        },
      },
    },
    worker: {
      format: "es",
      plugins: demos,
      // Whatever the first file needs is another file: see there.
      rolldownOptions: { output: { codeSplitting: { groups: [{ name: "engine", test: /web\/engine\/tab\.ts$/ }] } } },
    },
    preview: { headers: securityHeaders(["http://localhost:*", "http://127.0.0.1:*"]) },
    server: { fs: { allow: [here(".")] } },
    plugins: [
      ...demos(),
      twoScripts(),
      vue({ features: { optionsAPI: false } }),
      VitePWA({
        strategies: "injectManifest",
        srcDir: "service-worker",
        filename: "sw.ts",
        injectRegister: false,
        registerType: "prompt",
        includeManifestIcons: false,
        injectManifest: { globPatterns: ["**/*"], globIgnores: ["sw.js", "SHA256SUMS.txt"], sourcemap: false },
        integration: {
          beforeBuildServiceWorker: ({ injectManifest, outDir }) => {
            // The manifest is found among the files; the plugin would list it a second time, without its hash.
            injectManifest.additionalManifestEntries = []
            injectManifest.manifestTransforms = [(entries) => ({ manifest: withHashes(entries, outDir), warnings: [] })]
          },
        },
        manifest: {
          id: "/",
          name: "Sotto",
          short_name: "Sotto",
          description: "A messenger that does not know who you talk to.",
          start_url: "/",
          scope: "/",
          display: "standalone",
          background_color: "#f7f6f3",
          theme_color: "#0e6370",
          lang: "en",
          dir: "ltr",
          // A code comes behind "#": no server sees it. What is shared is taken by the service worker; where the browser has deleted that one, it reaches the app's server.
          protocol_handlers: [{ protocol: "web+sotto", url: "/#code/%s" }],
          share_target: { action: "/share", method: "POST", enctype: "multipart/form-data", params: { title: "title", text: "text", url: "url", files: [{ name: "files", accept: ["*/*"] }] } },
          shortcuts: [
            { name: "New contact", url: "/#/new", icons: [{ src: "/icon-192.png", sizes: "192x192", type: "image/png" }] },
            { name: "My code", url: "/#/invite", icons: [{ src: "/icon-192.png", sizes: "192x192", type: "image/png" }] },
            { name: "Search", url: "/#/search", icons: [{ src: "/icon-192.png", sizes: "192x192", type: "image/png" }] },
          ],
          // Files of the repository, and not made while building: no two browsers draw the same bytes, and two builds have to.
          screenshots: [
            { src: "/screen-narrow.webp", sizes: "360x740", type: "image/webp", form_factor: "narrow", label: "A conversation" },
            { src: "/screen-wide.webp", sizes: "1440x900", type: "image/webp", form_factor: "wide", label: "Conversations, and one of them" },
          ],
          categories: ["social", "communication", "privacy"],
          icons: [
            // No SVG: Chromium would draw it in the page's thread while the page opens.
            { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
            { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
            { src: "/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          ],
        },
      }),
      fileList(),
    ],
  }
})
