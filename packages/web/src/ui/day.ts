/** @file Days as people and date inputs write them. */

/** `2026-03-01` of an instant, where the reader is; nothing of nothing. */
export function dayOf(instant: string): string {
  if (instant === '') return ''
  const at = new Date(instant)
  const pad = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
}
