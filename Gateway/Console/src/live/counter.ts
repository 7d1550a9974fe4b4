import type { LogEvent } from '../api/types'
import { comparePositions, isPayment } from './rows'

/**
 * All payments so far: the server's total as of a position, and the rows that came after it. It depends on positions, not
 * on what arrived when or how often, so a reconnect can neither lose nor double one.
 */
export function paymentsSoFar(total: number, asOf: string, rows: readonly LogEvent[]): number {
  let later = 0
  for (const row of rows) {
    if (isPayment(row) && comparePositions(row.position, asOf) > 0) later++
  }
  return total + later
}
