/** @file TFRecord files: length, masked CRC-32C of the length, data, masked CRC-32C of the data. */
import { open } from 'node:fs/promises'
import { CapstanError } from '@capstan/api'

/** An event that is larger was never a scalar; nothing is read into memory on a damaged length's word. */
const MOST_BYTES = 256 * 1024 * 1024
const READ_BYTES = 1024 * 1024

const table = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
  return c >>> 0
})

/** Castagnoli's polynomial, reflected (RFC 3720, appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]!) & 255]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

/** A checksum that is itself stored beside data is masked: rotated right by 15 bits, plus a constant. */
export const maskedCrc = (bytes: Uint8Array): number => {
  const c = crc32c(bytes)
  return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0
}

/**
 * The records of a file, one after the other. A last record that is cut short is one that is still being written:
 * it is left for the next import.
 * @throws {CapstanError} `import/damaged` where a checksum is wrong
 */
export async function* readRecords(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  let waiting = Buffer.alloc(0)
  let at = 0
  const damaged = (what: string) =>
    new CapstanError('import/damaged', { file: path, detail: `byte ${at}: ${what}` })
  const fill = async (bytes: number): Promise<boolean> => {
    const parts = [waiting]
    let length = waiting.length
    while (length < bytes) {
      const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(bytes - length, 65_536)))
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null)
      if (bytesRead === 0) break
      parts.push(chunk.subarray(0, bytesRead))
      length += bytesRead
    }
    waiting = parts.length === 1 ? waiting : Buffer.concat(parts)
    return length >= bytes
  }
  try {
    while (await fill(12)) {
      if (maskedCrc(waiting.subarray(0, 8)) !== waiting.readUInt32LE(8))
        throw damaged('the checksum of the length is wrong; this is no TFRecord file, or a damaged one')
      const length = Number(waiting.readBigUInt64LE(0))
      if (length > MOST_BYTES) throw damaged(`a record of ${length} bytes`)
      if (!(await fill(16 + length))) return
      const data = waiting.subarray(12, 12 + length)
      if (maskedCrc(data) !== waiting.readUInt32LE(12 + length))
        throw damaged('the checksum of the data is wrong')
      waiting = waiting.subarray(16 + length)
      at += 16 + length
      yield data
    }
  } finally {
    await file.close()
  }
}
