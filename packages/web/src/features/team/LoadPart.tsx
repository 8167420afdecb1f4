/** @file What is left to do against the days people have, and who carries each initiative. */
import type { TeamLoad } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { busFactors, teamLoad } from './team.queries.ts'
import { loadRows } from './team.view.ts'

export function LoadPart() {
  const load = useQuery(teamLoad())
  return (
    <>
      <QueryView query={load}>{(found) => <LoadTable load={found} />}</QueryView>
      <BusFactors />
    </>
  )
}

function LoadTable({ load }: { load: TeamLoad }) {
  const { t } = useTranslation()
  const format = useFormat()
  const members = useQuery(reads.members()).data ?? []
  const rows = loadRows(load, (id) => members.find((member) => member.id === id)?.name ?? id)
  return (
    <>
      <DataTable
        caption={t('team.load')}
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          {
            key: 'who',
            head: t('team.who'),
            cell: ({ name, skill }) => (skill ? t('team.ofSkill', { name }) : name),
          },
          ...load.periods.map(({ from }, i) => ({
            key: from,
            head: t('team.periodFrom', { from }),
            right: true,
            cell: ({ periods }: (typeof rows)[number]) => {
              const one = periods[i]
              if (!one) return ''
              const values = {
                assigned: format.number(one.assignedDays),
                capacity: format.number(one.capacityDays),
              }
              return one.over ? <strong>{t('team.overloaded', values)}</strong> : t('team.loaded', values)
            },
          })),
        ]}
      />
      {load.unassignedDays > 0 && (
        <p className={ui.note}>{t('team.unassigned', { days: format.number(load.unassignedDays) })}</p>
      )}
    </>
  )
}

function BusFactors() {
  const { t } = useTranslation()
  const format = useFormat()
  const factors = useQuery(busFactors())
  const initiatives = useQuery(reads.initiatives()).data ?? []
  return (
    <QueryView query={factors} empty={t('team.noBus')}>
      {(rows) => (
        <DataTable
          caption={t('team.bus')}
          rows={rows}
          keyOf={({ initiativeId }) => initiativeId}
          columns={[
            {
              key: 'initiative',
              head: t('team.initiative'),
              cell: ({ initiativeId }) =>
                initiatives.find(({ id }) => id === initiativeId)?.name ?? initiativeId,
            },
            { key: 'factor', head: t('team.bus'), right: true, cell: ({ factor }) => factor },
            {
              key: 'people',
              head: t('team.carriedBy'),
              cell: ({ people }) =>
                people.map(({ name, share }) => `${name} ${format.percent(share)}`).join(' · '),
            },
            {
              key: 'from',
              head: t('team.countedFrom'),
              cell: ({ taskDays, runs }) => t('team.counted', { days: format.number(taskDays), runs }),
            },
          ]}
        />
      )}
    </QueryView>
  )
}
