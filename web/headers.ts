/**
 * The headers of every answer of the app's server, in development, on Cloudflare and anywhere else. `connectOrigins`
 * are the origins of the network's nodes and authorities ("https://mix.example", also with a wildcard port); the app
 * talks to nothing else. No platform's types are needed to read this file.
 */
export function securityHeaders(connectOrigins: readonly string[]): Record<string, string> {
  // Sessions are WebSockets, and "http:" in a policy does not cover "ws:".
  const sockets = connectOrigins.map((origin) => origin.replace(/^http/, "ws"))
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    // Voice notes. Neither can run anything: an address of this kind holds what the page itself has put together.
    "media-src blob:",
    `connect-src ${[...new Set(["'self'", ...connectOrigins, ...sockets])].join(" ")}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types vue sw engine stretch backup picture",
  ]
  return {
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": permissions,
  }
}

const OFF = [
  "accelerometer", "autoplay", "bluetooth", "browsing-topics", "compute-pressure", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope",
  "hid", "identity-credentials-get", "idle-detection", "keyboard-map", "local-fonts", "magnetometer", "midi", "otp-credentials", "payment",
  "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "sync-xhr", "usb", "window-management", "xr-spatial-tracking",
]
const OWN = ["camera", "clipboard-read", "clipboard-write", "microphone", "publickey-credentials-create", "publickey-credentials-get"]
const permissions = [...OWN.map((feature) => `${feature}=(self)`), ...OFF.map((feature) => `${feature}=()`)].join(", ")
