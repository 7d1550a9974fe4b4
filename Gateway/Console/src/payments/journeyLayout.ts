import type { Leg, Step } from '../api/types'
import { between } from '../format/time'

/** The drawing's measures, in pixels. */
export const drawing = { rail: 118, text: 146, top: 26, line: 18, boxHeight: 46, boxGap: 8, stepGap: 40, right: 14 }

export interface DrawnLeg extends Leg {
  x: number
  y: number
  width: number
}

export interface DrawnArrow {
  fromX: number
  toX: number
  y: number
  amount: string
}

export interface DrawnStep {
  step: Step
  y: number
  lines: string[]
  legs: DrawnLeg[]
  arrows: DrawnArrow[]
  /** The time since the step before, and where it is written. */
  since: { text: string; y: number } | null
}

/** Breaks a sentence at spaces; SVG text does not wrap. */
export function wrap(text: string, characters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/**
 * Places the steps one under the other, and under a step its ledger legs: what was debited on the left, what was credited
 * on the right, an arrow for each pair.
 */
export function layOut(steps: readonly Step[], width: number): { steps: DrawnStep[]; height: number } {
  const room = Math.max(260, width - drawing.text - drawing.right)
  const box = Math.min(290, Math.floor((room - 96) / 2))
  const creditX = drawing.text + Math.min(room - box, box + 190)
  const drawn: DrawnStep[] = []
  let y = drawing.top
  for (const [index, step] of steps.entries()) {
    const lines = wrap(step.detail ?? '', Math.floor(room / 6.4))
    let below = y + 8 + lines.length * drawing.line
    const debits = (step.legs ?? []).filter((leg) => leg.direction === 'debit')
    const credits = (step.legs ?? []).filter((leg) => leg.direction === 'credit')
    const legs: DrawnLeg[] = []
    const arrows: DrawnArrow[] = []
    for (let row = 0; row < Math.max(debits.length, credits.length); row++) {
      const top = below + drawing.boxGap
      const debit = debits[row]
      const credit = credits[row]
      if (debit) legs.push({ ...debit, x: drawing.text, y: top, width: box })
      if (credit) legs.push({ ...credit, x: creditX, y: top, width: box })
      if (debit && credit) {
        arrows.push({ fromX: drawing.text + box + 4, toX: creditX - 4, y: top + drawing.boxHeight / 2, amount: debit.amount })
      }
      below = top + drawing.boxHeight
    }
    // Between neighbours only: across a step without a time, the line would measure something else than it seems to.
    const before = drawn.at(-1)
    const since = before?.step.at && step.at ? { text: `+${between(before.step.at, step.at)}`, y: (before.y + y) / 2 + 4 } : null
    drawn.push({ step, y, lines, legs, arrows, since })
    y = index === steps.length - 1 ? below : below + drawing.stepGap
  }
  return { steps: drawn, height: y + 18 }
}
