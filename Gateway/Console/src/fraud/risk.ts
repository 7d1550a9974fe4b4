import type { Decision } from './cases'
import { ruleWord } from './cases'

const mostScore = 100

/** One piece of a score: where its bar begins and ends on the scale of 0 to 100. */
export interface Part {
  name: string
  /** The rule; null for the model. */
  rule: string | null
  version: string
  text: string
  points: number
  from: number
  to: number
}

export interface Drawn {
  /** What made the score, each piece beginning where the one before ended. */
  live: Part[]
  /** What would have spoken, each from zero: it counts for nothing. */
  shadow: Part[]
  /** The sum of the live points; the score is this, held within 0 to 100. */
  sum: number
}

const held = (points: number) => Math.min(mostScore, Math.max(0, points))

export function draw(decision: Decision): Drawn {
  const pieces = decision.reasons.map((reason) => ({
    name: ruleWord(reason.rule),
    rule: reason.rule as string | null,
    version: String(reason.version),
    text: reason.text,
    points: reason.points,
    mode: reason.mode,
  }))
  if (decision.model) {
    const { version, probability, points, mode } = decision.model
    pieces.push({ name: 'Model', rule: null, version, text: `Probability of fraud ${chance(probability)}`, points, mode })
  }
  let sum = 0
  const live: Part[] = []
  const shadow: Part[] = []
  for (const { mode, ...piece } of pieces) {
    if (mode === 'shadow') shadow.push({ ...piece, from: 0, to: held(piece.points) })
    else {
      live.push({ ...piece, from: held(sum), to: held(sum + piece.points) })
      sum += piece.points
    }
  }
  return { live, shadow, sum }
}

/** 0.03174 → "3.17 %"; what is not nothing never reads as 0. */
export function chance(probability: number): string {
  const percent = probability * 100
  return percent > 0 && percent < 0.01 ? 'under 0.01 %' : `${percent.toFixed(2)} %`
}

/** The features that the reasons looked at, live ones before shadow ones. */
export function lookedAt(decision: Decision): Map<string, string[]> {
  const looked = new Map<string, string[]>()
  for (const reason of decision.reasons) for (const feature of Object.keys(reason.values)) looked.set(feature, [...(looked.get(feature) ?? []), reason.rule])
  return looked
}
