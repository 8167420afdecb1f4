/** @file Looks up a text of the command line and fills its slots. */
import type { Language } from '@capstan/api'
import type { SlotsOf } from '@capstan/domain'
import { en } from './en.ts'
import { zhCN } from './zh-CN.ts'

export type TextKey = keyof typeof en

type Values<K extends TextKey> = [SlotsOf<(typeof en)[K]>] extends [never]
  ? []
  : [Record<SlotsOf<(typeof en)[K]>, string | number>]

/** The compiler asks for exactly the slots that the English text has. */
export type Say = <K extends TextKey>(key: K, ...values: Values<K>) => string

export const catalogues: Record<Language, Record<TextKey, string>> = { en, 'zh-CN': zhCN }

export const sayIn =
  (language: Language): Say =>
  (key, ...[values]) =>
    catalogues[language][key].replace(/\{(\w+)\}/g, (slot, name: string) =>
      String((values as Record<string, string | number> | undefined)?.[name] ?? slot),
    )
