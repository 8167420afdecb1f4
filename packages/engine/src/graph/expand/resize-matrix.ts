/** @file Resize along one axis as a matrix: every output is a weighted sum of inputs. */
import type { ResizeAxis } from '../shapes/resize.ts'

export interface ResizeOptions {
  readonly mode: string
  readonly coordinates: string
  readonly nearest: string
  readonly antialias: boolean
  /** The a of cubic convolution (Keys 1981). */
  readonly cubic: number
  readonly excludeOutside: boolean
}

/** Row-major [to, from]; null for a kind that is not one of ours. */
export function resizeMatrix(a: ResizeAxis, options: ResizeOptions): Float64Array | null {
  const at = place(a, options.coordinates)
  if (at === null || (options.antialias && a.scale < 1)) return null
  const matrix = new Float64Array(a.to * a.from)
  for (let i = 0; i < a.to; i++) {
    const weights = weightsAt(at(i), a.from, options)
    if (weights === null) return null
    for (const [j, w] of weights) matrix[i * a.from + j]! += w
  }
  return matrix
}

/** Where output `i` lies among the inputs (ONNX operator Resize, coordinate_transformation_mode). */
function place({ from, to, scale }: ResizeAxis, coordinates: string): ((i: number) => number) | null {
  switch (coordinates) {
    case 'half_pixel':
      return (i) => (i + 0.5) / scale - 0.5
    case 'half_pixel_symmetric': {
      const adjustment = to / (scale * from)
      const offset = (from / 2) * (1 - adjustment)
      return (i) => offset + (i + 0.5) / scale - 0.5
    }
    case 'pytorch_half_pixel':
      return (i) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0)
    case 'align_corners':
      return (i) => (to === 1 ? 0 : (i * (from - 1)) / (to - 1))
    case 'asymmetric':
      return (i) => i / scale
    default:
      return null
  }
}

function weightsAt(x: number, from: number, options: ResizeOptions): [number, number][] | null {
  const inside = (j: number): number => Math.min(Math.max(j, 0), from - 1)
  if (options.mode === 'nearest') return [[inside(nearest(x, options.nearest)), 1]]
  if (options.mode === 'linear') {
    const clamped = Math.min(Math.max(x, 0), from - 1)
    const low = Math.floor(clamped)
    return [
      [low, 1 - (clamped - low)],
      [inside(low + 1), clamped - low],
    ]
  }
  if (options.mode !== 'cubic') return null
  const low = Math.floor(x)
  const taps = [-1, 0, 1, 2].map((k): [number, number] => [low + k, cubic(x - low - k, options.cubic)])
  if (!options.excludeOutside) return taps.map(([j, w]) => [inside(j), w])
  const kept = taps.filter(([j]) => j === inside(j))
  const total = kept.reduce((sum, [, w]) => sum + w, 0)
  return kept.map(([j, w]) => [j, w / total])
}

function nearest(x: number, mode: string): number {
  if (mode === 'floor') return Math.floor(x)
  if (mode === 'ceil') return Math.ceil(x)
  const half = x - Math.floor(x) === 0.5
  if (half) return mode === 'round_prefer_ceil' ? Math.ceil(x) : Math.floor(x)
  return Math.round(x)
}

function cubic(distance: number, a: number): number {
  const d = Math.abs(distance)
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
}
