/** @file Sends one request of a webhook to an address that was checked, following nothing and trusting nothing. */
import http from 'node:http'
import https from 'node:https'
import type { Destination } from './address.ts'

const TIMEOUT_MS = 10_000
const MOST_BYTES = 64 << 10

export interface Answer {
  status: number
  text: string
  retryAfterSeconds: number | null
}

/** @throws {Error} when nothing answers in ten seconds; a redirect is an answer like any other */
export async function send(
  { url, address, family }: Destination,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body)
    const sent = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': bytes.length, 'user-agent': 'Capstan-Webhook' },
      // a connection of its own, to the address that was checked: the name is not asked again
      agent: false,
      lookup: (_host, { all }, answer) =>
        all ? answer(null, [{ address, family }]) : answer(null, address, family),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const parts: Buffer[] = []
      let length = 0
      const done = () => {
        const { statusCode = 0, headers: received } = response
        const seconds = Number(received['retry-after'])
        const retryAfterSeconds = Number.isFinite(seconds) && seconds > 0 ? seconds : null
        resolve({ status: statusCode, text: Buffer.concat(parts).toString('utf8'), retryAfterSeconds })
      }
      response.on('data', (part: Buffer) => {
        length += part.length
        if (length > MOST_BYTES) {
          done()
          response.destroy()
        } else parts.push(part)
      })
      response.on('end', done)
      response.on('error', reject)
    })
    sent.end(bytes)
  })
}
