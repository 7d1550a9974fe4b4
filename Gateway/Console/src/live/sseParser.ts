/** One message of a server-sent event stream. */
export interface Message {
  id: string | null
  data: string
}

/** Takes the text of an event stream in any pieces and gives back its whole messages (the WHATWG format). */
export class SseParser {
  #rest = ''
  #id: string | null = null
  #data: string[] = []
  /** The comment lines seen so far: pings, and "too slow". */
  lastComment: string | null = null
  retryMs: number | null = null

  push(text: string): Message[] {
    const messages: Message[] = []
    this.#rest += text
    for (;;) {
      const end = this.#rest.search(/\r\n|\r(?!$)|\n/)
      if (end < 0) return messages
      const line = this.#rest.slice(0, end)
      this.#rest = this.#rest.slice(end + (this.#rest.startsWith('\r\n', end) ? 2 : 1))
      if (line === '') {
        if (this.#data.length > 0) messages.push({ id: this.#id, data: this.#data.join('\n') })
        this.#data = []
        continue
      }
      this.#field(line)
    }
  }

  #field(line: string) {
    const colon = line.indexOf(':')
    if (colon === 0) {
      this.lastComment = line.slice(1).trim()
      return
    }
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') this.#data.push(value)
    else if (name === 'id') this.#id = value
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
  }
}
