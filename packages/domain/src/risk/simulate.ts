/** @file Simulates years of losses, with and without the mitigations, and whose losses make the bad years. */
import { normalQuantile } from '../chance/normal.ts'
import { bitsAt, hashText } from '../chance/random.ts'
import { correlationRoot } from './correlation.ts'
import { triggerOrder } from './register.ts'
import { logSpread, type Mitigation, type Risk, type SharedCause } from './risk.ts'
import {
  type CountSampler,
  countSampler,
  drawLoss,
  fillCounts,
  type LossSampler,
  lossSampler,
  unit,
} from './sampling.ts'
import { chanceAbove, type ExceedancePoint, type LossSummary, summarise } from './summary.ts'

export type RiskContribution = {
  riskId: string
  /** Mean annual loss of this risk in the simulation, its standard error, and its share of the whole. */
  ale: number
  aleError: number
  share: number
  /** Its mean loss in the worst 5 % of years, and its share of the expected shortfall. */
  tail: number
  tailShare: number
}

export type LossProfile = LossSummary & {
  years: number
  contributions: RiskContribution[]
  /** The same years without any mitigation; null where there is none. */
  inherent: LossSummary | null
  /** The chance to lose more than each of the asked amounts, counted and not read from the curve. */
  limits: ExceedancePoint[]
}

export type SimulateOptions = {
  years?: number
  seed: number
  mitigations?: readonly Mitigation[]
  causes?: readonly SharedCause[]
  /** Losses of which the chance to exceed them is counted. */
  limits?: readonly number[]
}

/**
 * Monte Carlo over years of a compound Poisson distribution. Per year and risk: a rate from its belief and its causes, a
 * Poisson number of events, those that other risks set off (each event by its chance), and a loss drawn for each
 * event by itself. Every draw is addressed by (risk, year, event), so a mitigation, or another risk added, leaves all
 * other draws as they were: differences are not noise, and a factor below 1 can lower a year's loss but never raise it.
 *
 * Whose losses make the worst years is found by simulating those years once more, which costs a twentieth.
 * @param risks triggers must not go in a circle
 */
export const simulate = (
  risks: readonly Risk[],
  { years = 100_000, seed, mitigations = [], causes = [], limits = [] }: SimulateOptions,
): LossProfile => {
  const world = prepare(risks, { seed, mitigations, causes })
  const residual = new Float64Array(years)
  const inherent = world.mitigated ? new Float64Array(years) : null
  const sums = new Float64Array(risks.length)
  const squares = new Float64Array(risks.length)
  const block = new Int32Array(Math.min(years, blockYears))
  for (let from = 0; from < years; from += blockYears) {
    const count = Math.min(blockYears, years - from)
    for (let j = 0; j < count; j++) block[j] = from + j
    const found = simulateBlock(world, block.subarray(0, count), sums, squares)
    residual.set(found.residual, from)
    inherent?.set(found.inherent, from)
  }
  const order = residual.slice()
  const summary = summarise(order)
  const worst = worstYears(residual, order, Math.max(1, Math.round(years * 0.05)))
  const tails = new Float64Array(risks.length)
  for (let from = 0; from < worst.length; from += blockYears)
    simulateBlock(world, worst.subarray(from, from + blockYears), tails, null)
  const mean = (sum: number) => sum / years
  return {
    ...summary,
    years,
    contributions: risks.map(({ id }, i) => {
      const place = world.place[i]!
      const ale = mean(sums[place]!)
      const tail = tails[place]! / worst.length
      return {
        riskId: id,
        ale,
        aleError: Math.sqrt(Math.max(0, squares[place]! / years - ale * ale) / years),
        share: summary.ale > 0 ? ale / summary.ale : 0,
        tail,
        tailShare: summary.es95 > 0 ? tail / summary.es95 : 0,
      }
    }),
    inherent: inherent && summarise(inherent),
    limits: limits.map((loss) => ({ loss, chance: chanceAbove(order, loss) })),
  }
}

/** Years that are simulated together: few enough that their counts stay in the cache. */
const blockYears = 1024

type Prepared = {
  key: number
  events: CountSampler
  loss: LossSampler
  commonCause: number
  causes: { index: number; weight: number }[]
  triggers: { place: number; chance: number; key: number }[]
  /** Some other risk needs to know how often this one struck. */
  sets: boolean
  frequencyFactor: number
  lossFactor: number
}

type World = {
  risks: Prepared[]
  /** Where each given risk stands among the prepared ones, which are in the order of their triggers. */
  place: number[]
  mitigated: boolean
  commonKey: number | null
  causes: { key: number; spread: number; root: Float64Array }[]
}

const prepare = (
  risks: readonly Risk[],
  {
    seed,
    mitigations,
    causes,
  }: { seed: number; mitigations: readonly Mitigation[]; causes: readonly SharedCause[] },
): World => {
  const keyOf = (name: string) => (hashText(name) ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0
  const order = triggerOrder(risks)
  if (!order) throw new Error('internal: triggers go in a circle')
  const places = new Map(order.map(({ id }, i) => [id, i]))
  const root = correlationRoot(causes)
  if (!root) throw new Error('internal: the correlations of causes cannot hold together')
  const indexOf = new Map(causes.map(({ id }, i) => [id, i]))
  const sources = new Set(order.flatMap(({ triggeredBy = [] }) => triggeredBy.map(({ riskId }) => riskId)))
  return {
    place: risks.map(({ id }) => places.get(id)!),
    mitigated: mitigations.some(({ riskId }) => places.has(riskId)),
    commonKey: risks.some(({ commonCause = 0 }) => commonCause > 0) ? keyOf('common cause') : null,
    causes: causes.map((cause, i) => ({
      key: keyOf(`cause ${cause.id}`),
      spread: logSpread(cause),
      root: root[i]!,
    })),
    risks: order.map((risk) => {
      const own = mitigations.filter(({ riskId }) => riskId === risk.id)
      return {
        key: keyOf(risk.key ?? risk.id),
        events: countSampler(risk.frequency),
        loss: lossSampler(risk.loss),
        commonCause: risk.commonCause ?? 0,
        causes: (risk.causes ?? []).flatMap(({ causeId, weight }) => {
          const index = indexOf.get(causeId)
          return index === undefined || weight === 0 ? [] : [{ index, weight }]
        }),
        triggers: (risk.triggeredBy ?? []).flatMap(({ riskId, chance }) => {
          const place = places.get(riskId)
          const key = hashText(`set off by ${order[place ?? 0]!.key ?? riskId}`)
          return place === undefined ? [] : [{ place, chance, key }]
        }),
        sets: sources.has(risk.id),
        frequencyFactor: own.reduce((product, one) => product * one.frequencyFactor, 1),
        lossFactor: own.reduce((product, one) => product * one.lossFactor, 1),
      }
    }),
  }
}

/** Adds what each risk lost after mitigation, and its square, to `sums` and `squares`. */
const simulateBlock = (
  world: World,
  years: Int32Array,
  sums: Float64Array,
  squares: Float64Array | null,
): { inherent: Float64Array; residual: Float64Array } => {
  const size = years.length
  const inherent = new Float64Array(size)
  const residual = world.mitigated ? new Float64Array(size) : inherent
  const factors = causeFactors(world, years)
  const common = commonFactors(world, years)
  const multiples = new Float64Array(size)
  const bits = new Uint32Array(size)
  const lost = { before: new Float64Array(size), after: new Float64Array(size) }
  const known: (Struck | null)[] = []
  let struck: Struck = { before: new Int32Array(size), after: new Int32Array(size) }
  world.risks.forEach((risk, place) => {
    const { key, events, frequencyFactor, lossFactor, triggers } = risk
    fillBits(bits, key, years)
    const moved = fillMultiples(multiples, risk, common, factors) ? multiples : null
    fillCounts(struck.before, events, bits, moved)
    // without mitigation and triggers the same numbers stand for both
    const untouched = frequencyFactor === 1 && lossFactor === 1 && triggers.length === 0
    if (untouched) {
      if (risk.sets) struck.after.set(struck.before)
      drawLosses(lost.before, risk, bits, struck)
    } else {
      if (frequencyFactor === 1) struck.after.set(struck.before)
      else fillFewer(struck, risk, bits, moved)
      drawBoth(lost, risk, bits, struck)
      for (const trigger of triggers) setOff(lost, risk, trigger, bits, struck, known[trigger.place]!)
    }
    const after = untouched ? lost.before : lost.after
    known.push(risk.sets ? struck : null)
    if (risk.sets) struck = { before: new Int32Array(size), after: new Int32Array(size) }
    addTo(inherent, lost.before)
    if (world.mitigated) addTo(residual, after)
    sums[place]! += sumOf(after)
    if (squares) squares[place]! += sumOfSquares(after)
  })
  return { inherent, residual }
}

/** How often a risk struck in each year of the block, without and with its mitigations. */
type Struck = { before: Int32Array; after: Int32Array }
/** What it cost. */
type Lost = { before: Float64Array; after: Float64Array }

const fillBits = (bits: Uint32Array, key: number, years: Int32Array): void => {
  for (let j = 0; j < bits.length; j++) bits[j] = bitsAt(key, years[j]!)
}

const sumOf = (values: Float64Array): number => {
  let sum = 0
  for (let j = 0; j < values.length; j++) sum += values[j]!
  return sum
}

// multiplied out: a power is not turned into a product and costs ten times as much
const sumOfSquares = (values: Float64Array): number => {
  let sum = 0
  for (let j = 0; j < values.length; j++) sum += values[j]! * values[j]!
  return sum
}

const addTo = (totals: Float64Array, more: Float64Array): void => {
  for (let j = 0; j < totals.length; j++) totals[j]! += more[j]!
}

const fillFewer = (
  { before, after }: Struck,
  { events, frequencyFactor }: Prepared,
  bits: Uint32Array,
  multiples: Float64Array | null,
): void => {
  fillCounts(after, events, bits, multiples, frequencyFactor)
  // a table and a search may round differently
  for (let j = 0; j < after.length; j++) if (after[j]! > before[j]!) after[j] = before[j]!
}

const drawLosses = (lost: Float64Array, { loss }: Prepared, bits: Uint32Array, { before }: Struck): void => {
  for (let j = 0; j < lost.length; j++) {
    const count = before[j]!
    let all = 0
    for (let event = 1; event <= count; event++) all += drawLoss(loss, bitsAt(bits[j]!, event))
    lost[j] = all
  }
}

const drawBoth = (
  lost: Lost,
  { loss, lossFactor }: Prepared,
  bits: Uint32Array,
  { before, after }: Struck,
): void => {
  for (let j = 0; j < bits.length; j++) {
    const [count, fewer] = [before[j]!, after[j]!]
    let [all, left] = [0, 0]
    for (let event = 1; event <= count; event++) {
      const amount = drawLoss(loss, bitsAt(bits[j]!, event))
      all += amount
      if (event <= fewer) left += amount
    }
    lost.before[j] = all
    lost.after[j] = left * lossFactor
  }
}

/** Adds the events that another risk's events set off, each by its own draw. */
const setOff = (
  lost: Lost,
  { loss, frequencyFactor, lossFactor }: Prepared,
  trigger: Prepared['triggers'][number],
  bits: Uint32Array,
  struck: Struck,
  source: Struck,
): void => {
  const chanceAfter = trigger.chance * frequencyFactor
  for (let j = 0; j < bits.length; j++) {
    const count = source.before[j]!
    for (let event = 1; event <= count; event++) {
      const own = bitsAt(bits[j]! ^ trigger.key, event)
      const u = unit(own)
      if (u >= trigger.chance) continue
      const amount = drawLoss(loss, bitsAt(own, event))
      lost.before[j]! += amount
      struck.before[j]! += 1
      if (event > source.after[j]! || u >= chanceAfter) continue
      lost.after[j]! += amount * lossFactor
      struck.after[j]! += 1
    }
  }
}

/** @returns whether any cause moves the risk */
const fillMultiples = (
  multiples: Float64Array,
  { commonCause, causes }: Prepared,
  common: Float64Array | null,
  factors: readonly Float64Array[],
): boolean => {
  if (commonCause === 0 && causes.length === 0) return false
  const rest = causes.reduce((left, { weight }) => left - weight, 1 - commonCause)
  multiples.fill(Math.max(0, rest))
  if (commonCause > 0 && common)
    for (let j = 0; j < multiples.length; j++) multiples[j]! += commonCause * common[j]!
  for (const { index, weight } of causes) {
    const factor = factors[index]!
    for (let j = 0; j < multiples.length; j++) multiples[j]! += weight * factor[j]!
  }
  return true
}

/** Exponential with mean 1: in one year of seven the common cause doubles its risks' frequency or worse. */
const commonFactors = ({ commonKey }: World, years: Int32Array): Float64Array | null => {
  if (commonKey === null) return null
  const factors = new Float64Array(years.length)
  for (let j = 0; j < years.length; j++) factors[j] = -Math.log(unit(bitsAt(commonKey, years[j]!)))
  return factors
}

/** Lognormal with mean 1, correlated through their normal numbers. */
const causeFactors = ({ causes }: World, years: Int32Array): Float64Array[] => {
  const normals = causes.map(({ key }) => {
    const row = new Float64Array(years.length)
    for (let j = 0; j < years.length; j++) row[j] = normalQuantile(unit(bitsAt(key, years[j]!)))
    return row
  })
  return causes.map(({ spread, root }) => {
    const factors = new Float64Array(years.length)
    for (let j = 0; j < years.length; j++) {
      let z = 0
      for (let k = 0; k < root.length; k++) z += root[k]! * normals[k]![j]!
      factors[j] = Math.exp(spread * z - (spread * spread) / 2)
    }
    return factors
  })
}

/** The years of the greatest losses, of equal ones the first. */
const worstYears = (totals: Float64Array, sorted: Float64Array, count: number): Int32Array => {
  const threshold = sorted[sorted.length - count]!
  let above = 0
  for (let i = 0; i < totals.length; i++) if (totals[i]! > threshold) above += 1
  let equal = count - above
  const years = new Int32Array(count)
  let n = 0
  for (let i = 0; i < totals.length && n < count; i++) {
    const total = totals[i]!
    if (total > threshold || (total === threshold && equal-- > 0)) years[n++] = i
  }
  return years
}
