/** @file Tests of webhooks: signatures against another implementation, forged, altered and replayed ones, retries. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryVerdict, retryDelays, signWebhook, verifyWebhook, webhookBody } from './webhooks.ts'

const secret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`
const now = 1_700_000_000_123
const notice = {
  ...{
    id: 'notice_1',
    kind: 'mention',
    at: '2026-03-02T02:00:00.000Z',
    members: [{ id: 'm', name: '王芳' }],
  },
  ...{ subject: { noun: 'task', id: 't' }, url: 'http://127.0.0.1:4600/team#task-t' },
  text: '<at user_id="all">all</at> <!channel> & @所有人',
  message: { code: 'notice.mention', values: {} },
}
const received = async (format: 'generic' = 'generic') => {
  const body = webhookBody(format, notice)
  const sent = await signWebhook(format, { id: 'delivery_1', url: 'https://x.org/', body }, secret, now)
  const { headers } = sent
  return {
    ...{ id: headers['webhook-id']!, timestamp: headers['webhook-timestamp']! },
    ...{ signature: headers['webhook-signature']!, body: sent.body },
  }
}
const never = () => false

describe('generic webhooks', () => {
  it('are signed as Standard Webhooks says', async () => {
    const { id, timestamp, signature, body } = await received()
    const key = Buffer.from(secret.slice(6), 'base64')
    const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    expect([id, timestamp, signature]).toEqual(['delivery_1', '1700000000', `v1,${wanted}`])
    expect(JSON.parse(body)).toMatchObject({ type: 'capstan.mention', data: { subject: { id: 't' } } })
  })

  it('are accepted once, while they are fresh', async () => {
    const request = await received()
    expect(await verifyWebhook(request, secret, now, never)).toBe('accepted')
    expect(await verifyWebhook(request, secret, now + 299_000, (id) => id === request.id)).toBe('replayed')
    expect(await verifyWebhook(request, secret, now + 301_000, never)).toBe('stale')
    expect(await verifyWebhook(request, secret, now - 301_000, never)).toBe('stale')
    const rotated = { ...request, signature: `v1,AAAA ${request.signature}` }
    expect(await verifyWebhook(rotated, secret, now, never)).toBe('accepted')
  })

  it('are refused when anything in them was altered', async () => {
    const request = await received()
    const fields = ['id', 'timestamp', 'signature', 'body'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...fields),
        fc.nat(),
        fc.constantFrom('0', 'x', ' ', ''),
        async (field, n, put) => {
          const text = request[field]
          const place = n % text.length
          const altered = text.slice(0, place) + put + text.slice(place + 1)
          fc.pre(altered !== text)
          const verdict = await verifyWebhook({ ...request, [field]: altered }, secret, now, never)
          expect(['forged', 'malformed']).toContain(verdict)
        },
      ),
    )
    // an attacker cannot make an old one fresh
    expect(
      await verifyWebhook({ ...request, timestamp: '1700009999' }, secret, 1_700_009_999_000, never),
    ).toBe('forged')
    expect(await verifyWebhook(request, 'whsec_AAAA', now, never)).toBe('forged')
    expect(await verifyWebhook({ ...request, signature: '' }, secret, now, never)).toBe('malformed')
  })
})

describe('other formats', () => {
  it('Feishu: the key is timestamp and secret, over nothing', async () => {
    const request = { id: 'd', url: 'https://open.feishu.cn/x', body: webhookBody('feishu', notice) }
    const { body, url } = await signWebhook('feishu', request, 'sec', now)
    const sign = createHmac('sha256', '1700000000\nsec').update('').digest('base64')
    expect(JSON.parse(body)).toMatchObject({ timestamp: '1700000000', sign, msg_type: 'post' })
    expect(url).toBe('https://open.feishu.cn/x')
  })

  it('DingTalk: signed in milliseconds, in the address', async () => {
    const request = {
      id: 'd',
      url: 'https://oapi.dingtalk.com/x?access_token=a',
      body: webhookBody('dingtalk', notice),
    }
    const { url, body } = await signWebhook('dingtalk', request, 'SEC', now)
    const sign = createHmac('sha256', 'SEC').update(`${now}\nSEC`).digest('base64')
    expect(url).toBe(
      `https://oapi.dingtalk.com/x?access_token=a&timestamp=${now}&sign=${encodeURIComponent(sign)}`,
    )
    expect(JSON.parse(body)).toMatchObject({ msgtype: 'text', at: { isAtAll: false } })
  })

  it('Slack: nothing in a text calls anybody', async () => {
    const request = { id: 'd', url: 'https://hooks.slack.com/x', body: webhookBody('slack', notice) }
    const { body, headers } = await signWebhook('slack', request, null, now)
    expect(JSON.parse(body).text).toBe(
      '&lt;at user_id="all"&gt;all&lt;/at&gt; &lt;!channel&gt; &amp; @所有人 <http://127.0.0.1:4600/team#task-t>',
    )
    expect(Object.keys(headers)).toEqual(['content-type'])
  })
})

describe('a delivery', () => {
  it('is done, tried again later and later, or given up', () => {
    const verdict = (attempts: number, status: number | null, rest: object = {}) =>
      deliveryVerdict(attempts, { status, ...rest }, 0)
    expect(verdict(1, 204)).toEqual({ state: 'delivered' })
    expect(verdict(1, null)).toEqual({ state: 'waiting', seconds: 5 })
    expect(verdict(2, 503)).toEqual({ state: 'waiting', seconds: 30 })
    expect(verdict(1, 429, { retryAfterSeconds: 90 })).toEqual({ state: 'waiting', seconds: 90 })
    expect(verdict(1, 200, { accepted: false })).toEqual({ state: 'waiting', seconds: 5 })
    for (const status of [301, 307, 400, 404, 410]) expect(verdict(1, status)).toEqual({ state: 'failed' })
    expect(verdict(retryDelays.length + 1, 500)).toEqual({ state: 'failed' })
    for (let i = 1; i < retryDelays.length; i++) expect(retryDelays[i]).toBeGreaterThan(retryDelays[i - 1]!)
  })
})
