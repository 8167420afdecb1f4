/** @file The few signs of the pages, drawn as hairline paths. */

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.5,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const

export function PenMark() {
  return (
    <svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true">
      <path
        {...line}
        strokeWidth={1.2}
        d="M1.5 10.5l.6-2.4L8.3 1.9a1 1 0 0 1 1.5 0l.3.3a1 1 0 0 1 0 1.5L3.9 9.9z"
      />
    </svg>
  )
}

export function CapstanMark() {
  return (
    <svg width="24" height="24" viewBox="-11 -11 22 22" aria-hidden="true">
      <path d="M0-9.5V9.5M-9.5 0H9.5" stroke="var(--sea)" strokeWidth="2" strokeLinecap="round" />
      <circle r="5.4" fill="var(--panel)" stroke="var(--sea)" strokeWidth="1.8" />
      <circle r="1.8" fill="var(--brass-line)" />
    </svg>
  )
}

export function MenuMark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path {...line} d="M3 5h12M3 9h12M3 13h12" />
    </svg>
  )
}

export function SunMark() {
  return (
    <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      <circle {...line} r="3" />
      <path
        {...line}
        d="M0-6.8v1.4M0 5.4v1.4M-6.8 0h1.4M5.4 0h1.4M-4.8-4.8l1 1M3.8 3.8l1 1M-4.8 4.8l1-1M3.8-3.8l1-1"
      />
    </svg>
  )
}

export function MoonMark() {
  return (
    <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
      <path {...line} d="M5.6 2.2A6 6 0 1 1-2.2-5.6 4.8 4.8 0 0 0 5.6 2.2z" />
    </svg>
  )
}

/** A state by shape as well as by colour: tick, exclamation bar, cross, or an open ring. */
const shapes = {
  good: { color: 'var(--ok)', path: 'M-3 .2L-.8 2.4 3.2-2.4' },
  watch: { color: 'var(--warn)', path: 'M0-3.2V.6M0 3.1v.1' },
  bad: { color: 'var(--bad)', path: 'M-2.4-2.4L2.4 2.4M2.4-2.4L-2.4 2.4' },
  open: { color: 'var(--ink-3)', path: '' },
} as const
export type Tone = keyof typeof shapes

export function StateMark({ tone, label }: { tone: Tone; label: string }) {
  const { color, path } = shapes[tone]
  return (
    <svg width="14" height="14" viewBox="-7 -7 14 14" role="img" aria-label={label} style={{ flex: 'none' }}>
      <title>{label}</title>
      <circle
        r="6"
        fill={tone === 'open' ? 'none' : color}
        stroke={color}
        strokeWidth="1.2"
        strokeDasharray={tone === 'open' ? '2 2' : undefined}
      />
      <path
        d={path}
        stroke="var(--panel)"
        strokeWidth="1.7"
        fill="none"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
