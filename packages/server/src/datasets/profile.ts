/** @file Profiles the files of a data set: counts, pixels, repeats and leaks between its splits. */
import { readFileSync } from 'node:fs'
import type { DatasetVersion } from '@capstan/api'
import { findLeaks, type LabelledImages, profileImages, sampleHashes } from '@capstan/domain'
import { type FileBytes, pick, readParts } from './files.ts'

export interface ProfileInput {
  /** Where each file's blob lies. */
  paths: Record<keyof FileBytes, string>
  validationShare: number
  splitSeed: number
}

export interface ProfiledDataset {
  /** Shape of one sample as designs take it: [channels, height, width]. */
  sampleShape: number[]
  classes: number
  profile: DatasetVersion['profile']
}

type SplitName = DatasetVersion['profile']['splits'][number]['split']
/** Enough of each class to see what the data looks like. */
const SAMPLES_PER_CLASS = 5

/** @throws {CapstanError} `dataset/truncated`, `dataset/invalid` */
export function profileFiles({ paths, validationShare, splitSeed }: ProfileInput): ProfiledDataset {
  const files = Object.fromEntries(
    Object.entries(paths).map(([role, path]) => [role, new Uint8Array(readFileSync(path))]),
  ) as FileBytes
  const { train, test, split } = readParts(files, validationShare, splitSeed)
  const classes = Math.max(train.classes, test.classes)
  const size = train.images.length / train.count
  const parts: Record<SplitName, { samples: Uint8Array; labels: Uint8Array }> = {
    train: pick(train, split.train),
    validation: pick(train, split.validation),
    test: { samples: test.images, labels: test.labels },
  }
  const hashes = Object.fromEntries(
    Object.entries(parts).map(([name, { samples }]) => [name, sampleHashes(samples, size)]),
  ) as Record<SplitName, number[]>
  const splits = (Object.keys(parts) as SplitName[]).map((name) => {
    const { samples: images, labels } = parts[name]
    const found = profileImages({ images, labels, sampleShape: train.shape, classes, hashes: hashes[name] })
    return {
      split: name,
      samples: found.count,
      classCounts: found.classes.map(({ count }) => count),
      mean: found.pixels.mean / 255,
      standardDeviation: found.pixels.standardDeviation / 255,
      blank: found.blank.count,
      duplicates: found.duplicates?.count ?? 0,
    }
  })
  const leaks = findLeaks({ test: hashes.test, learnt: [...hashes.train, ...hashes.validation] })
  return {
    sampleShape: [1, ...train.shape],
    classes,
    profile: { splits, leaks: leaks[0]?.count ?? 0, samples: firstOfEachClass(train, classes) },
  }
}

function firstOfEachClass(from: LabelledImages, classes: number): ProfiledDataset['profile']['samples'] {
  const size = from.images.length / from.count
  const samples: ProfiledDataset['profile']['samples'] = []
  for (let label = 0; label < classes; label++) {
    let found = 0
    for (let i = 0; i < from.count && found < SAMPLES_PER_CLASS; i++) {
      if (from.labels[i] !== label) continue
      samples.push({ label, pixels: Array.from(from.images.subarray(i * size, (i + 1) * size)) })
      found++
    }
  }
  return samples
}
