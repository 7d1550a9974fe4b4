import type { StreamState } from './stream'

export type ConnectionState = 'live' | 'reconnecting' | 'down'

const streams = $state<Record<string, StreamState>>({})

/** Every stream says how it is; the page shows the worst of them. */
export function report(stream: string, state: StreamState): void {
  streams[stream] = state
}

export function forget(stream: string): void {
  delete streams[stream]
}

export function connectionState(): ConnectionState {
  const states = Object.values(streams)
  if (states.includes('down')) return 'down'
  return states.length > 0 && states.every((state) => state === 'open') ? 'live' : 'reconnecting'
}
