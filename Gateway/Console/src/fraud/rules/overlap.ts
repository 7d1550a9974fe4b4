import { isZero, minus } from '../../format/amount'
import type { Overlap, Sum } from './backtest'

/** A piece of what a rule stops, from 0 to 1 of it. */
export interface OverlapPart {
  /** Alone; stopped together with others, who would not have stopped it; stopped by others anyway. */
  kind: 'alone' | 'needed' | 'covered'
  sum: Sum
  from: number
  to: number
}

/** What is stopped, cut into the three kinds; those that occur. */
export function parts(overlap: Overlap): OverlapPart[] {
  const { stopped, alone, needed } = overlap
  if (stopped.payments === 0) return []
  const pieces: [OverlapPart['kind'], Sum, number][] = [
    ['alone', alone, 0],
    ['needed', without(needed, alone), alone.payments],
    ['covered', without(stopped, needed), needed.payments],
  ]
  return pieces.filter(([, sum]) => sum.payments > 0).map(([kind, sum, before]) => ({ kind, sum, from: before / stopped.payments, to: (before + sum.payments) / stopped.payments }))
}

function without(all: Sum, part: Sum): Sum {
  return {
    payments: all.payments - part.payments,
    amounts: all.amounts
      .map((sum) => {
        const of = part.amounts.find((one) => one.currency === sum.currency)
        return of ? { ...sum, amount: minus(sum.amount, of.amount), payments: sum.payments - of.payments } : sum
      })
      .filter((sum) => sum.payments > 0 || !isZero(sum.amount)),
  }
}
