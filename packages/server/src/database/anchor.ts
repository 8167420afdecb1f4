/** @file Keeps the end of the audit log beside the database, so that entries cut off from it are missed. */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Anchor, headOf, holds } from './audit.ts'
import type { Db } from './records.ts'

export interface AnchorKeeper {
  /** Where the log ended when it was last looked at. */
  known(): Anchor | null
  /** Moves to the end of the log, unless the log has lost where it stood. */
  keep(): Promise<void>
  close(): Promise<void>
}

const KEEP_MS = 60_000

export function keepAnchor(db: Db, folder: string, log: Logger): AnchorKeeper {
  const file = join(folder, 'audit-head.json')
  let anchor = read(file)
  const keep = async () => {
    if (anchor && !(await holds(db, anchor))) {
      log.error({ anchor }, 'the audit log has lost entries that it had, see: capstan audit verify')
      return
    }
    const head = await headOf(db)
    if (!head || head.entries === anchor?.entries) return
    const part = `${file}.${randomBytes(4).toString('hex')}`
    writeFileSync(part, JSON.stringify(head), { mode: 0o600 })
    renameSync(part, file)
    anchor = head
  }
  const safely = () => keep().catch((error) => log.error(error))
  const timer = setInterval(() => void safely(), KEEP_MS)
  return {
    known: () => anchor,
    keep,
    async close() {
      clearInterval(timer)
      await safely()
    },
  }
}

function read(file: string): Anchor | null {
  try {
    const { entries, head } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Anchor>
    return typeof entries === 'number' && typeof head === 'string' ? { entries, head } : null
  } catch {
    return null
  }
}
