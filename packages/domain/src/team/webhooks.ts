/** @file Webhooks: what is sent in each format, how it is signed and verified, and when it is tried again. */

export const webhookFormats = ['generic', 'slack', 'feishu', 'dingtalk'] as const
export type WebhookFormat = (typeof webhookFormats)[number]

export type WebhookNotice = {
  id: string
  kind: string
  /** ISO 8601 UTC. */
  at: string
  subject: { noun: string; id: string }
  /** Where it is shown; an absolute address. */
  url: string
  /** The sentence in the webhook's language. */
  text: string
  members: readonly { id: string; name: string }[]
  message: { code: string; values: Record<string, string | number> }
}

/** The body in a format, before it is signed. Texts are data: nothing in them becomes markup or calls everybody. */
export const webhookBody = (format: WebhookFormat, notice: WebhookNotice): Record<string, unknown> =>
  bodies[format](notice)

const bodies = {
  generic: ({ id, kind, at, subject, url, text, members, message }) => ({
    ...{ id, type: `capstan.${kind}`, timestamp: at },
    data: { subject: { ...subject, url }, text, message, members },
  }),
  // https://api.slack.com/reference/surfaces/formatting#escaping
  slack: ({ text, url }) => ({
    text: `${text.replace(/[&<>]/g, (sign) => slackSigns[sign]!)} <${url.replace(/[<>|]/g, encodeURIComponent)}>`,
    unfurl_links: false,
    unfurl_media: false,
  }),
  // a rich text: in a plain one, <at user_id="all"> in a title would call the whole group
  feishu: ({ text, url }) => ({
    msg_type: 'post',
    content: {
      post: {
        zh_cn: {
          title: 'Capstan',
          content: [
            [
              { tag: 'text', text: `${text} ` },
              { tag: 'a', text: url, href: url },
            ],
          ],
        },
      },
    },
  }),
  dingtalk: ({ text, url }) => ({
    msgtype: 'text',
    text: { content: `Capstan: ${text} ${url}` },
    at: { atMobiles: [], atUserIds: [], isAtAll: false },
  }),
} satisfies Record<WebhookFormat, (notice: WebhookNotice) => Record<string, unknown>>

const slackSigns: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

export type SignedRequest = { url: string; headers: Record<string, string>; body: string }

/**
 * A request as the receiver wants it signed:
 * - `generic` by the rule of Standard Webhooks 1.0: `webhook-signature: v1,BASE64` of HMAC-SHA256 over
 *   `webhook-id.webhook-timestamp.body`;
 * - `feishu` (custom bots): BASE64 of HMAC-SHA256 with the key `timestamp\nsecret` over nothing, in the body;
 * - `dingtalk` (custom bots): BASE64 of HMAC-SHA256 over `timestamp\nsecret`, in milliseconds, in the address;
 * - `slack`: the address is the secret.
 * @param now milliseconds since 1970
 * @param secret null sends without a signature, where the receiver asks for none
 */
export const signWebhook = async (
  format: WebhookFormat,
  request: { id: string; url: string; body: Record<string, unknown> },
  secret: string | null,
  now: number,
): Promise<SignedRequest> => {
  const { id, url } = request
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const seconds = String(Math.floor(now / 1000))
  const plain = { url, headers, body: JSON.stringify(request.body) }
  if (secret === null || format === 'slack') return plain
  if (format === 'feishu') {
    const sign = base64(await hmac(utf8(`${seconds}\n${secret}`), ''))
    return { ...plain, body: JSON.stringify({ timestamp: seconds, sign, ...request.body }) }
  }
  if (format === 'dingtalk') {
    const sign = base64(await hmac(utf8(secret), `${now}\n${secret}`))
    const signed = `timestamp=${now}&sign=${encodeURIComponent(sign)}`
    return { ...plain, url: `${url}${url.includes('?') ? '&' : '?'}${signed}` }
  }
  const signature = base64(await hmac(keyOf(secret), `${id}.${seconds}.${plain.body}`))
  return {
    ...plain,
    headers: {
      ...headers,
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
  }
}

export type ReceivedWebhook = {
  /** Header `webhook-id`. */
  id: string
  /** Header `webhook-timestamp`: seconds since 1970. */
  timestamp: string
  /** Header `webhook-signature`: one or several, separated by spaces. */
  signature: string
  /** The bytes of the body as text, before anything parsed them. */
  body: string
}

export type WebhookVerdict = 'accepted' | 'malformed' | 'forged' | 'stale' | 'replayed'

/** Seconds between the clocks of sender and receiver, and on the way, that are forgiven. */
export const webhookTolerance = 300

/**
 * What a receiver of generic webhooks decides. It must remember the ids it accepted for twice the tolerance: a
 * request that is repeated later is stale, and within that time it is replayed.
 * @param now milliseconds since 1970
 * @param seen whether an id was accepted before
 */
export const verifyWebhook = async (
  { id, timestamp, signature, body }: ReceivedWebhook,
  secret: string,
  now: number,
  seen: (id: string) => boolean,
): Promise<WebhookVerdict> => {
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return 'malformed'
  const wanted = base64(await hmac(keyOf(secret), `${id}.${timestamp}.${body}`))
  const given = signature.split(' ').flatMap((one) => (one.startsWith('v1,') ? [one.slice(3)] : []))
  if (given.length === 0) return 'malformed'
  if (!given.some((one) => equal(one, wanted))) return 'forged'
  if (Math.abs(now / 1000 - Number(timestamp)) > webhookTolerance) return 'stale'
  return seen(id) ? 'replayed' : 'accepted'
}

/** In the same time wherever they differ. */
const equal = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= (a.charCodeAt(i) || 0) ^ b.charCodeAt(i)
  return difference === 0
}

/** `whsec_` and base64, as Standard Webhooks writes secrets; anything else is taken as it is. */
const keyOf = (secret: string): Uint8Array<ArrayBuffer> => {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return utf8(secret)
  return Uint8Array.from(atob(secret.slice(6)), (sign) => sign.charCodeAt(0))
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

const hmac = async (key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const made = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', made, utf8(text)))
}

/** Seconds to wait after each failed attempt; after the last one it is given up. */
export const retryDelays = [5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600] as const

export type DeliveryVerdict =
  | { state: 'delivered' }
  | { state: 'failed' }
  /** @see retryDelays */
  | { state: 'waiting'; seconds: number }

/**
 * What becomes of a delivery after an attempt.
 * @param attempts made so far, with this one
 * @param answer its HTTP status; null when nothing answered. `accepted` is what the body says where a format has its
 *   own success code: Feishu and DingTalk answer 200 to what they refuse.
 * @param chance 0 to 1: spreads what failed together over a fifth of the wait
 */
export const deliveryVerdict = (
  attempts: number,
  answer: { status: number | null; accepted?: boolean; retryAfterSeconds?: number | null },
  chance: number,
): DeliveryVerdict => {
  const { status, accepted = true, retryAfterSeconds } = answer
  if (status !== null && status >= 200 && status < 300 && accepted) return { state: 'delivered' }
  // the receiver understood and will not have it: trying again would not change that
  const final = status !== null && status >= 300 && status < 500 && ![408, 425, 429].includes(status)
  const wait = retryDelays[attempts - 1]
  if (final || wait === undefined) return { state: 'failed' }
  const least = Math.min(Math.max(retryAfterSeconds ?? 0, wait), 24 * 3600)
  return { state: 'waiting', seconds: least * (1 + 0.2 * chance) }
}
