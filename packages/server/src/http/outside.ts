/** @file How a server is seen from outside: its public address, and the proxies that may speak for others. */
import { CapstanError } from '@capstan/api'
import ipaddr from 'ipaddr.js'

/**
 * @param text addresses and networks, separated by commas: `127.0.0.1,10.0.0.0/8`
 * @returns what Fastify takes as `trustProxy`; false where nobody speaks for others
 * @throws {CapstanError} `cli/usage` naming the part that is none
 */
export function trustedProxies(text: string | undefined): string[] | false {
  const parts = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  for (const part of parts) {
    if (!ipaddr.isValid(part) && !ipaddr.isValidCIDR(part))
      throw new CapstanError('cli/usage', {
        detail: `CAPSTAN_TRUST_PROXY: ${part} is no address and no network`,
      })
  }
  return parts.length > 0 ? parts : false
}

/**
 * @param text `https://capstan.example.org`
 * @returns without a slash at its end
 * @throws {CapstanError} `cli/usage`
 */
export function publicAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '')
    throw new CapstanError('cli/usage', {
      detail: `CAPSTAN_PUBLIC_URL: ${text} is no address such as https://capstan.example.org`,
    })
  return url.origin
}
