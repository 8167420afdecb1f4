/** @file Who is who: what each member can do, and when they are away. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { dayOf } from '../../ui/day.ts'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { MemberForm } from './MemberForm.tsx'
import { awayFrom } from './member.view.ts'

export function Members() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const today = dayOf(new Date().toISOString())
  const members = useQuery(reads.members())
  const tasks = useQuery(reads.tasks()).data ?? []
  return (
    <QueryView query={members} empty={t('team.noMembers')}>
      {(rows) => (
        <DataTable
          caption={t('team.members')}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            { key: 'name', head: t('team.name'), cell: ({ name }) => name },
            {
              key: 'roles',
              head: t('team.roles'),
              cell: ({ roles }) => roles.map((role) => t(`role.${role}`)).join(', '),
            },
            { key: 'skills', head: t('team.skills'), cell: ({ skills }) => skills.join(', ') },
            {
              key: 'days',
              head: t('team.days'),
              right: true,
              cell: ({ daysPerPeriod }) => format.number(daysPerPeriod),
            },
            {
              key: 'away',
              wide: true,
              head: t('memberForm.absences'),
              cell: (member) =>
                awayFrom(today, member)
                  .map(({ from, to, note }) => {
                    const days = from === to ? from : `${from} – ${to}`
                    return note ? `${days} (${note})` : days
                  })
                  .join(', '),
            },
            {
              key: 'tasks',
              head: t('team.openTasks'),
              right: true,
              cell: ({ id }) =>
                tasks.filter(
                  (task) => task.assigneeId === id && task.state !== 'done' && task.state !== 'dropped',
                ).length,
            },
            { key: 'origin', head: t('common.origin'), cell: ({ origin }) => t(`originShort.${origin}`) },
            {
              key: 'edit',
              head: '',
              edge: true,
              cell: (member) =>
                may('members', 'edit') && (
                  <RowActions>
                    <FormAction label={t('form.edit')} of={member.name} quiet>
                      {(close) => <MemberForm member={member} onClose={close} />}
                    </FormAction>
                  </RowActions>
                ),
            },
          ]}
        />
      )}
    </QueryView>
  )
}
