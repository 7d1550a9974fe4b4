import { sentence } from './request'

/** One thing that a page reads: its value, or why there is none. A newer load always wins over an older one. */
export class Resource<T> {
  value = $state.raw<T | undefined>(undefined)
  failure = $state<string | null>(null)
  loading = $state(false)
  #abort: AbortController | null = null

  async load(read: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    try {
      const value = await read(abort.signal)
      if (abort.signal.aborted) return
      this.value = value
      this.failure = null
    } catch (failure) {
      if (abort.signal.aborted) return
      this.failure = sentence(failure)
    }
    this.loading = false
  }
}
