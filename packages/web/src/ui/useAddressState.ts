/** @file What a page shows, kept in its address: it can be shared, and the browser's back button undoes it. */
import { useNavigate, useSearch } from '@tanstack/react-router'

export interface AddressState {
  text(key: string): string
  /** Several values, as a list. */
  list(key: string): string[]
  /** Sets some; an empty one is taken out of the address. */
  set(changes: Record<string, string | string[]>): void
}

export function useAddressState(): AddressState {
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const list = (key: string): string[] => {
    const value = search[key]
    if (value === undefined || value === null || value === '') return []
    return (Array.isArray(value) ? value : [value]).map(String)
  }
  return {
    list,
    text: (key) => list(key)[0] ?? '',
    set(changes) {
      const next: Record<string, unknown> = { ...search }
      for (const [key, value] of Object.entries(changes)) {
        if (value.length === 0) delete next[key]
        else next[key] = value
      }
      void navigate({ to: '.', search: next as never, replace: true, resetScroll: false })
    },
  }
}
