/** @file Learning rates over the course of training. */

/** What an epoch ended with. */
export interface EpochRecord {
  /** Mean training loss. */
  readonly loss: number
  readonly validationLoss?: number
  /** Of validation, by name. */
  readonly metrics?: Readonly<Record<string, number>>
}

/** The metric of that name; without one the loss, of validation where there is one. NaN where it was not measured. */
export const monitored = ({ loss, validationLoss = loss, metrics }: EpochRecord, monitor?: string): number =>
  monitor === undefined || monitor === 'loss' ? validationLoss : (metrics?.[monitor] ?? Number.NaN)

/** The learning rate of a step; `step` and `steps` count over all epochs. */
export type Schedule = (at: {
  readonly step: number
  readonly steps: number
  readonly epoch: number
  /** The epochs before this one. */
  readonly history: readonly EpochRecord[]
}) => number

/** The same rate throughout. */
export const constant =
  (rate: number): Schedule =>
  () =>
    rate

/** Multiplies the rate by `factor` every so many epochs. */
export const stepDecay =
  ({ rate, every, factor = 0.1 }: { rate: number; every: number; factor?: number }): Schedule =>
  ({ epoch }) =>
    rate * factor ** Math.floor(epoch / every)

/** From `rate` to `final` along half a cosine (Loshchilov and Hutter, 2017). */
export const cosine =
  ({ rate, final = 0 }: { rate: number; final?: number }): Schedule =>
  ({ step, steps }) =>
    between(rate, final, step / steps)

const between = (from: number, to: number, part: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2

/**
 * Up to `peak` over the first `rise` of the steps, then down to `final` (Smith and Topin, 2018), both along half a
 * cosine, with PyTorch's defaults: from peak / 25 to peak / 250,000.
 */
export const oneCycle =
  ({
    peak,
    rise = 0.3,
    start = peak / 25,
    final = start / 1e4,
  }: {
    peak: number
    rise?: number
    start?: number
    final?: number
  }): Schedule =>
  ({ step, steps }) => {
    const [top, end] = [rise * steps - 1, steps - 1]
    if (step <= top) return between(start, peak, top <= 0 ? 1 : step / top)
    return between(peak, final, end <= top ? 1 : (step - top) / (end - top))
  }

/** Rises in equal parts to the first rate of `then` over the first `steps`, then follows it. */
export const warmUp =
  (steps: number, then: Schedule): Schedule =>
  (at) =>
    at.step < steps
      ? (then({ ...at, step: 0, steps: Math.max(1, at.steps - steps) }) * (at.step + 1)) / (steps + 1)
      : then({ ...at, step: at.step - steps, steps: Math.max(1, at.steps - steps) })

/**
 * Multiplies the rate by `factor` once the loss (of validation where there is one), or the metric that `monitor` names,
 * has not become better by more than the part `threshold` for more than `patience` epochs: PyTorch's ReduceLROnPlateau. It
 * reads the history alone, so that a resumed run goes on with the same rates.
 */
export const plateau =
  ({
    rate,
    factor = 0.1,
    patience = 10,
    threshold = 1e-4,
    lowest = 0,
    monitor,
    better = 'lower',
  }: {
    rate: number
    factor?: number
    patience?: number
    threshold?: number
    lowest?: number
    monitor?: string
    better?: 'higher' | 'lower'
  }): Schedule =>
  ({ history }) => {
    const higher = better === 'higher'
    let [now, best, bad] = [rate, higher ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, 0]
    for (const record of history) {
      const value = monitored(record, monitor)
      if (higher ? value > best * (1 + threshold) : value < best * (1 - threshold)) [best, bad] = [value, 0]
      else bad++
      if (bad > patience) [now, bad] = [Math.max(now * factor, lowest), 0]
    }
    return now
  }
