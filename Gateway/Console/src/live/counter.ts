import type { LogEvent, Overview } from '../api/types'
import { isAfter, isPayment } from './rows'

export interface Counted {
  total: number
  settled: number
  rejected: number
}

type Totals = Pick<Overview, 'positions' | 'paymentsTotal' | 'settledTotal' | 'rejectedTotal'>

/**
 * All payments so far: the server's totals as of a position of each shard, and the rows that came after it. It depends on positions, not
 * on what arrived when or how often, so a reconnect can neither lose nor double one.
 */
export function paymentsSoFar(asOf: Totals, rows: readonly LogEvent[]): Counted {
  const later = rows.filter((row) => isPayment(row) && isAfter(row, asOf.positions))
  const settled = later.filter((row) => row.type === 'payment.settled').length
  return {
    total: asOf.paymentsTotal + later.length,
    settled: asOf.settledTotal + settled,
    rejected: asOf.rejectedTotal + later.length - settled,
  }
}
