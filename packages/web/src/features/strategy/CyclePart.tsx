/** @file The cycle under way: what it is called, when it ends and where it stands; another one once it is closed. */
import type { Cycle } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { CycleForm } from './CycleForm.tsx'
import { mayClose } from './cycle.view.ts'
import { openCycles } from './goal.view.ts'
import { useCloseCycle } from './strategy.queries.ts'

export function CyclePart() {
  const query = useQuery(reads.cycles())
  return (
    <QueryView query={query}>
      {(cycles) => {
        const [cycle] = openCycles(cycles)
        return cycle ? <OpenCycle cycle={cycle} /> : <NoCycle />
      }}
    </QueryView>
  )
}

function NoCycle() {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <Panel
      title={t('cycleForm.title')}
      aside={
        may('cycles', 'create') && (
          <FormAction label={t('cycleForm.open')}>
            {(close) => <CycleForm cycle={null} onClose={close} />}
          </FormAction>
        )
      }
    >
      <p className={ui.empty}>{t('cycleForm.none')}</p>
    </Panel>
  )
}

function OpenCycle({ cycle }: { cycle: Cycle }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const close = useCloseCycle(cycle.revision ?? 1)
  const facts = [
    { key: 'name', label: t('cycleForm.name'), value: `${cycle.number}. ${cycle.name}` },
    {
      key: 'dates',
      label: t('cycleForm.dates'),
      value: `${format.date(cycle.start)} – ${format.date(cycle.end)}`,
    },
    {
      key: 'period',
      label: t('cycleForm.period'),
      value: t(`cycleForm.periods.${cycle.period ?? 'week'}`),
    },
    { key: 'state', label: t('strategy.state'), value: t(`cycleForm.states.${cycle.state}`) },
  ]
  return (
    <Panel
      title={t('cycleForm.title')}
      aside={
        may('cycles', 'edit') && (
          <>
            <FormAction label={t('form.edit')} of={cycle.name} quiet>
              {(done) => <CycleForm cycle={cycle} onClose={done} />}
            </FormAction>
            {mayClose(cycle) && (
              <RemoveAction
                name={cycle.name}
                id={cycle.id}
                write={close}
                label={t('cycleForm.close')}
                note={t('cycleForm.closeNote')}
              />
            )}
          </>
        )
      }
    >
      <Facts rows={facts} />
    </Panel>
  )
}
