/** @file Which addresses webhooks may go to: public ones, and networks that the operator of the server names. */
import { lookup } from 'node:dns/promises'
import { CapstanError, refusedError } from '@capstan/api'
import { message } from '@capstan/domain'
import ipaddr from 'ipaddr.js'

/** @see https://www.iana.org/assignments/ipv6-address-space */
const publicIPv6 = ipaddr.parseCIDR('2000::/3')

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

export interface AddressPolicy {
  /** Networks inside which addresses are allowed although they are not public. */
  allowed: readonly Network[]
  resolve: (host: string) => Promise<{ address: string; family: number }[]>
}

/**
 * @param text networks and addresses, separated by commas: `10.0.0.0/8,127.0.0.1`
 * @throws {CapstanError} `cli/usage` naming the part that is none
 */
export function addressPolicy(
  text: string | undefined,
  resolve: AddressPolicy['resolve'] = (host) => lookup(host, { all: true, verbatim: true }),
): AddressPolicy {
  const parts = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const allowed = parts.map((part): Network => {
    const network = part.includes('/') ? part : `${part}/${part.includes(':') ? 128 : 32}`
    if (!ipaddr.isValidCIDR(network))
      throw new CapstanError('cli/usage', { detail: `CAPSTAN_WEBHOOK_ALLOW: ${part} is no network` })
    return ipaddr.parseCIDR(network)
  })
  return { allowed, resolve }
}

export interface Destination {
  url: URL
  /** The address that was checked; the connection goes there and nowhere else. */
  address: string
  family: number
}

/**
 * Resolves the host and checks every address it has: one inside a network refuses them all.
 * @throws {CapstanError} `request/refused` for what is no web address, or leads inside
 */
export async function destinationOf(text: string, policy: AddressPolicy): Promise<Destination> {
  const url = webAddress(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const found = ipaddr.isValid(host)
    ? [{ address: host, family: host.includes(':') ? 6 : 4 }]
    : await policy.resolve(host)
  if (found.length === 0) throw new Error(`${host} has no address`)
  for (const { address } of found) {
    const range = forbiddenRange(address, policy)
    if (range !== null) throw refusedError(message('webhook.address', { host, address, range }))
  }
  return { url, ...found[0]! }
}

/** @throws {CapstanError} `request/refused` */
export function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw refusedError(message('webhook.protocol', {}))
  return url
}

/**
 * What is not public about an address: loopback, private, link-local (cloud metadata), carrier, multicast, reserved,
 * and whatever carries another address inside it (IPv4-mapped, NAT64, 6to4, Teredo); null for a public one.
 */
export function forbiddenRange(address: string, { allowed }: Pick<AddressPolicy, 'allowed'>): string | null {
  if (!ipaddr.isValid(address)) return 'unknown'
  // an IPv4 address in IPv6 clothes is what it is
  const parsed = ipaddr.process(address.replace(/%.*$/, ''))
  const inside = allowed.some(
    ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network as ipaddr.IPv4, bits),
  )
  if (inside) return null
  const range = parsed.range()
  if (range !== 'unicast') return range
  // everything public in IPv6 lies in one block; the old IPv4-compatible addresses, for one, do not
  return parsed.kind() === 'ipv6' && !parsed.match(publicIPv6) ? 'reserved' : null
}
