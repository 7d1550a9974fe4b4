import { describe, expect, it } from 'vitest'
import { SseParser } from './sseParser'

const stream = 'retry: 2000\n\n: ping\n\nid: 7\ndata: {"a":1}\n\nid: 8\ndata: one\ndata: two\n\n'

describe('an event stream', () => {
  it('gives the same messages however it is cut', () => {
    for (let size = 1; size <= stream.length; size++) {
      const parser = new SseParser()
      const messages = []
      for (let at = 0; at < stream.length; at += size) messages.push(...parser.push(stream.slice(at, at + size)))
      expect(messages).toEqual([
        { id: '7', data: '{"a":1}' },
        { id: '8', data: 'one\ntwo' },
      ])
      expect(parser.retryMs).toBe(2000)
      expect(parser.lastComment).toBe('ping')
    }
  })

  it('reads carriage returns too', () => {
    const parser = new SseParser()
    expect([...parser.push('id: 1\r'), ...parser.push('\ndata: x\r\n\r'), ...parser.push('\n')]).toEqual([{ id: '1', data: 'x' }])
  })

  it('holds back an unfinished message', () => {
    expect(new SseParser().push('data: half\n')).toEqual([])
  })
})
