/** @file The files that a run kept: by folder, with a preview and a download. */
import type { ArtifactPreview } from '@capstan/api'
import { Button, UnstyledButton } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { capstan } from '../../server/client.ts'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import { save } from '../../ui/save.ts'
import ui from '../../ui/ui.module.css'
import { useAddressState } from '../../ui/useAddressState.ts'
import { useFormat } from '../../ui/useFormat.ts'
import css from './runs.module.css'

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export function ArtifactsPart({ id }: { id: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const address = useAddressState()
  const [folder, file] = [address.text('folder'), address.text('file')]
  const entries = useQuery(reads.artifacts(id, folder))
  const download = useMutation({
    mutationFn: async (path: string) =>
      save(nameOf(path), await capstan().artifacts.get({ params: { id }, query: { path } })),
  })
  const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
  return (
    <Panel
      title={t('artifacts.title')}
      aside={
        folder !== '' && (
          <>
            {folder}{' '}
            <UnstyledButton className={ui.link} onClick={() => address.set({ folder: parent, file: '' })}>
              {t('artifacts.up')}
            </UnstyledButton>
          </>
        )
      }
    >
      <QueryView query={entries} empty={t('artifacts.none')}>
        {(rows) => (
          <DataTable
            caption={t('artifacts.title')}
            rows={rows}
            keyOf={({ path }) => path}
            current={file}
            columns={[
              {
                key: 'name',
                head: t('artifacts.name'),
                cell: ({ path, folder: inside }) => (
                  <UnstyledButton
                    className={ui.link}
                    onClick={() => address.set(inside ? { folder: path, file: '' } : { file: path })}
                  >
                    {nameOf(path)}
                    {inside ? '/' : ''}
                  </UnstyledButton>
                ),
              },
              {
                key: 'size',
                head: t('artifacts.size'),
                right: true,
                cell: ({ bytes }) => format.bytes(bytes),
              },
              {
                key: 'download',
                head: '',
                right: true,
                cell: ({ path, folder: inside }) =>
                  !inside && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      loading={download.isPending && download.variables === path}
                      onClick={() => download.mutate(path)}
                    >
                      {t('artifacts.download')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
      {download.isError && <ErrorNote error={download.error} />}
      {file !== '' && <Preview id={id} path={file} />}
    </Panel>
  )
}

function Preview({ id, path }: { id: string; path: string }) {
  const { t } = useTranslation()
  const query = useQuery(reads.artifact(id, path))
  return (
    <Panel level={3} title={t('artifacts.preview', { name: nameOf(path) })}>
      <QueryView query={query}>{(preview) => <Shown id={id} path={path} preview={preview} />}</QueryView>
    </Panel>
  )
}

function Shown({ id, path, preview }: { id: string; path: string; preview: ArtifactPreview }) {
  const { t } = useTranslation()
  const cut = 'cut' in preview && preview.cut && <p className={ui.note}>{t('artifacts.cut')}</p>
  switch (preview.kind) {
    case 'text':
    case 'json':
      return (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <pre className={css.file} tabIndex={0}>
            {preview.text}
          </pre>
          {cut}
        </>
      )
    case 'table':
      return (
        <>
          <DataTable<{ cells: string[]; i: number }>
            caption={nameOf(path)}
            rows={preview.rows.map((cells, i) => ({ cells, i }))}
            keyOf={({ i }) => String(i)}
            columns={preview.columns.map((head, i) => ({
              key: `${i} ${head}`,
              head,
              cell: ({ cells }) => cells[i],
            }))}
          />
          {cut}
        </>
      )
    case 'image':
      return <Picture id={id} path={path} type={preview.type} />
    case 'onnx':
      return <Model preview={preview} />
    case 'unreadable':
      return (
        <p>
          {preview.reason} {preview.hint}
        </p>
      )
    case 'none':
      return <p className={ui.quiet}>{t('artifacts.noPreview')}</p>
  }
}

/** Drawn from a data address: opened by itself it is no page of this origin, whatever the file holds. */
function Picture({ id, path, type }: { id: string; path: string; type: string }) {
  const query = useQuery({
    queryKey: ['runs', id, 'picture', path],
    queryFn: async ({ signal }) => {
      const bytes = await capstan().artifacts.get({ params: { id }, query: { path } }, signal)
      return new Promise<string>((resolve, reject) => {
        const reader = new FileReader()
        reader.onload = () => resolve(String(reader.result))
        reader.onerror = () => reject(reader.error)
        reader.readAsDataURL(new Blob([bytes], { type }))
      })
    },
  })
  return (
    <QueryView query={query}>
      {(address) => <img className={css.picture} src={address} alt={nameOf(path)} />}
    </QueryView>
  )
}

function Model({ preview }: { preview: Extract<ArtifactPreview, { kind: 'onnx' }> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const tensors = (list: typeof preview.inputs) =>
    list
      .map(({ name, type, shape }) => `${name}: ${type} [${shape.map((size) => size ?? '?').join(', ')}]`)
      .join('; ')
  return (
    <Facts
      rows={[
        { key: 'inputs', label: t('artifacts.inputs'), value: tensors(preview.inputs) },
        { key: 'outputs', label: t('artifacts.outputs'), value: tensors(preview.outputs) },
        { key: 'parameters', label: t('artifacts.parameters'), value: format.integer(preview.parameters) },
        { key: 'nodes', label: t('artifacts.nodes'), value: format.integer(preview.nodes) },
        {
          key: 'ops',
          label: t('artifacts.ops'),
          value: preview.ops.map(({ op, count }) => `${op} ${count}`).join(', '),
        },
      ]}
    />
  )
}
