/** @file The English sentences of members, roles, passwords and tokens. */
export const accessEn = {
  'password.short':
    'A password has at least {least} characters. Several words in a row are easy to remember.',
  'password.long': 'A password has at most {most} characters.',
  'password.common': 'Everybody who guesses tries this password first. Choose another.',
  'access.firstOwner': 'The first account must be that of an owner, who lets the others in. {name} is none.',
  'access.lastOwner':
    '{name} is the last owner who can sign in. Give another member an account as owner first.',
  'access.noAccount': '{name} has no account yet.',
  'access.disabled': '{name} is disabled. Enable the account first.',
  'access.taken': 'Somebody who can sign in is called {name} already. Names of accounts differ.',
  'access.tooManyTokens': 'A member has at most {most} tokens. Revoke some first.',
  'access.tokenPast': 'A token expires in the future, after at most {days} days.',
  'access.tokenRole': 'A token does no more than its member may: {role} is not among their roles.',
} as const
