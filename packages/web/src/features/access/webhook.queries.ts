/** @file What is read and changed of webhooks and their deliveries. */
import { queryOptions } from '@tanstack/react-query'
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const webhookReads = {
  list: () =>
    queryOptions({
      queryKey: ['webhooks'],
      queryFn: ({ signal }) => capstan().webhooks.list(undefined, signal),
      retry: false,
    }),
  deliveries: (id: string) =>
    queryOptions({
      queryKey: ['webhooks', id, 'deliveries'],
      queryFn: ({ signal }) =>
        capstan().webhooks.deliveries({ params: { id }, query: { limit: 10 } }, signal),
      refetchInterval: ({ state }) => (state.data?.some((one) => one.state === 'waiting') ? 1500 : false),
    }),
}

export const useAddWebhook = () =>
  useWrite((body: BodyOf<'webhooks', 'create'>) => capstan().webhooks.create({ body }))
export const useEditWebhook = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'webhooks', 'edit'>) =>
    capstan().webhooks.edit({ params: { id }, body }),
  )
export const useRemoveWebhook = () => useWrite((id: string) => capstan().webhooks.remove({ params: { id } }))
export const useTryWebhook = () => useWrite((id: string) => capstan().webhooks.trial({ params: { id } }))
export const useSendAgain = () => useWrite((id: string) => capstan().webhooks.again({ params: { id } }))
