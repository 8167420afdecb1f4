/** @file The Chinese sentences of members, roles, passwords and tokens. */
export const accessZhCN = {
  'password.short': '密码至少需要 {least} 个字符。连写几个词既好记又安全。',
  'password.long': '密码最多 {most} 个字符。',
  'password.common': '这个密码很容易被猜到，请换一个。',
  'access.firstOwner': '首个账号必须属于所有者，以便其为他人开通。{name} 不是所有者。',
  'access.lastOwner': '{name} 是最后一位可登录的所有者。请先为另一位成员开通所有者账号。',
  'access.noAccount': '{name} 还没有账号。',
  'access.disabled': '{name} 的账号已停用。请先启用。',
  'access.taken': '已有可登录的成员名为 {name}。账号名不能重复。',
  'access.tooManyTokens': '每位成员最多 {most} 个令牌。请先撤销一些。',
  'access.tokenPast': '令牌的到期时间必须在将来，且不超过 {days} 天。',
  'access.tokenRole': '令牌的权限不能超过成员本人：其角色中没有 {role}。',
} as const
