/** @file Tests of where webhooks may go: every way to write an address inside a network is refused. */
import { describe, expect, it } from 'vitest'
import { addressPolicy, destinationOf, forbiddenRange } from './address.ts'

const none = addressPolicy(undefined)
const answers = (...addresses: string[]) =>
  addressPolicy(undefined, async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  )
const refusal = async (url: string, policy = none): Promise<string> => {
  try {
    const { address } = await destinationOf(url, policy)
    return `went to ${address}`
  } catch (error) {
    return (error as { body(l: 'en'): { message: string } }).body('en').message
  }
}

describe('addresses', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://0.0.0.0/',
    'http://10.1.2.3:8080/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://100.100.100.200/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://240.0.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[fe80::1]/',
    'http://[fc00::1]/',
    'http://[fd00:ec2::254]/',
    'http://[ff02::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001::1]/',
    'http://[::7f00:1]/',
  ])('%s leads inside', async (url) => {
    expect(await refusal(url)).toMatch(/an address inside a network/)
  })

  it('of names are all checked', async () => {
    expect(await refusal('https://x.org/', answers('8.8.8.8', '10.0.0.1'))).toContain('10.0.0.1')
    expect(await refusal('https://x.org/', answers('2606:4700::1111', '::ffff:192.168.0.1'))).toContain(
      'private',
    )
    expect(await refusal('https://x.org/', answers('8.8.8.8', '2606:4700::1111'))).toBe('went to 8.8.8.8')
    expect(await refusal('http://localhost/')).toContain('loopback')
  })

  it('are web addresses without a password', async () => {
    for (const url of ['ftp://x.org/', 'file:///etc/passwd', 'https://a:b@x.org/', 'x', 'javascript:1'])
      expect(await refusal(url)).toContain('http or https')
  })

  it('inside a network are allowed by naming it, and no other', async () => {
    const policy = addressPolicy('127.0.0.1, 10.0.0.0/8, fd00::/8')
    expect(forbiddenRange('127.0.0.1', policy)).toBeNull()
    expect(forbiddenRange('::ffff:127.0.0.1', policy)).toBeNull()
    expect(forbiddenRange('127.0.0.2', policy)).toBe('loopback')
    expect(forbiddenRange('10.200.0.1', policy)).toBeNull()
    expect(forbiddenRange('169.254.169.254', policy)).toBe('linkLocal')
    expect(forbiddenRange('fd12::1', policy)).toBeNull()
    expect(forbiddenRange('::1', policy)).toBe('loopback')
    expect(() => addressPolicy('10.0.0.0/33')).toThrow()
    expect(() => addressPolicy('intranet')).toThrow()
  })
})
