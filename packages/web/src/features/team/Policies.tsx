/** @file Who must approve a release, a run that breaks a budget, or a decision. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useMay } from '../../ui/useMay.ts'
import { PolicyForm } from './PolicyForm.tsx'
import { approvalKinds, policyInForce } from './policy.view.ts'
import css from './team.module.css'

export function Policies() {
  const { t } = useTranslation()
  const may = useMay()
  const policies = useQuery(reads.policies())
  const members = useQuery(reads.members()).data ?? []
  const wanted = (rules: ReturnType<typeof policyInForce>) => {
    if (!rules) return t('policy.nobody')
    const people = rules.members.map((id) => members.find((member) => member.id === id)?.name ?? id)
    return [...rules.roles.map((role) => t(`role.${role}`)), ...people].join(' + ')
  }
  const conditions = (rules: ReturnType<typeof policyInForce>) =>
    rules
      ? [
          rules.count > 0 ? t('policy.atLeast', { n: rules.count }) : '',
          rules.notOwn ? t('policy.notOwnShort') : '',
          rules.expiresAfterHours === null ? '' : t('policy.within', { n: rules.expiresAfterHours }),
        ]
          .filter(Boolean)
          .join(' · ')
      : ''
  return (
    <section className={css.policies}>
      <h3 className={ui.sub}>{t('policy.title')}</h3>
      <QueryView query={policies}>
        {(list) => (
          <DataTable
            caption={t('policy.title')}
            rows={approvalKinds.map((kind) => ({ kind, rules: policyInForce(list, kind) }))}
            keyOf={({ kind }) => kind}
            columns={[
              { key: 'kind', head: t('policy.subject'), cell: ({ kind }) => t(`policy.kind.${kind}`) },
              { key: 'who', head: t('policy.who'), cell: ({ rules }) => wanted(rules) },
              { key: 'conditions', head: '', cell: ({ rules }) => conditions(rules) },
              {
                key: 'set',
                head: '',
                edge: true,
                cell: ({ kind, rules }) =>
                  may('team', 'createPolicy') && (
                    <FormAction label={t('form.edit')} of={t(`policy.kind.${kind}`)} quiet>
                      {(close) => <PolicyForm kind={kind} rules={rules} onClose={close} />}
                    </FormAction>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
    </section>
  )
}
