/** @file Linear and logarithmic scales with round ticks, and paths through points. */

export interface Scale {
  (value: number): number
  invert(pixel: number): number
  ticks: number[]
}

type Range = readonly [number, number]

export function linearScale(domain: Range, range: Range, count = 4): Scale {
  const [d0, d1] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain
  const k = (range[1] - range[0]) / (d1 - d0)
  return Object.assign((value: number) => range[0] + (value - d0) * k, {
    invert: (pixel: number) => d0 + (pixel - range[0]) / k,
    ticks: roundTicks(d0, d1, count),
  })
}

/** The domain must be positive. */
export function logScale(domain: Range, range: Range, count = 5): Scale {
  const inner = linearScale([Math.log(domain[0]), Math.log(domain[1])], range)
  return Object.assign((value: number) => inner(Math.log(Math.max(value, domain[0] / 1e3))), {
    invert: (pixel: number) => Math.exp(inner.invert(pixel)),
    ticks: logTicks(domain[0], domain[1], count),
  })
}

/** Multiples of 1, 2 or 5 times a power of ten inside the domain. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? 10 * power
  const ticks: number[] = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1)
    ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

function logTicks(low: number, high: number, count: number): number[] {
  const decades = Math.log10(high / low)
  const digits = decades > count ? [1] : decades > count / 3 ? [1, 3] : [1, 2, 5]
  const ticks: number[] = []
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p += 1)
    for (const digit of digits) {
      const tick = Number((digit * 10 ** p).toPrecision(6))
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick)
    }
  return ticks
}

export type XY = readonly [number, number]

export const linePath = (points: readonly XY[]): string =>
  points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

/** A band between an upper and a lower line over the same x. */
export const bandPath = (upper: readonly XY[], lower: readonly XY[]): string =>
  upper.length === 0 ? '' : `${linePath(upper)}${linePath([...lower].reverse()).replace('M', 'L')}Z`
