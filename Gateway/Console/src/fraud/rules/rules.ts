import { grouped } from '../../format/amount'
import { duration } from '../features'

/** Rules as `/fraud/rules` tells them. */

export type RuleMode = 'draft' | 'validated' | 'shadow' | 'published' | 'retired'
export type Step = 'validate' | 'shadow' | 'publish' | 'retire'

export interface Condition {
  feature: string
  op: string
  value: number
}

export interface RuleVersion {
  rule: string
  version: number
  mode: RuleMode
  parameters: Record<string, number>
  conditions: Condition[]
  note: string | null
  draftedBy: string | null
  draftedAt: string | null
  changedBy: string | null
  changedAt: string | null
  asked: string | null
  askedBy: string | null
  revision: number
  ruleSetVersion: number
}

export interface Parameter {
  name: string
  unit: string
  default: number
  min: number
  max: number
  description: string
}

export interface Rule {
  name: string
  description: string
  /** How often it was changed; a command names the one that it was decided on. */
  revision: number
  versions: number
  parameters: Parameter[]
  published: RuleVersion | null
  shadow: RuleVersion | null
}

export interface RuleSet {
  version: number
  reviewAt: number
  declineAt: number
  rules: { rule: string; version: number; mode: RuleMode }[]
}

export const modeWords: Record<RuleMode, string> = { draft: 'Draft', validated: 'Validated', shadow: 'In shadow', published: 'Published', retired: 'Retired' }

export const stepWords: Record<Step, string> = { validate: 'Validate', shadow: 'Run in shadow', publish: 'Publish', retire: 'Retire' }

/** The steps that lead on from where a version is, the next one first. */
export function stepsFrom(mode: RuleMode): Step[] {
  switch (mode) {
    case 'draft':
      return ['validate', 'retire']
    case 'validated':
      return ['shadow', 'retire']
    case 'shadow':
      return ['publish', 'retire']
    case 'published':
      return ['retire']
    case 'retired':
      return []
  }
}

/** What is in force of a rule: what counts, or else what is tried in shadow. */
export function inForce(rule: Rule): RuleVersion | null {
  return rule.published ?? rule.shadow
}

/** The published ones first, then those in shadow, by their points; then by name. */
export function ordered(rules: readonly Rule[]): Rule[] {
  const rank = (rule: Rule) => (rule.published ? 0 : rule.shadow ? 1 : 2)
  const points = (rule: Rule) => Math.abs(inForce(rule)?.parameters.points ?? 0)
  return [...rules].sort((a, b) => rank(a) - rank(b) || points(b) - points(a) || (a.name < b.name ? -1 : 1))
}

/** "max_speed_kmh" is "max speed": its unit stands beside it. */
export function parameterWord(name: string): string {
  return name.replace(/_(ms|km|kmh|milli)$/, '').replace(/_/g, ' ')
}

/** A parameter as a person reads it: "max_speed_kmh" of 1000 is "max speed 1,000 km/h". */
export function settingText(parameter: Parameter, value: number): string {
  const word = parameterWord(parameter.name)
  if (parameter.unit === 'ms') return `${word} ${duration(value)}`
  if (parameter.unit === 'thousandths') return `${word} ${value / 1_000}`
  // "min cards 5", not "min cards 5 cards"; a score and points have no other unit.
  const unit = word.endsWith(parameter.unit) || parameter.unit === 'score' ? '' : ` ${parameter.unit}`
  return `${word} ${grouped(String(value))}${unit}`
}

/** What a draft's form says differently from the version in force; null where a field is no whole number within its bounds. */
export function changes(rule: Rule, typed: Record<string, string>): Record<string, number> | null {
  const changed: Record<string, number> = {}
  for (const parameter of rule.parameters) {
    const text = (typed[parameter.name] ?? '').trim()
    if (!/^-?\d{1,15}$/.test(text)) return null
    const value = Number(text)
    if (value < parameter.min || value > parameter.max) return null
    if (value !== (inForce(rule)?.parameters[parameter.name] ?? parameter.default)) changed[parameter.name] = value
  }
  return changed
}
