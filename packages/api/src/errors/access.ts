/** @file Errors of who may do what. */
import { type ErrorEntry, entry } from './entry.ts'

export const accessErrors = {
  'access/refused': entry(
    403,
    77,
    'This needs the role {role}.',
    'Ask an owner of the workspace for the role, or let somebody who has it do this.',
    '此操作需要“{role}”角色。',
    '请向工作区所有者申请该角色，或由具备者执行。',
  ),
  'access/no-token': entry(
    401,
    77,
    'This server listens beyond this machine and wants a token.',
    'Send the token printed at its start as "Authorization: Bearer …".',
    '此服务器对外监听，需要令牌。',
    '请以 "Authorization: Bearer …" 发送启动时打印的令牌。',
  ),
  'access/cross-site': entry(
    403,
    77,
    'The request came from another site ({origin}).',
    'Open the page at the address the server printed.',
    '请求来自其他站点（{origin}）。',
    '请从服务器打印的地址打开页面。',
  ),
  'access/unknown-host': entry(
    421,
    77,
    'The request names the host {host}, which is not this server.',
    'Use the address the server printed.',
    '请求的主机 {host} 不是本服务器。',
    '请使用服务器打印的地址。',
  ),
  'access/not-self': entry(
    403,
    77,
    'Nobody may do this in the name of another member ({member}).',
    'Sign in as that member, or do it in your own name.',
    '不得以其他成员（{member}）的名义执行此操作。',
    '请以该成员身份登录，或以自己的名义操作。',
  ),
} satisfies Record<string, ErrorEntry>
