/** @file A curve as one line of text. */

const blocks = '▁▂▃▄▅▆▇█'

/** One block a value from lowest to highest; `·` for what is not finite. */
export const spark = (values: readonly number[]): string => {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return '·'
      const share = high > low ? (value - low) / (high - low) : 0.5
      return blocks[Math.min(blocks.length - 1, Math.floor(share * blocks.length))]
    })
    .join('')
}

/** Six digits of a number, as tables of runs show it. */
export const digits = (value: number | string): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(6))) : value
