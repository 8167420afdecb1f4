/** @file What an initiative needs of each pool, one amount for each period of its duration. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import type { InitiativeFields } from './initiative.view.ts'

/** Numbers with commas or spaces between them. */
const AMOUNTS = String.raw`\s*\d+(\.\d+)?([\s,，、;]+\d+(\.\d+)?)*\s*`

export function InitiativeNeeds({ form }: { form: Form<InitiativeFields> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const pools = useQuery(reads.pools()).data ?? []
  const { needs } = form.fields
  const free = pools.filter(({ id }) => !needs.some(({ poolId }) => poolId === id))
  const change = (at: number, patch: Partial<(typeof needs)[number]>) =>
    form.set({ needs: needs.map((need, i) => (i === at ? { ...need, ...patch } : need)) })
  return (
    <fieldset className={css.group}>
      <legend>{t('initiativeForm.needs')}</legend>
      <p className={ui.note}>{t(pools.length > 0 ? 'initiativeForm.needsNote' : 'initiativeForm.noPools')}</p>
      {needs.map(({ poolId, amounts }, i) => {
        const pool = pools.find(({ id }) => id === poolId)
        return (
          <div key={poolId} className={css.entry}>
            <div className={css.line}>
              <NativeSelect
                size="xs"
                label={t('resources.pool')}
                value={poolId}
                onChange={({ currentTarget }) => change(i, { poolId: currentTarget.value })}
                data={[...(pool ? [pool] : []), ...free].map(({ id, name }) => ({ value: id, label: name }))}
              />
              <TextInput
                size="xs"
                label={t('initiativeForm.amounts', { unit: format.unitName(pool?.unit ?? '') })}
                value={amounts}
                onChange={({ currentTarget }) => change(i, { amounts: currentTarget.value })}
                pattern={AMOUNTS}
                inputMode="decimal"
                required
              />
            </div>
            <Button
              size="xs"
              variant="subtle"
              aria-label={`${t('form.remove')}: ${pool?.name ?? poolId}`}
              onClick={() => form.set({ needs: needs.filter((_, k) => k !== i) })}
            >
              {t('form.remove')}
            </Button>
          </div>
        )
      })}
      {free[0] && (
        <div>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => form.set({ needs: [...needs, { poolId: free[0]!.id, amounts: '' }] })}
          >
            {t('initiativeForm.addNeed')}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
