/** @file How a run is executed: what it prints, live; its command, code, packages and limits. */
import type { Run } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { LogView } from './LogView.tsx'

export function RunExecution({ run }: { run: Run }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const waiting = useQuery({ ...reads.waiting(run.id), enabled: run.state === 'queued' })
  const why = run.state === 'queued' ? waiting.data?.message : null
  return (
    <>
      {why && <p>{sentence(why)}</p>}
      {run.kind === 'command' && (
        <>
          <Panel title={t('execution.log')}>
            <LogView id={run.id} />
          </Panel>
          <Executed run={run} />
        </>
      )}
    </>
  )
}

function Executed({ run }: { run: Run }) {
  const { t } = useTranslation()
  const format = useFormat()
  const capture = useQuery(reads.capture(run.id)).data
  const { execution } = run
  const row = (key: string, value: string | null | undefined) =>
    value ? [{ key, label: t(`execution.${key}` as 'execution.command'), value }] : []
  const code = capture?.code
  return (
    <div className={ui.two}>
      <Panel title={t('execution.title')}>
        <Facts
          rows={[
            ...row('command', execution.command?.join(' ')),
            ...row('folder', capture?.folder),
            ...row(
              'code',
              code && code.kind !== 'none'
                ? (code.commit?.slice(0, 12) ?? t('execution.snapshot', { n: code.files }))
                : null,
            ),
            ...row('branch', code?.branch),
            ...row('changed', code?.diff ? t('execution.yes') : null),
            ...row('notCaptured', code?.kind === 'none' ? code.note : null),
            ...row('exitCode', execution.exitCode === null ? null : String(execution.exitCode)),
            ...row('machine', execution.machine),
            ...row('priority', execution.priority === 0 ? null : String(execution.priority)),
            ...row(
              'retries',
              execution.retries === 0 ? null : `${execution.failures} / ${execution.retries}`,
            ),
            ...(execution.rerunOf === null
              ? []
              : [
                  {
                    key: 'rerunOf',
                    label: t('execution.rerunOf'),
                    value: (
                      <AppLink href={paths.runs(execution.rerunOf)} className={ui.link}>
                        {t('common.open')}
                      </AppLink>
                    ),
                  },
                ]),
            ...(capture?.data ?? []).map(({ name, label, hash }) => ({
              key: `data ${name}`,
              label: name,
              value: `${label} · ${hash.slice(0, 12)}`,
            })),
          ]}
        />
      </Panel>
      <Panel title={t('execution.surroundings')}>
        <Facts
          rows={Object.entries({ ...capture?.environment, ...capture?.packages }).map(([key, value]) => ({
            key,
            label: key,
            value: key === 'memory' && /^\d+$/.test(value) ? format.bytes(Number(value)) : value,
          }))}
        />
      </Panel>
    </div>
  )
}
