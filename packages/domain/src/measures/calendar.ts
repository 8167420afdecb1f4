/** @file Days as people count them: from local midnight to local midnight, with daylight saving. */

const hour = 3_600_000
const day = 24 * hour

/** Local days of one time zone, numbered from 1970-01-01. */
export interface Calendar {
  readonly timeZone: string
  /** The number of the local day that holds an instant (ISO 8601 UTC). */
  dayOf(at: string): number
  /** The first instant of a local day; days of 23 or 25 hours begin where the clocks say. */
  startOf(day: number): string
}

/** Whether the runtime knows a time zone by this IANA name, such as `Asia/Shanghai`. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** @throws {RangeError} for a name that `isTimeZone` does not know */
export const calendarOf = (timeZone: string): Calendar => {
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const number = (instant: number): number => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
    return Date.UTC(Number(parts.year), Number(parts.month) - 1, Number(parts.day)) / day
  }
  const starts = new Map<number, number>()
  /** The least instant whose local day is `wanted` or later; offsets lie within a day and a half of UTC. */
  const search = (wanted: number): number => {
    let [before, after] = [wanted * day - 36 * hour, wanted * day + 36 * hour]
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (number(middle) >= wanted) after = middle
      else before = middle
    }
    return after
  }
  const start = (wanted: number): number => {
    const known = starts.get(wanted)
    if (known !== undefined) return known
    // nearly every day begins a whole number of hours after the one before
    const before = starts.get(wanted - 1)
    const guess = before === undefined ? undefined : before + day
    const found =
      guess !== undefined && number(guess) === wanted && number(guess - 1) < wanted ? guess : search(wanted)
    starts.set(wanted, found)
    return found
  }
  // instants come mostly in order: the day of the last one answers most questions
  let [last, from, to] = [0, 0, -1]
  return {
    timeZone,
    dayOf(at) {
      const instant = Date.parse(at)
      if (instant >= from && instant < to) return last
      last = number(instant)
      from = start(last)
      to = start(last + 1)
      return last
    },
    startOf: (wanted) => new Date(start(wanted)).toISOString(),
  }
}
