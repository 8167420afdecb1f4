/** @file Changes on the risk page: simulations, mitigations, incidents, the appetite, risks of the catalogue. */
import type { Incident, Mitigation, RiskAppetite } from '@capstan/api'
import { capstan } from '../../server/client.ts'
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
