/** @file Designs: each traced layer by layer, and an editor that checks a design before anything is trained. */
import type { Design, DesignSummary } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { CheckPart } from './CheckPart.tsx'

export function DesignsPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const designs = useQuery(reads.designs())
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.designs')} lead={t('designs.lead')} />
      <QueryView query={designs} empty={t('designs.none')}>
        {(list) => {
          const chosen = id ? list.filter((design) => design.id === id) : list
          if (chosen.length === 0) return <p className={ui.empty}>{t('common.notFound')}</p>
          return (
            <>
              {chosen.map((design) => (
                <DesignPart key={design.id} design={design} />
              ))}
            </>
          )
        }}
      </QueryView>
      <Panel title={t('designs.check')}>
        <CheckPart summary={(summary) => <SummaryPart summary={summary} />} />
      </Panel>
    </div>
  )
}

function DesignPart({ design }: { design: Design }) {
  const format = useFormat()
  return (
    <Panel title={design.name} aside={format.dateTime(design.createdAt)} id={`design-${design.id}`}>
      <div className={ui.stack}>
        {design.description && <p className={ui.note}>{design.description}</p>}
        <SummaryPart summary={design.summary} />
      </div>
    </Panel>
  )
}

function SummaryPart({ summary }: { summary: DesignSummary }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = [
    { key: 'parameters', label: t('designs.parameters'), value: format.integer(summary.parameters) },
    { key: 'flops', label: t('designs.flops'), value: format.integer(summary.flops) },
    { key: 'activation', label: t('designs.activation'), value: format.bytes(summary.activationBytes) },
    { key: 'optimiser', label: t('designs.optimiser'), value: format.bytes(summary.optimiserBytes) },
  ]
  const shape = (sizes: number[]) => sizes.map((size) => format.integer(size)).join(' × ')
  return (
    <div className={ui.stack}>
      <DataTable
        caption={t('designs.layers')}
        rows={summary.layers}
        keyOf={({ name }) => name}
        columns={[
          {
            key: 'name',
            head: t('designs.layer'),
            cell: ({ name }) => <span className={ui.hash}>{name}</span>,
          },
          { key: 'kind', head: t('designs.kind'), cell: ({ kind }) => kind },
          { key: 'in', head: t('designs.input'), right: true, cell: ({ inputShape }) => shape(inputShape) },
          {
            key: 'out',
            head: t('designs.output'),
            right: true,
            cell: ({ outputShape }) => shape(outputShape),
          },
          {
            key: 'parameters',
            head: t('designs.parameters'),
            right: true,
            cell: ({ parameters }) => format.integer(parameters),
          },
          { key: 'flops', head: t('designs.flops'), right: true, cell: ({ flops }) => format.integer(flops) },
        ]}
      />
      <Facts rows={rows} />
    </div>
  )
}
