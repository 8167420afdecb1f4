/** @file The spool of a logging session: an append-only log of records in segments, each line with its checksum. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { Owner } from './owner.ts'

/*
 * A segment is called by the number of its first record. A line is `CRC NUMBER JSON\n`: the CRC-32 of the rest as
 * eight hexadecimal digits, the record's number, the record. What `append` has written belongs to the operating
 * system when it returns and survives the end of the process; `sync` makes it survive the end of the machine.
 */

const SEGMENT_BYTES = 8 * 1024 * 1024
/** A line that is longer was never written by this module. */
const MOST_LINE_BYTES = 4 * 1024 * 1024
const READ_BYTES = 256 * 1024
const ABOUT = 'session.json'

export const SpoolAbout = z.object({
  session: z.string(),
  server: z.string(),
  owner: z.object({ pid: z.number(), started: z.string() }),
  /** What opens the session at the server. */
  open: z.looseObject({ name: z.string(), startedAt: z.number() }),
})
export type SpoolAbout = Omit<z.infer<typeof SpoolAbout>, 'owner'> & { owner: Owner }

export interface SpoolWriter {
  /** Number of the last record. */
  readonly last: number
  readonly bytes: number
  /** One write call. @throws the system's error when the disk is full; then nothing of the record is there */
  append(json: string): void
  /** To the disk itself. */
  sync(): void
  close(): void
}

/** @throws the system's error when the folder cannot be made */
export function createSpool(folder: string, about: SpoolAbout): SpoolWriter {
  mkdirSync(join(folder, 'blobs'), { recursive: true, mode: 0o700 })
  const temporary = join(folder, `${ABOUT}.new`)
  const made = openSync(temporary, 'w', 0o600)
  writeSync(made, JSON.stringify(about))
  fsyncSync(made)
  closeSync(made)
  renameSync(temporary, join(folder, ABOUT))
  let file = openSync(join(folder, segmentName(1)), 'a', 0o600)
  syncFolder(folder)
  let last = 0
  let size = 0
  let bytes = 0
  return {
    get last() {
      return last
    },
    get bytes() {
      return bytes
    },
    append(json) {
      if (size > SEGMENT_BYTES) {
        const next = openSync(join(folder, segmentName(last + 1)), 'a', 0o600)
        fdatasyncSync(file)
        closeSync(file)
        file = next
        size = 0
      }
      const body = `${last + 1} ${json}\n`
      const line = checksum(body) + body
      const length = Buffer.byteLength(line)
      let written = 0
      try {
        written = writeSync(file, line)
        if (written < length) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })
      } catch (error) {
        // half a line would spoil the next one
        ftruncateSync(file, size)
        throw error
      }
      size += length
      bytes += length
      last++
    },
    sync: () => fdatasyncSync(file),
    close: () => closeSync(file),
  }
}

export interface SpooledRecord {
  number: number
  /** As JSON; null where the line is damaged. */
  json: string | null
}

export interface SpoolReader {
  /** The next records in order, none when the end is reached; unfinished lines wait for their rest. */
  read(most: number, mostBytes: number): SpooledRecord[]
  /** Goes on behind a record, which must not have been forgotten. */
  seek(applied: number): void
  /** Removes segments that hold nothing behind a record. @returns the bytes that became free */
  forget(applied: number): number
  /** Number of the first record that is still there. */
  first(): number
  sync(): void
  close(): void
}

/**
 * Reads while the other side writes.
 * @param ended nobody writes any more: what is unfinished is damaged
 */
export function readSpool(folder: string, { ended }: { ended: boolean }): SpoolReader {
  let segment = segmentsOf(folder)[0] ?? 1
  let file: number | null = null
  let offset = 0
  let rest = Buffer.alloc(0)
  let next = segment
  const chunk = Buffer.allocUnsafe(READ_BYTES)

  const open = (number: number) => {
    if (file !== null) closeSync(file)
    segment = number
    file = existsSync(join(folder, segmentName(number)))
      ? openSync(join(folder, segmentName(number)), 'r')
      : null
    offset = 0
    rest = Buffer.alloc(0)
  }
  open(segment)

  /** One line without its end; null when none is complete. */
  const line = (): Buffer | null => {
    for (;;) {
      const end = rest.indexOf(10)
      if (end >= 0) {
        const found = rest.subarray(0, end)
        rest = rest.subarray(end + 1)
        return found
      }
      const later = file === null ? null : segmentsOf(folder).find((number) => number > segment)
      const read = file === null ? 0 : readSync(file, chunk, 0, READ_BYTES, offset)
      if (read > 0) {
        offset += read
        rest = Buffer.concat([rest, chunk.subarray(0, read)])
        if (rest.length > MOST_LINE_BYTES && rest.indexOf(10) < 0) rest = Buffer.alloc(0)
        continue
      }
      if (later !== undefined && later !== null) {
        open(later)
        continue
      }
      if (ended && rest.length > 0) {
        const found = rest
        rest = Buffer.alloc(0)
        return found
      }
      return null
    }
  }
  const damagedUntil = (number: number): SpooledRecord[] =>
    Array.from({ length: Math.min(number - next, 1) }, () => ({ number: next++, json: null }))

  let ahead: { number: number; json: string } | null = null
  return {
    read(most, mostBytes) {
      const records: SpooledRecord[] = []
      let size = 0
      while (records.length < most && size < mostBytes) {
        if (ahead === null) {
          const found = line()
          if (found === null) break
          ahead = parse(found.toString('utf8'))
          // a damaged line shows itself as a gap before the next good one, or at the very end
          if (ahead === null) continue
        }
        if (ahead.number < next) {
          ahead = null
          continue
        }
        if (ahead.number > next) {
          records.push(...damagedUntil(ahead.number))
          continue
        }
        records.push(ahead)
        size += ahead.json.length
        next++
        ahead = null
      }
      return records
    },
    seek(applied) {
      const segments = segmentsOf(folder)
      open(segments.findLast((number) => number <= applied + 1) ?? segments[0] ?? 1)
      ahead = null
      next = Math.max(applied + 1, segments[0] ?? 1)
    },
    forget(applied) {
      const segments = segmentsOf(folder)
      let freed = 0
      for (const [i, number] of segments.entries()) {
        const following = segments[i + 1]
        if (following === undefined || following > applied + 1 || number >= segment) break
        freed += statSync(join(folder, segmentName(number))).size
        rmSync(join(folder, segmentName(number)), { force: true })
      }
      return freed
    },
    first: () => segmentsOf(folder)[0] ?? 1,
    sync() {
      if (file !== null) fdatasyncSync(file)
    },
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

/** @returns null where there is no spool, or none that can be read */
export function aboutSpool(folder: string): SpoolAbout | null {
  try {
    return SpoolAbout.parse(JSON.parse(readFileSync(join(folder, ABOUT), 'utf8')))
  } catch {
    return null
  }
}

export const removeSpool = (folder: string): void => rmSync(folder, { recursive: true, force: true })

const segmentName = (first: number): string => `${String(first).padStart(12, '0')}.log`

const segmentsOf = (folder: string): number[] => {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^(\d{12})\.log$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}

const checksum = (body: string): string => `${crc32(body).toString(16).padStart(8, '0')} `

function parse(line: string): { number: number; json: string } | null {
  const found = /^([0-9a-f]{8}) (\d+) (.*)$/s.exec(line)
  if (!found || checksum(`${found[2]} ${found[3]}\n`) !== `${found[1]} `) return null
  return { number: Number(found[2]), json: found[3]! }
}

function syncFolder(folder: string): void {
  // a folder cannot be opened on every system; there its entries are safe anyway
  try {
    const file = openSync(folder, 'r')
    fsyncSync(file)
    closeSync(file)
  } catch {}
}
