/** @file A progress bar as text. */

/** `━━━━━━━╺─────`: `share` from 0 to 1 drawn on `width` cells. */
export const bar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '━'.repeat(full) + '─'.repeat(width - full)
}
