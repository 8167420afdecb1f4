/** @file Holds a run's output until it is sent, in bounded memory: when too much comes, the middle is left out. */
import { defaultLogLimits } from '@capstan/domain'
import type { Stream } from './executor.ts'

export interface OutputPiece {
  /** Bytes (UTF-8) printed before it, over all attempts; a jump says how much was left out. */
  offset: number
  stream: Stream
  text: string
}

export interface Output {
  write(stream: Stream, bytes: Uint8Array): void
  /** Words of Capstan itself, on a line of their own. */
  note(text: string): void
  /** The oldest pieces, together at most `most` bytes; they stay until `sent`. */
  peek(most: number): OutputPiece[]
  sent(pieces: readonly OutputPiece[]): void
  /** Ends characters that were cut in the middle. */
  end(): void
  /** Bytes printed so far. */
  readonly offset: number
  readonly waiting: number
}

const PIECE_BYTES = 32 << 10

/**
 * @param start bytes that earlier attempts printed
 * @param most bytes waiting beyond the head of the log, which is always kept whole
 */
export function createOutput(start: number, most = 1 << 20, head = defaultLogLimits.head): Output {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  let pieces: (OutputPiece & { bytes: number })[] = []
  let offset = start
  let waiting = 0
  let lastEndsLine = true

  const add = (stream: Stream, raw: string) => {
    if (raw === '') return
    // a database's text cannot hold the character NUL
    const text = raw.replaceAll('\0', '\ufffd')
    const bytes = Buffer.byteLength(text)
    const last = pieces.at(-1)
    if (
      last &&
      last.stream === stream &&
      last.offset + last.bytes === offset &&
      last.bytes + bytes <= PIECE_BYTES
    ) {
      last.text += text
      last.bytes += bytes
    } else {
      pieces.push({ offset, stream, text, bytes })
    }
    offset += bytes
    waiting += bytes
    lastEndsLine = text.endsWith('\n')
    if (waiting > most + head) drop()
  }
  const drop = () => {
    let surplus = waiting - most - head
    pieces = pieces.filter((piece) => {
      if (surplus <= 0 || piece.offset < head) return true
      surplus -= piece.bytes
      waiting -= piece.bytes
      return false
    })
  }
  const write = (stream: Stream, bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      add(stream, decoders[stream].decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true }))
  }
  return {
    write,
    note: (text) => add('stderr', `${lastEndsLine ? '' : '\n'}${text}\n`),
    peek(limit) {
      const taken: OutputPiece[] = []
      let bytes = 0
      for (const piece of pieces) {
        bytes += piece.bytes
        if (taken.length > 0 && bytes > limit) break
        // what is taken must not grow any more
        taken.push({ offset: piece.offset, stream: piece.stream, text: piece.text })
      }
      return taken
    },
    sent(done) {
      for (const piece of done) {
        const at = pieces.findIndex((p) => p.offset === piece.offset)
        if (at < 0) continue
        const found = pieces[at]!
        const bytes = Buffer.byteLength(piece.text)
        waiting -= bytes
        if (found.bytes === bytes) pieces.splice(at, 1)
        else
          pieces[at] = {
            ...found,
            offset: found.offset + bytes,
            text: found.text.slice(piece.text.length),
            bytes: found.bytes - bytes,
          }
      }
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) add(stream, decoders[stream].decode())
    },
    get offset() {
      return offset
    },
    get waiting() {
      return waiting
    },
  }
}
