/** @file Competitors, or technology trends, by their weighted scores, each with its source. */
import type { ContenderComparison } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { ContenderForm } from './ContenderForm.tsx'
import { Criteria, CriterionForm } from './Criteria.tsx'
import { marketReads, useRemoveContender } from './market.queries.ts'

type Standing = ContenderComparison['standings'][number]

export function ComparisonPart({ kind }: { kind: ContenderComparison['kind'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(marketReads.comparison(kind))
  const criteria = (useQuery(marketReads.criteria()).data ?? []).filter((criterion) => criterion.of === kind)
  const contenders = useQuery(marketReads.contenders(kind)).data ?? []
  const may = useMay()
  const remove = useRemoveContender()
  const known = (id: string) => contenders.find((contender) => contender.id === id)
  const scores = criteria.map(
    (criterion): Column<Standing> => ({
      key: criterion.id,
      head: t('comparison.weighted', { name: criterion.name, weight: format.number(criterion.weight) }),
      right: true,
      cell: ({ id }) => {
        const contender = known(id)
        const found = contender?.scores.find(({ criterionId }) => criterionId === criterion.id)
        return found && contender ? (
          <span title={found.source}>
            <Figure value={format.number(found.score)} origin={contender.origin} />
          </span>
        ) : (
          t('comparison.open')
        )
      },
    }),
  )
  return (
    <Panel
      title={t(`comparison.${kind}`)}
      aside={
        <>
          {may('market', 'addCriterion') && (
            <FormAction label={t('criterionForm.add')}>
              {(close) => <CriterionForm of={kind} criterion={null} onClose={close} />}
            </FormAction>
          )}
          {may('market', 'addContender') && (
            <FormAction label={t(`contenderForm.add.${kind}`)}>
              {(close) => <ContenderForm kind={kind} contender={null} criteria={criteria} onClose={close} />}
            </FormAction>
          )}
        </>
      }
    >
      <QueryView query={query}>
        {({ standings, behind }) =>
          standings.length === 0 ? (
            <p className={ui.note}>{t(`comparison.none.${kind}`)}</p>
          ) : (
            <div className={ui.stack}>
              <DataTable
                caption={t(`comparison.${kind}`)}
                rows={standings}
                keyOf={({ id }) => id}
                anchor={kind}
                columns={[
                  {
                    key: 'rank',
                    head: t('ranking.rank'),
                    right: true,
                    cell: ({ rank }) => rank ?? t('common.none'),
                  },
                  {
                    key: 'name',
                    head: t('comparison.name'),
                    cell: ({ id, name }) => {
                      const contender = known(id)
                      return (
                        <>
                          {contender?.ours ? <strong>{name}</strong> : name}
                          {contender?.stance && (
                            <div className={ui.note}>{t(`comparison.stance.${contender.stance}`)}</div>
                          )}
                        </>
                      )
                    },
                  },
                  ...scores,
                  {
                    key: 'score',
                    head: t('comparison.score'),
                    right: true,
                    cell: ({ score, range, known: share }) =>
                      score === null ? (
                        t('common.none')
                      ) : (
                        <Figure
                          value={format.number(score)}
                          interval={share < 1 ? range.map((value) => format.number(value)).join('–') : null}
                        />
                      ),
                  },
                  {
                    key: 'first',
                    head: t('comparison.first'),
                    right: true,
                    cell: ({ firstShare }) => format.percent(firstShare),
                  },
                  {
                    key: 'actions',
                    head: '',
                    edge: true,
                    cell: ({ id }) => {
                      const contender = known(id)
                      return (
                        contender &&
                        may('market', 'editContender') && (
                          <RowActions>
                            <FormAction label={t('form.edit')} of={contender.name} quiet>
                              {(close) => (
                                <ContenderForm {...{ kind, contender, criteria }} onClose={close} />
                              )}
                            </FormAction>
                            <RemoveAction name={contender.name} id={id} write={remove} />
                          </RowActions>
                        )
                      )
                    },
                  },
                ]}
              />
              {behind.map(({ criterionId, leaderId, by }) => (
                <p key={criterionId} className={ui.note}>
                  {t('comparison.behind', {
                    first: standings[0]?.name ?? '',
                    leader: known(leaderId)?.name ?? leaderId,
                    criterion: criteria.find(({ id }) => id === criterionId)?.name ?? criterionId,
                    by: format.number(by),
                  })}
                </p>
              ))}
            </div>
          )
        }
      </QueryView>
      <Criteria criteria={criteria} contenders={contenders} />
    </Panel>
  )
}
