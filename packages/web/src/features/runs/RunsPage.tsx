/** @file Runs: searched by expression, with chosen columns; several can be compared. */
import type { Run, TrackedRun } from '@capstan/api'
import { Button, Checkbox, MultiSelect, TextInput, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { capstan } from '../../server/client.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { save } from '../../ui/save.ts'
import ui from '../../ui/ui.module.css'
import { useAddressState } from '../../ui/useAddressState.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { RunStateChip } from './RunStateChip.tsx'
import css from './runs.module.css'
import { directionOf, keysOf, nextOrder, shortNumber, unaskedColumns, valueIn } from './search.view.ts'

export function RunsPage() {
  const { t } = useTranslation()
  const address = useAddressState()
  const [filter, order] = [address.text('filter'), address.text('order')]
  const found = useInfiniteQuery(reads.foundRuns(filter, order === '' ? [] : [order]))
  const recent = useQuery(reads.runs()).data
  const runs = found.data?.pages.flatMap((page) => page.runs) ?? []
  const keys = keysOf(runs)
  const asked = address.list('columns')
  const columns = asked.length > 0 ? asked : unaskedColumns(keys)
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('nav.runs')}
        lead={t('runs.lead')}
        actions={<Exports filter={filter} order={order} />}
      />
      <div>
        <SearchBox key={filter} filter={filter} onFind={(next) => address.set({ filter: next })} />
        <MultiSelect
          className={css.columns}
          size="xs"
          label={t('search.pickColumns')}
          data={[...new Set([...keys.metrics, ...keys.params, ...columns])]}
          value={columns}
          onChange={(next) => address.set({ columns: next })}
          searchable
          limit={200}
        />
        <Chosen ids={address.list('run')} onNone={() => address.set({ run: [] })} />
      </div>
      {found.isError && <ErrorNote error={found.error} />}
      {!found.isError && found.data && runs.length === 0 && (
        <p className={ui.empty}>{filter === '' ? t('runs.none') : t('search.nothing')}</p>
      )}
      {found.isPending && !found.isError && <p className={ui.loading}>{t('frame.loading')}</p>}
      {!found.isError && runs.length > 0 && (
        <Found runs={runs} recent={recent ?? []} columns={columns} order={order} />
      )}
      {found.hasNextPage && !found.isError && (
        <div className={ui.buttons}>
          <Button
            size="compact-sm"
            variant="default"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {t('search.more')}
          </Button>
          <span className={ui.note}>{t('search.shown', { n: runs.length })}</span>
        </div>
      )}
    </div>
  )
}

function SearchBox({ filter, onFind }: { filter: string; onFind: (filter: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(filter)
  useEffect(() => setText(filter), [filter])
  return (
    <search>
      <form
        className={css.search}
        onSubmit={(event) => {
          event.preventDefault()
          onFind(text.trim())
        }}
      >
        <TextInput
          className={css.expression}
          size="sm"
          aria-label={t('search.expression')}
          placeholder={t('search.example')}
          value={text}
          spellCheck={false}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" size="sm">
          {t('search.find')}
        </Button>
        {filter !== '' && (
          <Button size="sm" variant="default" onClick={() => onFind('')}>
            {t('search.clear')}
          </Button>
        )}
      </form>
    </search>
  )
}

function Chosen({ ids, onNone }: { ids: string[]; onNone: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  if (ids.length === 0) return null
  return (
    <div className={ui.buttons}>
      <span className={ui.note}>{t('search.chosen', { n: ids.length })}</span>
      <Button
        size="compact-sm"
        disabled={ids.length < 2}
        onClick={() => void navigate({ to: paths.compareRuns as '/', search: { run: ids } as never })}
      >
        {t('search.compare')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onNone}>
        {t('search.unchoose')}
      </Button>
    </div>
  )
}

function Exports({ filter, order }: { filter: string; order: string }) {
  const { t } = useTranslation()
  const write = useMutation({
    mutationFn: async (format: 'csv' | 'parquet') => {
      const orderBy = order === '' ? [] : [order]
      save(`runs.${format}`, await capstan().tracking.export({ body: { filter, orderBy, format } }))
    },
  })
  return (
    <>
      {write.isError && <ErrorNote error={write.error} />}
      {(['csv', 'parquet'] as const).map((format) => (
        <Button
          key={format}
          size="compact-sm"
          variant="default"
          loading={write.isPending && write.variables === format}
          onClick={() => write.mutate(format)}
        >
          {t('search.export')} {format === 'csv' ? 'CSV' : 'Parquet'}
        </Button>
      ))}
    </>
  )
}

interface FoundProps {
  runs: TrackedRun[]
  /** With what a search does not tell: progress and cost. */
  recent: readonly Run[]
  columns: string[]
  order: string
}

function Found({ runs, recent, columns, order }: FoundProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const address = useAddressState()
  const chosen = address.list('run')
  const known = new Map(recent.map((run) => [run.id, run]))
  const sortable = (key: string, label: string) => {
    const direction = directionOf(order, key)
    return (
      <UnstyledButton
        className={css.sort}
        aria-label={t('search.sortBy', { column: label })}
        data-direction={direction}
        onClick={() => address.set({ order: nextOrder(order, key) })}
      >
        {label}
        {direction === undefined ? '' : direction === 'descending' ? ' ↓' : ' ↑'}
      </UnstyledButton>
    )
  }
  const choose = (id: string, on: boolean) =>
    address.set({ run: on ? [...chosen, id] : chosen.filter((each) => each !== id) })
  const shown = (value: string | number | null) =>
    value === null ? t('common.none') : typeof value === 'number' ? shortNumber(value, format.number) : value
  const fixed: Column<TrackedRun>[] = [
    {
      key: 'choose',
      head: '',
      cell: ({ id, number }) => (
        <Checkbox
          size="xs"
          aria-label={t('search.choose', { number })}
          checked={chosen.includes(id)}
          onChange={({ currentTarget }) => choose(id, currentTarget.checked)}
        />
      ),
    },
    { key: 'number', head: sortable('number', t('runs.number')), right: true, cell: ({ number }) => number },
    {
      key: 'name',
      head: sortable('name', t('team.name')),
      cell: ({ id, name }) => (
        <AppLink href={paths.runs(id)} className={ui.link}>
          {name}
        </AppLink>
      ),
    },
    { key: 'kind', head: t('runs.kind'), cell: ({ kind }) => t(`runKind.${kind}`) },
    {
      key: 'state',
      head: t('strategy.state'),
      cell: (run) => <RunStateChip run={known.get(run.id) ?? { state: run.state, progress: null }} />,
    },
  ]
  return (
    <DataTable
      caption={t('nav.runs')}
      rows={runs}
      keyOf={({ id }) => id}
      columns={[
        ...fixed,
        ...columns.map((key) => ({
          key,
          head: sortable(key, key.slice(key.indexOf('.') + 1)),
          right: key.startsWith('metrics.'),
          cell: (run: TrackedRun) => <span className={css.value}>{shown(valueIn(run, key))}</span>,
        })),
        {
          key: 'seconds',
          head: sortable('duration', t('runs.time')),
          right: true,
          cell: ({ startedAt, endedAt }) =>
            startedAt && endedAt
              ? format.seconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)
              : t('common.none'),
        },
        {
          key: 'cost',
          head: t('resources.cost'),
          right: true,
          cell: ({ id }) => {
            const run = known.get(id)
            return run ? format.money(run.cost.amount) : t('common.none')
          },
        },
        {
          key: 'at',
          head: sortable('start_time', t('common.when')),
          right: true,
          cell: ({ startedAt }) => (startedAt ? format.dateTime(startedAt) : t('common.none')),
        },
      ]}
    />
  )
}
