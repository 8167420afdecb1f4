/** @file How long cash lasts, and the chance to reach each milestone with some left. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { CashFan } from '../../ui/chart/CashFan.tsx'
import { dayOf } from '../../ui/day.ts'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { RunwayForm } from './RunwayForm.tsx'
import { runway } from './resources.queries.ts'

export function RunwayPart() {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const query = useQuery(runway())
  const may = useMay()
  const found = query.data
  return (
    <Panel
      id="runway"
      title={t('runway.title')}
      aside={
        found &&
        may('runway', 'set') && (
          <FormAction label={t(found.plan ? 'runwayForm.change' : 'runwayForm.type')}>
            {(close) => (
              <RunwayForm plan={found.plan} today={dayOf(new Date().toISOString())} onClose={close} />
            )}
          </FormAction>
        )
      }
    >
      <QueryView query={query}>
        {({ plan, result, measured, message }) => (
          <div className={ui.stack}>
            <p>{sentence(message)}</p>
            {plan && result && (
              <>
                <CashFan title={t('runway.cash')} cash={plan.cash} asOf={plan.asOf} fan={result.fan} />
                <Facts
                  rows={[
                    {
                      key: 'cash',
                      label: t('runway.now'),
                      value: <Figure value={format.money(plan.cash)} origin={plan.origin} />,
                    },
                    { key: 'net', label: t('runway.net'), value: format.money(result.netBurn) },
                    ...(measured
                      ? [
                          {
                            key: 'runs',
                            label: t('runway.runs'),
                            value: t('runway.perMonth', {
                              cost: format.money(measured.mean),
                              failed: format.percent(measured.failureShare),
                            }),
                          },
                        ]
                      : []),
                    ...result.milestones.map(({ name, date, chance }) => ({
                      key: `${name} ${date}`,
                      label: t('runway.milestone', { name, date: format.date(date) }),
                      value: chance === null ? t('runway.beyond') : format.percent(chance),
                    })),
                  ]}
                />
              </>
            )}
          </div>
        )}
      </QueryView>
    </Panel>
  )
}
