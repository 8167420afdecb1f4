/** @file The Mantine theme: Capstan's ink, paper, sea and brass as component colours. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const sea: MantineColorsTuple = [
  '#e8eff2',
  '#cfdde5',
  '#aac4d2',
  '#7fb4d1',
  '#4f8aab',
  '#326a8a',
  '#1d4e6b',
  '#1d4e6b',
  '#163d55',
  '#102e40',
]
const brass: MantineColorsTuple = [
  '#fbf5e8',
  '#f3e7cf',
  '#e6cd9a',
  '#d9b264',
  '#d9a441',
  '#bf8a26',
  '#8f6212',
  '#8f6212',
  '#74500f',
  '#5a3e0b',
]

export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  colors: { sea, brass },
  primaryColor: 'sea',
  primaryShade: { light: 6, dark: 3 },
  autoContrast: true,
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
})

const tokens = {
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-2)',
  '--mantine-color-default': 'var(--panel)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-anchor': 'var(--sea)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-placeholder': 'var(--ink-3)',
}

/** Grounds and borders of inputs and lists, which Mantine takes from its own greys in the dark. */
const darkGrounds = {
  '--mantine-color-dark-4': 'var(--line-strong)',
  '--mantine-color-dark-5': 'var(--sea-3)',
  '--mantine-color-dark-6': 'var(--panel)',
}

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: tokens,
  dark: { ...tokens, ...darkGrounds },
})
