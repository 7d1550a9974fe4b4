import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// `npm run dev` serves the sources; everything that is not the console's own goes to a server on this address.
const server = process.env.PAYMENTS_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/console/',
  plugins: [svelte()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // An inlined asset would be a data: address, which the console's content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '^/(payments|accounts|events|sandbox)(/|\\?|$)': server,
      '^/console/(session|now)(/|\\?|$)': server,
    },
  },
  test: { include: ['src/**/*.test.ts'] },
})
