/** @file Reads a model and the data files beside it from a folder, and nothing outside that folder. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EngineError } from '../errors.ts'
import type { ExternalData } from './external.ts'
import { type ReadModel, type ReadOptions, readModel } from './read.ts'

/**
 * Reads `path`; tensors in other files are read from its folder.
 * @throws EngineError what `readModel` throws; engine/file where it cannot be read; engine/bad-model for data that is missing, short, a symbolic link, or
 * outside the folder
 */
export function readModelFile(path: string, options: Omit<ReadOptions, 'external'> = {}): ReadModel {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new EngineError(
      'engine/file',
      `the model ${path} cannot be read: ${(cause as Error).message}`,
      'Check the path and its permissions.',
      { cause },
    )
  }
  return readModel(bytes, { ...options, external: externalIn(dirname(path)) })
}

/** External data from one folder: plain files below it, reached without symbolic links. */
export function externalIn(folder: string): ExternalData {
  return ({ location, offset, length }) => {
    const bad = (what: string, cause?: unknown): EngineError =>
      new EngineError(
        'engine/bad-model',
        `the data file ${JSON.stringify(location)} ${what}`,
        'Keep the data files in the folder of the model, as plain files.',
        { cause },
      )
    const base = realpathSync(folder)
    const wanted = join(base, location)
    let file: number
    try {
      if (realpathSync(wanted) !== wanted) throw bad('is reached through a symbolic link')
      file = openSync(wanted, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    } catch (cause) {
      throw cause instanceof EngineError ? cause : bad('cannot be opened', cause)
    }
    try {
      const stat = fstatSync(file)
      if (!stat.isFile()) throw bad('is not a plain file')
      // Checked before anything is allocated.
      if (offset + length > stat.size)
        throw bad(`ends after ${stat.size} bytes, ${offset + length} are needed`)
      const bytes = new Uint8Array(length)
      let done = 0
      while (done < length) {
        const read = readSync(file, bytes, done, length - done, offset + done)
        if (read === 0) throw bad('became shorter while it was read')
        done += read
      }
      return bytes
    } finally {
      closeSync(file)
    }
  }
}
