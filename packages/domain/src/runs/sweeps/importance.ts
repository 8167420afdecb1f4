/** @file How much of the spread of a sweep's results each parameter explains: functional ANOVA on a forest. */
import { seeded } from '../../chance/random.ts'
import { growForest, type Leaf, type Tree } from './forest.ts'
import { ordered, type SearchSpace, type TrialValues, unitOf } from './space.ts'

export interface Importance {
  /** One parameter, or two that act together. */
  parameters: readonly string[]
  /** Share of the variance over the whole space, 0 to 1. */
  share: number
  /** Standard error between the trees. */
  standardError: number
}

/** Fewer results than these say nothing. */
export const LEAST_FOR_IMPORTANCE = 8

/** Pairs are worked out for so many of the most important parameters. */
const PAIRS_OF = 5

/**
 * Functional ANOVA (Hutter, Hoos and Leyton-Brown 2014): the variance of each tree's marginal prediction over one
 * parameter, or two less what each gives alone, divided by the tree's whole variance; averaged over the forest. An
 * inactive parameter stands in the middle of its range.
 * @returns most important first; empty with fewer than eight results, or when all are equal
 */
export const importanceOf = (
  space: SearchSpace,
  results: readonly { values: TrialValues; value: number }[],
  seed = 1,
): Importance[] => {
  const usable = results.filter(({ value }) => Number.isFinite(value))
  if (usable.length < LEAST_FOR_IMPORTANCE) return []
  const names = ordered(space) ?? []
  const x = usable.map(({ values }) =>
    names.map((name) => (values[name] === undefined ? 0.5 : unitOf(space[name]!, values[name]!))),
  )
  // a diverged trial's 1e9 would hide every difference between the others
  const y = winsorised(usable.map(({ value }) => value))
  const forest = growForest(x, y, seeded(seed)).filter((tree) => varianceOf(tree) > 0)
  if (forest.length === 0) return []
  const alone = names.map((_, d) => forest.map((tree) => marginalVariance(tree, [d]) / varianceOf(tree)))
  const single = names.map((name, d) => summary([name], alone[d]!))
  const strongest = [...names.keys()].sort((a, b) => single[b]!.share - single[a]!.share).slice(0, PAIRS_OF)
  const pairs = strongest.flatMap((d, i) =>
    strongest.slice(i + 1).map((e) =>
      summary(
        [names[d]!, names[e]!],
        forest.map((tree, k) =>
          Math.max(0, marginalVariance(tree, [d, e]) / varianceOf(tree) - alone[d]![k]! - alone[e]![k]!),
        ),
      ),
    ),
  )
  return [...single, ...pairs.filter(({ share }) => share >= 0.01)].sort((a, b) => b.share - a.share)
}

const summary = (parameters: string[], shares: number[]): Importance => {
  const share = shares.reduce((sum, v) => sum + v, 0) / shares.length
  const variance = shares.reduce((sum, v) => sum + (v - share) ** 2, 0) / Math.max(1, shares.length - 1)
  return { parameters, share, standardError: Math.sqrt(variance / shares.length) }
}

const winsorised = (values: number[]): number[] => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (p: number) => sorted[Math.round((sorted.length - 1) * p)]!
  const reach = 3 * (at(0.75) - at(0.25))
  return reach > 0 ? values.map((v) => Math.min(Math.max(v, at(0.25) - reach), at(0.75) + reach)) : values
}

const volume = ({ box }: Leaf, except: readonly number[] = []): number =>
  box.reduce((product, [from, to], d) => (except.includes(d) ? product : product * (to - from)), 1)

const variances = new WeakMap<Tree, number>()

const varianceOf = (tree: Tree): number => {
  const known = variances.get(tree)
  if (known !== undefined) return known
  const mean = tree.reduce((sum, leaf) => sum + volume(leaf) * leaf.value, 0)
  const variance = tree.reduce((sum, leaf) => sum + volume(leaf) * (leaf.value - mean) ** 2, 0)
  variances.set(tree, variance)
  return variance
}

/** Variance over some dimensions of the prediction averaged over all others, exactly, from the leaves' boxes. */
const marginalVariance = (tree: Tree, dimensions: readonly number[]): number => {
  const edges = dimensions.map((d) =>
    [...new Set(tree.flatMap(({ box }) => [box[d]![0], box[d]![1]]))].sort((a, b) => a - b),
  )
  const rest = tree.map((leaf) => volume(leaf, dimensions))
  let mean = 0
  let square = 0
  const visit = (depth: number, leaves: number[], area: number): void => {
    if (depth === dimensions.length) {
      const prediction = leaves.reduce((sum, i) => sum + rest[i]! * tree[i]!.value, 0)
      mean += area * prediction
      square += area * prediction ** 2
      return
    }
    const cuts = edges[depth]!
    for (let k = 0; k + 1 < cuts.length; k++) {
      const [from, to] = [cuts[k]!, cuts[k + 1]!]
      const inside = leaves.filter((i) => {
        const edge = tree[i]!.box[dimensions[depth]!]!
        return edge[0] <= from && edge[1] >= to
      })
      visit(depth + 1, inside, area * (to - from))
    }
  }
  visit(0, [...tree.keys()], 1)
  return Math.max(0, square - mean ** 2)
}
