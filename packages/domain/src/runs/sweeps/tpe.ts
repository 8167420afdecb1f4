/** @file Tree-structured Parzen estimator: proposes where good trials are dense and bad ones are not. */
import { normalCdf, normalDensity, normalQuantile } from '../../chance/normal.ts'
import type { Random } from '../../chance/random.ts'
import {
  assign,
  binOf,
  isActive,
  isBinned,
  ordered,
  type SearchSpace,
  type TrialValues,
  unitOf,
} from './space.ts'

/** A past trial: its loss is minimised; null while it runs, infinite when it failed. */
export interface Observed {
  values: TrialValues
  loss: number | null
}

/** Shares of l(x)'s candidates and of the good trials, as Bergstra et al. 2011 and Falkner et al. 2018 use them. */
const CANDIDATES = 64
const GOOD_SHARE = 0.15
const MOST_GOOD = 25
/** Weight of the uniform prior, in trials. */
const PRIOR = 1

/**
 * Multivariate TPE (Bergstra et al. 2011; joint kernels as in Falkner et al. 2018, BOHB): trials are split into
 * the good and the rest, each becomes a mixture of one product kernel a trial and a uniform prior, and of the
 * candidates drawn from the good mixture the one with the greatest ratio of the two densities is proposed.
 * A parameter that is inactive in a trial has the uniform kernel there. Running trials count among the rest, so
 * that parallel workers do not all try the same place.
 */
export const proposeTpe = (space: SearchSpace, history: readonly Observed[], random: Random): TrialValues => {
  const names = ordered(space) ?? []
  const ended = history.filter(({ loss }) => loss !== null).sort((a, b) => a.loss! - b.loss!)
  const usable = ended.filter(({ loss }) => Number.isFinite(loss))
  const good = usable.slice(0, Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * ended.length)))
  const rest = [...ended.slice(good.length), ...history.filter(({ loss }) => loss === null)]
  const l = mixture(space, names, good)
  const g = mixture(space, names, rest)

  let best: { values: TrialValues; score: number } | null = null
  for (let i = 0; i < CANDIDATES; i++) {
    const values = l.draw(random)
    const score = l.logDensity(values) - g.logDensity(values)
    if (best === null || score > best.score) best = { values, score }
  }
  return best!.values
}

interface Mixture {
  draw(random: Random): TrialValues
  logDensity(values: TrialValues): number
}

interface Kernel {
  /** In unit coordinates; missing where the parameter was inactive. */
  centre: Record<string, number>
}

const mixture = (space: SearchSpace, names: readonly string[], trials: readonly Observed[]): Mixture => {
  const kernels: Kernel[] = trials.map(({ values }) => ({
    centre: Object.fromEntries(
      names
        .filter((name) => values[name] !== undefined)
        .map((name) => [name, unitOf(space[name]!, values[name]!)]),
    ),
  }))
  const width = Object.fromEntries(names.map((name) => [name, bandwidth(kernels, name, names.length)]))
  const total = kernels.length + PRIOR

  const drawIn = (kernel: Kernel | null, name: string, random: Random): number => {
    const centre = kernel?.centre[name]
    const parameter = space[name]!
    if (centre === undefined) return random()
    // categories have no neighbours: stay, or go anywhere
    if (parameter.type === 'choice') return random() < stay(kernels.length) ? centre : random()
    const h = width[name]!
    const [from, to] = [normalCdf(-centre / h), normalCdf((1 - centre) / h)]
    return Math.min(Math.max(centre + h * normalQuantile(from + (to - from) * random()), 0), 1)
  }

  const densityIn = (kernel: Kernel | null, name: string, bin: readonly [number, number]): number => {
    const centre = kernel?.centre[name]
    const parameter = space[name]!
    const size = bin[1] - bin[0]
    if (centre === undefined) return size > 0 ? size : 1
    if (parameter.type === 'choice') {
      const s = stay(kernels.length)
      return (centre >= bin[0] && centre < bin[1] ? s : 0) + (1 - s) * size
    }
    const h = width[name]!
    const mass = normalCdf((1 - centre) / h) - normalCdf(-centre / h)
    return size > 0
      ? (normalCdf((bin[1] - centre) / h) - normalCdf((bin[0] - centre) / h)) / mass
      : normalDensity((bin[0] - centre) / h) / h / mass
  }

  return {
    draw(random) {
      const pick = random() * total
      const kernel = kernels[Math.floor(pick)] ?? null
      return assign(space, (name) => drawIn(kernel, name, random))
    },
    logDensity(values) {
      const active = names.filter((name) => isActive(space[name]!, values))
      const bins = active.map((name): [string, [number, number]] => {
        const bin = binOf(space[name]!, values[name]!)
        return [name, isBinned(space[name]!) ? bin : [(bin[0] + bin[1]) / 2, (bin[0] + bin[1]) / 2]]
      })
      let sum = 0
      for (let k = 0; k <= kernels.length; k++) {
        const kernel = kernels[k] ?? null
        let product = kernel === null ? PRIOR : 1
        for (const [name, bin] of bins) product *= densityIn(kernel, name, bin)
        sum += product
      }
      return Math.log(sum / total)
    },
  }
}

const stay = (trials: number): number => trials / (trials + 2)

/**
 * Scott's rule on the spread of the trials, which is drawn towards that of the prior while they are few; never so
 * narrow that a dozen trials seal off the rest of the space.
 */
const bandwidth = (kernels: readonly Kernel[], name: string, dimensions: number): number => {
  const places = kernels.map(({ centre }) => centre[name]).filter((place) => place !== undefined)
  const n = places.length
  if (n === 0) return 1
  const middle = places.reduce((sum, x) => sum + x, 0) / n
  const squares = places.reduce((sum, x) => sum + (x - middle) ** 2, 0)
  const spread = Math.sqrt((squares + PRIOR * PRIOR_SPREAD ** 2) / (n + PRIOR))
  return Math.max(spread * n ** (-1 / (dimensions + 4)), NARROWEST / Math.min(100, n + 1))
}

const PRIOR_SPREAD = 0.29
const NARROWEST = 0.2
