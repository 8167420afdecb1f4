/** @file `capstan doctor`: checks what Capstan needs and says the next step for what is amiss. */
import type { Context } from '../context.ts'
import { type Check, type CheckInput, checks } from '../doctor/checks.ts'
import { padEnd } from '../terminal/width.ts'

const labelWidth = 20
const marks = { ok: '✓', warn: '!', fail: '✗' } as const
const styles = { ok: 'good', warn: 'warn', fail: 'bad' } as const

export async function doctor(context: Context, options: CheckInput & { json?: boolean }): Promise<number> {
  const { screen, say } = context
  const results: (Check & { name: string })[] = []
  for (const [name, check] of Object.entries(checks)) {
    const result: Check = await check(context, options)
    results.push({ name, ...result })
    if (options.json) continue
    screen.rows([
      [
        padEnd(
          `${screen.paint(styles[result.state], marks[result.state])} ${say(`doctor.${name as keyof typeof checks}`)}`,
          labelWidth,
        ),
        result.next === undefined ? result.found : `${result.found} ${screen.paint('dim', result.next)}`,
      ],
    ])
  }
  const failed = results.some(({ state }) => state === 'fail')
  if (options.json) screen.line(JSON.stringify({ ok: !failed, checks: results }, null, 2))
  else {
    screen.line()
    screen.line(say(failed ? 'doctor.failed' : 'doctor.fine'))
  }
  return failed ? 1 : 0
}
