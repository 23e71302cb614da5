import tseslint from "typescript-eslint"
import vue from "eslint-plugin-vue"

const core = ["shared/**/*.ts", "mix/*.ts", "dropbox/*.ts", "directory/*.ts", "messenger/**/*.ts"]
const platform = ["**/worker/**", "**/examples/**", "messenger/platform/**"]

const handedIn = "The core is handed its clock, randomness, network and storage (messenger/platform/ has those of Node and of browsers)."
const forbidden = (names) => names.map((name) => ({ name, message: handedIn }))

/** Which tsconfig knows a file's types: rules about promises need them. */
const projects = [
  { files: core, ignores: platform, project: "tsconfig.core.json" },
  { files: ["{mix,dropbox,directory}/worker/**/*.ts", "shared/node/worker/**/*.ts"], project: "tsconfig.workers.json" },
  { files: ["web/**/*.ts"], ignores: ["web/engine/**", "web/service-worker/**"], project: "tsconfig.web.json" },
  { files: ["web/engine/**/*.ts", "web/service-worker/**/*.ts", "messenger/platform/browser/**/*.ts"], project: "tsconfig.webworker.json" },
  {
    files: ["{cli,scripts,bench}/**/*.ts", "test/**/*.ts", "shared/sphinx-packet/examples/**/*.ts", "messenger/{platform/nodejs,examples}/**/*.ts", "*.config.ts"],
    ignores: ["test/workerd/**", "test/browser/**", "test/web/{gradual,scrolling,search}.test.ts", "playwright.config.ts", "**/*.d.mts"],
    project: "tsconfig.node.json",
  },
  { files: ["test/browser/**/*.ts", "test/web/{gradual,scrolling,search}.test.ts", "bench/profile-size/page.ts", "bench/sphinx/page.ts", "bench/page.ts", "bench/page/**/*.ts", "playwright.config.ts"], project: "tsconfig.browser-test.json" },
]

const promises = {
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false, attributes: false } }],
  "@typescript-eslint/await-thenable": "error",
}

export default tseslint.config(
  { ignores: ["dist/", "build/", "node_modules/", "test-results/", "playwright-report/", ".sotto/", "shared/sphinx-packet/wasm/", "**/*.d.ts", "**/*.d.mts"] },
  ...tseslint.configs.recommended,
  ...vue.configs["flat/recommended"].map((config) => ({ ...config, files: ["**/*.vue"] })),
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-console": "off",
      // tsc says it better, and knows about types.
      "no-unused-vars": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      // What noUncheckedIndexedAccess cannot know, the author does.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  ...projects.map(({ files, ignores = [], project }) => ({
    files,
    ignores,
    languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } },
    rules: promises,
  })),
  {
    files: core,
    ignores: platform,
    rules: {
      "no-restricted-globals": [
        "error",
        ...forbidden(["setTimeout", "setInterval", "clearTimeout", "clearInterval", "queueMicrotask", "fetch", "console", "performance", "process"]),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: handedIn },
        { object: "Math", property: "random", message: handedIn },
        { object: "crypto", property: "getRandomValues", message: handedIn },
        { object: "crypto", property: "randomUUID", message: handedIn },
        ...["Date", "Math", "crypto", "fetch", "setTimeout", "console"].map((property) => ({ object: "globalThis", property, message: handedIn })),
      ],
      "no-restricted-syntax": ["error", { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: handedIn }],
    },
  },
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // How templates are broken into lines is the author's.
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/first-attribute-linebreak": "off",
      "vue/attributes-order": "off",
      "vue/multi-word-component-names": "off",
      "vue/require-default-prop": "off",
      // What others wrote is text, and never markup.
      "vue/no-v-html": "error",
    },
  },
)
