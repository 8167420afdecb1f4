/** @file Checking a design without keeping it. */
import type { DesignSource } from '@capstan/api'
import { useMutation } from '@tanstack/react-query'
import { capstan } from '../../server/client.ts'

export const useCheckDesign = () =>
  useMutation({ mutationFn: (text: string) => capstan().designs.check({ body: sourceOf(text) }) })

/** What is sent is what was typed; the server's checks name what is wrong with it. */
const sourceOf = (text: string): DesignSource => JSON.parse(text) as DesignSource
