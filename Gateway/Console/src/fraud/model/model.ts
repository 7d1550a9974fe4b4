import { count } from '../../format/amount'

/** Models as `/fraud/models` tells them. */

export type Mode = 'live' | 'shadow'

export interface Asked {
  mode: Mode | 'none'
  by: string
  at: string
}

export interface Listed {
  version: string
  /** Null where it is not in force. */
  mode: Mode | null
  /** What one person asked for that a second one must do. */
  asked: Asked | null
}

export interface CurvePoint {
  share: number
  precision: number
  recall: number
}

export interface CalibrationBin {
  fromPpm: number
  toPpm: number
  payments: number
  frauds: number
  /** The average of the probabilities, and the share that was fraud. */
  said: number
  came: number
}

export interface Metrics {
  averagePrecision: number
  baseRate: number
  logLoss: number
  review: { budget: number; payments: number; precision: number; recall: number }
  curve: CurvePoint[]
  calibration: CalibrationBin[]
  importance: { feature: string; millilogits: number }[]
}

export interface Manifest {
  version: string
  created: string
  dataHash: string
  features: string[]
  rows: { growing: number; stopping: number; calibrating: number; known: number; knownFrauds: number; waiting: number; unseen: number; unseenFrauds: number }
  times: { from: string; knownUntil: string; cut: string; until: string }
  labelDelayMs: number
  boosting: { seed: number; learningRate: number; maxLeaves: number; maxDepth: number }
  trees: number
  points: { reviewAtPpm: number; declineAtPpm: number }
  /** Of a model that a ledger's own history trained. */
  labels?: { fraudByCase: number; fraudByReturn: number; goodByCase: number; goodBySilence: number; unknown: number; young: number; notJudged: number }
  metrics: Metrics
}

export interface Model extends Listed {
  by: string | null
  at: string | null
  manifest: Manifest
}

export const modeWords: Record<Mode, string> = { live: 'Counts', shadow: 'In shadow' }

/** What somebody asked for, as the end of "ann asked …". */
export function askedWords(asked: Asked): string {
  return asked.mode === 'live' ? 'that it counts' : asked.mode === 'shadow' ? 'that it runs in shadow' : 'to decide without a model'
}

/** "0.0123" is "1.2 %"; what is not quite nothing, or not quite all, never reads as such. */
export function share(value: number): string {
  const text = (100 * value).toFixed(1)
  if (text === '0.0' && value > 0) return 'under 0.1 %'
  if (text === '100.0' && value < 1) return 'over 99.9 %'
  return `${text} %`
}

/** When a version was trained: "20261121T093000123Z-1f0c77aa" is "2026-11-21 09:30". */
export function trainedAt(version: string): string {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(version) ?? []
  return year ? `${year}-${month}-${day} ${hour}:${minute}` : version
}

export interface Frame {
  left: number
  top: number
  width: number
  height: number
}

export interface Spot {
  x: number
  y: number
}

/** The room that a plot's axes leave. */
export const frame: Frame = { left: 46, top: 12, width: 424, height: 236 }

export const size = { width: 480, height: 290 }

/** Where a share of x and a share of y, each 0 to 1, are drawn. */
export function place(x: number, y: number): Spot {
  return { x: round(frame.left + x * frame.width), y: round(frame.top + (1 - y) * frame.height) }
}

/** Recall to the right, precision up: as steps, for between two thresholds nobody knows. */
export function curveLine(curve: readonly CurvePoint[]): string {
  const [first] = curve
  if (!first) return ''
  const start = place(0, first.precision)
  return curve.reduce((line, point) => {
    const to = place(point.recall, point.precision)
    return `${line}V${to.y}H${to.x}`
  }, `M${start.x} ${start.y}`)
}

/** Odds, not shares, are spread evenly: a tenth of a percent is as far from one as one from ten. */
const least = 0.0005
const widest = Math.log((1 - least) / least)

export function oddsPlace(probability: number): number {
  const within = Math.min(1 - least, Math.max(least, probability))
  return Math.min(1, (Math.log(within / (1 - within)) / widest + 1) / 2)
}

export const oddsTicks = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999]

export interface BinSpot extends Spot {
  radius: number
  bin: CalibrationBin
  /** Nothing, or all, of it was fraud: beyond the axis, and drawn at its end. */
  isBeyond: boolean
  text: string
}

/** The more payments, the larger; none so large that it hides another. */
export function binSpots(bins: readonly CalibrationBin[]): BinSpot[] {
  const most = Math.max(1, ...bins.map((bin) => bin.payments))
  return bins.map((bin) => ({
    ...place(oddsPlace(bin.said), oddsPlace(bin.came)),
    radius: round(3 + 8 * Math.sqrt(bin.payments / most)),
    bin,
    isBeyond: bin.came < least || bin.came > 1 - least,
    text: `said ${share(bin.said)}, came ${share(bin.came)}: ${count(bin.frauds)} of ${count(bin.payments)} payments`,
  }))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
