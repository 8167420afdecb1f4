/** @file What differs between runs: what was put in stands before what came out. */

export type DifferenceGroup = 'param' | 'code' | 'environment' | 'data' | 'tag' | 'metric'

/** What one run was given and what it gave, each by key. */
export type Compared = Readonly<Record<DifferenceGroup, Readonly<Record<string, string | number>>>>

export interface DifferenceRow {
  group: DifferenceGroup
  key: string
  /** In the order of the runs; null where a run has none. */
  values: (string | number | null)[]
  differs: boolean
}

export const differenceGroups: readonly DifferenceGroup[] = [
  'param',
  'code',
  'environment',
  'data',
  'tag',
  'metric',
]

/** One row for each key of any run, group by group; in each group what differs stands first, then by key. */
export function differences(runs: readonly Compared[]): DifferenceRow[] {
  return differenceGroups.flatMap((group) => {
    const keys = [...new Set(runs.flatMap((run) => Object.keys(run[group])))].sort()
    const rows = keys.map((key): DifferenceRow => {
      const values = runs.map((run) => (Object.hasOwn(run[group], key) ? run[group][key]! : null))
      return { group, key, values, differs: values.some((value) => !Object.is(value, values[0])) }
    })
    return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)]
  })
}
