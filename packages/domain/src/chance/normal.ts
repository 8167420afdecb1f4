/** @file The normal distribution: density, distribution function, quantile and draws. */
import type { Random } from './random.ts'

const sqrt2Pi = Math.sqrt(2 * Math.PI)

export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / sqrt2Pi

/** The standard normal distribution function (Hart 1968 in West's 2005 form; about 15 digits). */
export const normalCdf = (x: number): number => {
  const z = Math.abs(x)
  if (z > 37) return x > 0 ? 1 : 0
  const tail =
    z < 7.07106781186547
      ? (Math.exp(-0.5 * z * z) * horner6(hart.top, z)) / (horner6(hart.bottom, z) + hart.bottom[7]! * z ** 7)
      : normalDensity(z) / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65)))))
  return x > 0 ? 1 - tail : tail
}

/** The standard normal quantile of 0 < p < 1 (Wichura 1988, AS 241; about 16 digits). */
export const normalQuantile = (p: number): number => {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * horner(central.top, r)) / horner(central.bottom, r)
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const tail =
    r <= 5
      ? horner(middle.top, r - 1.6) / horner(middle.bottom, r - 1.6)
      : horner(far.top, r - 5) / horner(far.bottom, r - 5)
  return q < 0 ? -tail : tail
}

/** A standard normal draw, by inversion: one uniform number each. */
export const drawNormal = (random: Random): number => normalQuantile(random())

const horner = (c: Float64Array, x: number): number =>
  ((((((c[7]! * x + c[6]!) * x + c[5]!) * x + c[4]!) * x + c[3]!) * x + c[2]!) * x + c[1]!) * x + c[0]!

const horner6 = (c: Float64Array, x: number): number =>
  (((((c[6]! * x + c[5]!) * x + c[4]!) * x + c[3]!) * x + c[2]!) * x + c[1]!) * x + c[0]!

const coefficients = (top: number[], bottom: number[]) => ({
  top: Float64Array.from(top),
  bottom: Float64Array.from(bottom),
})

const central = coefficients(
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
)

const middle = coefficients(
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
)

const far = coefficients(
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
)

const hart = coefficients(
  [
    220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165,
    0.700383064443688, 0.0352624965998911,
  ],
  [
    440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
    1.75566716318264, 0.0883883476483184,
  ],
)
