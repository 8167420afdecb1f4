import type { ProtocolRoute, RouteTable } from '@capstan/api'
import type { Access, Caller, Verdict } from '@capstan/domain'

export const callers: [string, Caller][]

/** Method, path, name, noun, access. */
export function routesOf(
  api: RouteTable,
  others: readonly ProtocolRoute[],
): [string, string, string, string, Access][]

export function accessPage(
  api: RouteTable,
  others: readonly ProtocolRoute[],
  verdictOf: (caller: Caller, route: { access: Access; noun: string }) => Verdict,
): string
