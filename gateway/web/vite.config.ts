import { defineConfig } from "vitest/config";

// The built page is committed and embedded in the binary: names without hashes keep its history readable.
export default defineConfig({
  base: "/",
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  worker: { rollupOptions: { output: { entryFileNames: "assets/[name].js" } } },
  test: { environment: "jsdom" },
});
