/** @file Strategy: the cycle, its objectives, their key results with history and forecast, and the initiatives that compete. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useMay } from '../../ui/useMay.ts'
import { ComparisonPart } from './ComparisonPart.tsx'
import { CyclePart } from './CyclePart.tsx'
import { openCycles } from './goal.view.ts'
import { InitiativeForm } from './InitiativeForm.tsx'
import { InitiativeTable } from './InitiativeTable.tsx'
import { MarketPart } from './MarketPart.tsx'
import { ObjectiveForm } from './ObjectiveForm.tsx'
import { ObjectivePart } from './ObjectivePart.tsx'
import { RankingPart } from './RankingPart.tsx'
import { SwotPart } from './SwotPart.tsx'

export function StrategyPage() {
  const { t } = useTranslation()
  const objectives = useQuery(reads.objectives())
  const keyResults = useQuery(reads.keyResults())
  const may = useMay()
  const open = openCycles(useQuery(reads.cycles()).data ?? []).length > 0
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('phase.strategy')}
        lead={t('strategy.lead')}
        actions={
          may('strategy', 'createObjective') &&
          open && (
            <FormAction label={t('objectiveForm.add')}>
              {(close) => <ObjectiveForm objective={null} onClose={close} />}
            </FormAction>
          )
        }
      />
      <CyclePart />
      <QueryView query={objectives} empty={t('strategy.noObjectives')}>
        {(list) => (
          <QueryView query={keyResults}>
            {(results) =>
              list.map((objective) => (
                <ObjectivePart
                  key={objective.id}
                  objective={objective}
                  results={results.filter((result) => result.objectiveId === objective.id)}
                />
              ))
            }
          </QueryView>
        )}
      </QueryView>
      <Panel
        title={t('strategy.initiatives')}
        aside={
          may('strategy', 'createInitiative') &&
          open && (
            <FormAction label={t('initiativeForm.add')}>
              {(close) => <InitiativeForm initiative={null} onClose={close} />}
            </FormAction>
          )
        }
      >
        <InitiativeTable />
      </Panel>
      <RankingPart />
      <MarketPart />
      <ComparisonPart kind="competitor" />
      <ComparisonPart kind="trend" />
      <SwotPart />
    </div>
  )
}
