/** @file Checkpoints in files: written so that a kill or a power cut leaves the one before. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { EngineError } from '../errors.ts'
import { readCheckpoint } from './checkpoint.ts'

/**
 * Writes beside `path`, to `path.part`, waits until the disk has it, and takes its name: at every moment `path` is a whole
 * checkpoint, the new one or the one before. One trainer writes to a path.
 * @throws EngineError engine/file where it cannot be written; what was there stays
 * @example
 * const trainer = await createTrainer({
 *   …, callbacks: { onCheckpoint: (bytes) => saveCheckpoint('run.checkpoint', bytes) }, checkpointEvery: { steps: 500 },
 * })
 */
export function saveCheckpoint(path: string, checkpoint: Uint8Array): void {
  const part = `${path}.part`
  try {
    const file = openSync(part, 'w')
    try {
      for (let at = 0; at < checkpoint.length; ) at += writeSync(file, checkpoint, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(part, path)
  } catch (cause) {
    throw new EngineError(
      'engine/file',
      `the checkpoint ${path} cannot be written: ${(cause as Error).message}`,
      'Check that its folder exists, may be written to and has room.',
      { cause },
    )
  }
  syncFolder(dirname(path))
}

/** Makes the new name last; systems that cannot open a folder (Windows) do so by themselves. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    // The checkpoint is whole either way.
  }
}

/**
 * What `saveCheckpoint` wrote last, for `trainer.resume`; null where nothing was saved yet.
 * @throws EngineError engine/checkpoint-damaged, engine/checkpoint-newer, engine/file
 * @example
 * const saved = loadCheckpoint('run.checkpoint')
 * if (saved) trainer.resume(saved)
 */
export function loadCheckpoint(path: string): Uint8Array | null {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new EngineError(
      'engine/file',
      `the checkpoint ${path} cannot be read: ${(cause as Error).message}`,
      'Check the path and its permissions.',
      { cause },
    )
  }
  readCheckpoint(bytes)
  return bytes
}
