/** @file Keeps a team's work up with time: approvals that end. */
import type { Context } from '../context.ts'
import { expireApprovals } from './approvals.ts'
import { approvals } from './store.ts'

const LOOK_MS = 5000

export interface TeamKeeper {
  close(): Promise<void>
}

export function keepTeam(context: Context): TeamKeeper {
  let working = Promise.resolve()
  const look = () => {
    working = working.then(() => lookOnce(context)).catch((error) => context.log.error(error))
  }
  const timer = setInterval(look, LOOK_MS)
  look()
  return {
    async close() {
      clearInterval(timer)
      await working
    },
  }
}

/** Everything that time alone has changed. */
export async function lookOnce({ db, change, now }: Pick<Context, 'db' | 'change' | 'now'>): Promise<void> {
  const at = now().toISOString()
  const late = (await approvals.newest(db)).some(
    ({ state, expiresAt }) => state === 'open' && expiresAt !== null && expiresAt <= at,
  )
  if (late) await change('capstan', expireApprovals)
}
