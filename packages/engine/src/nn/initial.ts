/** @file Distributions that parameters start from, as in PyTorch. */
import type { Random } from '../random.ts'

export type Initial = (random: Random) => number

/** Uniform in +-1/sqrt(fanIn): what PyTorch's linear and convolution layers start from (kaiming_uniform, a = sqrt 5). */
export const uniform = (fanIn: number): Initial => within(1 / Math.sqrt(fanIn))

/** Uniform in +-bound. */
export const within =
  (bound: number): Initial =>
  (random) =>
    (2 * random() - 1) * bound

/** Uniform in +-sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010). */
export const xavier = (fanIn: number, fanOut: number): Initial => within(Math.sqrt(6 / (fanIn + fanOut)))

/** Normal with mean 0 (Box and Muller, 1958). */
export const normal =
  (deviation = 1): Initial =>
  (random) =>
    deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

export const ones: Initial = () => 1
export const zeros: Initial = () => 0
