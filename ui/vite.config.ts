/// <reference types="vitest/config" />
import { defineConfig } from "vite";

// The API serves the page; `npm run dev` serves it from the sources and asks a running API.
const api = process.env.BOHRWERK_URL ?? "http://localhost:8080";

export default defineConfig({
  publicDir: "public",
  build: {
    outDir: "target/classes/META-INF/resources",
    emptyOutDir: true,
    // Nothing inline: the pages come with a policy that allows no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { "/api": api, "/actuator": api, "/openapi": api } },
  test: {
    include: ["app/**/*.test.{ts,tsx}"],
    reporters: ["default", ["junit", { outputFile: "target/surefire-reports/TEST-page.xml" }]],
  },
});
