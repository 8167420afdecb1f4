/** @file Changes on the risk page: the register, mitigations, indicators, causes, incidents, the appetite. */
import type { Incident, Mitigation, RiskAppetite } from '@capstan/api'
import { queryOptions } from '@tanstack/react-query'
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useSimulate = () => useWrite((seed: number) => capstan().risk.simulate({ body: { seed } }))

export const useAdopt = () =>
  useWrite(({ id, revision, adopted }: Mitigation) =>
    capstan().risk.editMitigation({ params: { id }, body: { revision, adopted: !adopted } }),
  )

export const useOpenIncident = () =>
  useWrite(
    (body: { title: string; riskId: string | null; severity: Incident['severity']; loss: number | null }) =>
      capstan().risk.openIncident({ body }),
  )

export const useResolve = () =>
  useWrite(({ id, revision }: Incident) =>
    capstan().risk.editIncident({ params: { id }, body: { revision, state: 'resolved' } }),
  )

export const useSetAppetite = () =>
  useWrite(({ before, points }: { before: RiskAppetite | null; points: RiskAppetite['points'] }) =>
    capstan().risk.setAppetite({
      body: {
        points,
        ...(before ? { revision: before.revision, gatesReleases: before.gatesReleases } : {}),
      },
    }),
  )

export const useFromCatalogue = () =>
  useWrite(({ key, language }: { key: string; language: 'en' | 'zh-CN' }) =>
    capstan().risk.fromCatalogue({ params: { key }, body: { language } }),
  )

export const causeReads = () =>
  queryOptions({ queryKey: ['causes'], queryFn: ({ signal }) => capstan().risk.causes(undefined, signal) })

export const closedRisks = () =>
  queryOptions({
    queryKey: ['risks', 'closed'],
    queryFn: ({ signal }) => capstan().risk.list({ query: { archived: true } }, signal),
  })

export const useAddRisk = () => useWrite((body: BodyOf<'risk', 'create'>) => capstan().risk.create({ body }))
export const useEditRisk = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'risk', 'edit'>) =>
    capstan().risk.edit({ params: { id }, body }),
  )

export const useAddMitigation = () =>
  useWrite((body: BodyOf<'risk', 'createMitigation'>) => capstan().risk.createMitigation({ body }))
export const useEditMitigation = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'risk', 'editMitigation'>) =>
    capstan().risk.editMitigation({ params: { id }, body }),
  )

export const useAddIndicator = () =>
  useWrite((body: BodyOf<'risk', 'createIndicator'>) => capstan().risk.createIndicator({ body }))
export const useEditIndicator = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'risk', 'editIndicator'>) =>
    capstan().risk.editIndicator({ params: { id }, body }),
  )
export const useRemoveIndicator = () =>
  useWrite((id: string) => capstan().risk.removeIndicator({ params: { id } }))

export const useAddCause = () =>
  useWrite((body: BodyOf<'risk', 'createCause'>) => capstan().risk.createCause({ body }))
export const useEditCause = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'risk', 'editCause'>) =>
    capstan().risk.editCause({ params: { id }, body }),
  )
export const useRemoveCause = () => useWrite((id: string) => capstan().risk.removeCause({ params: { id } }))

export const useEditIncident = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'risk', 'editIncident'>) =>
    capstan().risk.editIncident({ params: { id }, body }),
  )
