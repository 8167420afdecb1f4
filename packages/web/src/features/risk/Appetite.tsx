/** @file The appetite: the chance tolerated for each loss, what the simulation says, and a point to set. */
import type { RiskAppetite } from '@capstan/api'
import { Button, NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import css from './risk.module.css'
import { useSetAppetite } from './risk.queries.ts'
import { appetiteRows, withPoint } from './risk.view.ts'

export function Appetite() {
  const { t } = useTranslation()
  const appetite = useQuery(reads.appetite())
  const may = useMay()
  return (
    <>
      <p className={css.lead}>{t('risks.appetiteLead')}</p>
      <QueryView query={appetite}>
        {(set) => (
          <>
            {set ? <Points appetite={set} /> : <p className={ui.empty}>{t('risks.noAppetite')}</p>}
            {may('risk', 'setAppetite') && <SetPoint before={set} />}
          </>
        )}
      </QueryView>
    </>
  )
}

function Points({ appetite }: { appetite: RiskAppetite }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = useSentence()
  const write = useSetAppetite()
  const may = useMay()
  const { refusal } = appetite.standing
  return (
    <>
      <DataTable
        caption={t('risks.appetite')}
        rows={appetiteRows(appetite)}
        keyOf={({ loss }) => String(loss)}
        columns={[
          { key: 'loss', head: t('risks.lossOver'), right: true, cell: ({ loss }) => format.money(loss) },
          {
            key: 'tolerated',
            head: t('risks.tolerated'),
            right: true,
            cell: ({ chance }) => format.percent(chance),
          },
          {
            key: 'found',
            head: t('risks.found'),
            right: true,
            cell: ({ found }) => (found === null ? '–' : format.percent(found)),
          },
          {
            key: 'state',
            head: t('strategy.state'),
            cell: ({ within }) =>
              within === null ? (
                '–'
              ) : (
                <span className={ui.chip}>
                  <StateMark
                    tone={within ? 'good' : 'bad'}
                    label={t(within ? 'risks.within' : 'risks.beyond')}
                  />
                  {t(within ? 'risks.within' : 'risks.beyond')}
                </span>
              ),
          },
          {
            key: 'out',
            head: '',
            cell: ({ loss }) =>
              may('risk', 'setAppetite') &&
              appetite.points.length > 1 && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() =>
                    write.mutate({
                      before: appetite,
                      points: appetite.points.filter((point) => point.loss !== loss),
                    })
                  }
                >
                  {t('risks.takeOut')}
                </Button>
              ),
          },
        ]}
      />
      {refusal && <p className={ui.note}>{say(refusal)}</p>}
      <p className={ui.note}>{t(appetite.gatesReleases ? 'risks.gates' : 'risks.gatesNot')}</p>
      {write.isError && <ErrorNote error={write.error} />}
    </>
  )
}

function SetPoint({ before }: { before: RiskAppetite | null }) {
  const { t } = useTranslation()
  const write = useSetAppetite()
  const [loss, setLoss] = useState<number | string>('')
  const [percent, setPercent] = useState<number | string>('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (typeof loss !== 'number' || typeof percent !== 'number') return
    const clear = () => {
      setLoss('')
      setPercent('')
    }
    const points = withPoint(before?.points ?? [], { loss, chance: percent / 100 })
    write.mutate({ before, points }, { onSuccess: clear })
  }
  return (
    <form onSubmit={send}>
      <div className={css.form}>
        <NumberInput
          size="xs"
          label={t('risks.lossOver')}
          value={loss}
          onChange={setLoss}
          hideControls
          required
        />
        <NumberInput
          size="xs"
          label={t('risks.percent')}
          value={percent}
          onChange={setPercent}
          hideControls
          required
        />
        <Button
          size="xs"
          type="submit"
          variant="default"
          loading={write.isPending}
          disabled={typeof loss !== 'number' || typeof percent !== 'number'}
        >
          {t('risks.setPoint')}
        </Button>
      </div>
      {write.isError && <ErrorNote error={write.error} />}
    </form>
  )
}
