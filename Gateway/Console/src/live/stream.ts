import { signedOut } from '../session/session.svelte'
import { SseParser, type Message } from './sseParser'

export type StreamState = 'connecting' | 'open' | 'lost' | 'down'

export interface StreamOptions {
  url: (cursor: string | null) => string
  /** Where to begin; afterwards the cursor of the last message. */
  cursor?: string | null
  onMessages: (messages: Message[]) => void
  onState: (state: StreamState) => void
  /** The cursor is older than what the server keeps (410). Returns where to go on. */
  onExpired?: () => string | null
  /** Silence after which the connection counts as dead: a killed machine sends no goodbye. */
  silenceMs: number
}

const firstRetryMs = 400
const lastRetryMs = 2_000

/** The second attempt that fails in a row means that nobody is there, rather than that a connection dropped. */
const failuresUntilDown = 2

/**
 * An event stream that reconnects by itself from the last cursor it was given. EventSource hides the cursor, the backoff
 * and the difference between "dropped" and "refused"; here they are ours.
 */
export class Stream {
  #options: StreamOptions
  #cursor: string | null
  #abort: AbortController | null = null
  #failures = 0
  #closed = false
  #jumped = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #wake: (() => void) | null = null

  constructor(options: StreamOptions) {
    this.#options = options
    this.#cursor = options.cursor ?? null
    void this.#run()
  }

  get cursor(): string | null {
    return this.#cursor
  }

  /** Skips ahead: what lies between is not shown. */
  jump(cursor: string): void {
    this.#cursor = cursor
    this.#jumped = true
    this.#abort?.abort()
  }

  /** Does not wait for the rest of the backoff. */
  retryNow(): void {
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#abort?.abort()
    this.#wake?.()
  }

  async #run() {
    while (!this.#closed) {
      this.#options.onState(this.#failures === 0 ? 'connecting' : this.#failures < failuresUntilDown ? 'lost' : 'down')
      const reached = await this.#read()
      if (this.#closed) return
      if (this.#jumped) {
        this.#jumped = false
        continue
      }
      this.#failures = reached ? 1 : this.#failures + 1
      this.#options.onState(this.#failures < failuresUntilDown ? 'lost' : 'down')
      await this.#pause()
    }
  }

  /** Reads until the connection ends; true when it had been open. */
  async #read(): Promise<boolean> {
    const abort = (this.#abort = new AbortController())
    let opened = false
    try {
      this.#watch()
      const headers: Record<string, string> = { Accept: 'text/event-stream' }
      if (this.#cursor !== null) headers['Last-Event-ID'] = this.#cursor
      const answer = await fetch(this.#options.url(this.#cursor), { headers, signal: abort.signal, cache: 'no-store' })
      if (answer.status === 401) {
        signedOut()
        return false
      }
      if (answer.status === 410 && this.#options.onExpired) {
        this.#cursor = this.#options.onExpired()
        return false
      }
      if (!answer.ok || !answer.body) return false

      opened = true
      this.#failures = 0
      this.#options.onState('open')
      const parser = new SseParser()
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done || this.#closed) return opened
        this.#watch()
        const messages = parser.push(value)
        const last = messages.findLast((message) => message.id !== null)
        // The cursor moves before the messages are shown: a jump in the handler must not be overwritten.
        if (last) this.#cursor = last.id
        if (messages.length > 0) this.#options.onMessages(messages)
      }
    } catch (failure) {
      // A refused, dropped, silent or aborted connection are one case: it is not open any more. Anything else is a bug.
      if (!(failure instanceof TypeError || failure instanceof DOMException)) console.error(failure)
      return opened
    } finally {
      clearTimeout(this.#timer)
    }
  }

  #watch() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#abort?.abort(), this.#options.silenceMs)
  }

  async #pause() {
    const wait = Math.min(lastRetryMs, firstRetryMs * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}
