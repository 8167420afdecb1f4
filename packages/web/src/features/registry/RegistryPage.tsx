/** @file Registry: models with their versions, the stage of each, and its gate checked. */
import type { Model, Version } from '@capstan/api'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { GatePart } from './GatePart.tsx'
import { LineagePart } from './LineagePart.tsx'
import { useMoveVersion } from './registry.queries.ts'

const stages = ['candidate', 'staging', 'production', 'archived'] as const

export function RegistryPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const models = useQuery(reads.models())
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.versions')} lead={t('registry.lead')} />
      <QueryView query={models} empty={t('registry.none')}>
        {(list) => (
          <>
            {list.map((model) => (
              <ModelPart key={model.id} model={model} only={id} />
            ))}
          </>
        )}
      </QueryView>
    </div>
  )
}

function ModelPart({ model, only }: { model: Model; only: string | undefined }) {
  const { t } = useTranslation()
  const versions = only ? model.versions.filter(({ id }) => id === only) : model.versions
  return (
    <>
      {versions.map((version) => (
        <Panel
          key={version.id}
          title={t('registry.version', { name: model.name, number: version.number })}
          aside={t(`term.${version.stage}`)}
        >
          <VersionPart version={version} />
        </Panel>
      ))}
    </>
  )
}

function VersionPart({ version }: { version: Version }) {
  const { t } = useTranslation()
  const format = useFormat()
  const move = useMoveVersion()
  const may = useMay()
  const open = (href: string) => (
    <AppLink href={href} className={ui.link}>
      {t('common.open')}
    </AppLink>
  )
  return (
    <div className={ui.stack}>
      <Facts
        rows={[
          {
            key: 'stage',
            label: t('registry.stage'),
            value: (
              <NativeSelect
                size="xs"
                aria-label={t('registry.stage')}
                value={version.stage}
                disabled={move.isPending || !may('registry', 'move')}
                onChange={(event) =>
                  move.mutate({ id: version.id, stage: event.currentTarget.value as Version['stage'] })
                }
                data={stages.map((stage) => ({ value: stage, label: t(`term.${stage}`) }))}
              />
            ),
          },
          { key: 'size', label: t('common.size'), value: format.bytes(version.bytes) },
          ...(version.runId === null
            ? []
            : [{ key: 'run', label: t('evidence.run'), value: open(paths.runs(version.runId)) }]),
          ...(version.designId === null
            ? []
            : [{ key: 'design', label: t('runs.design'), value: open(paths.designs(version.designId)) }]),
          ...(version.evaluationId
            ? [
                {
                  key: 'evaluation',
                  label: t('evidence.evaluation'),
                  value: open(paths.evaluations(version.evaluationId)),
                },
              ]
            : []),
          ...(version.blob === null ? [] : fileRows(version.blob)),
          { key: 'at', label: t('common.when'), value: format.dateTime(version.createdAt) },
        ]}
      />
      {move.isError && <ErrorNote error={move.error} />}
      <GatePart version={version} />
      <LineagePart version={version} />
    </div>
  )

  function fileRows(blob: string) {
    return [
      {
        key: 'file',
        label: t('registry.file'),
        value: (
          <a
            href={`/api/v1/blobs/${blob}`}
            download={`${version.modelName}-v${version.number}.onnx`}
            className={ui.link}
          >
            {t('registry.download')}
          </a>
        ),
      },
      {
        key: 'hash',
        label: t('datasets.hash'),
        value: (
          <span className={ui.hash} title={blob}>
            {blob.slice(0, 16)}
          </span>
        ),
      },
    ]
  }
}
