/** @file A message: a catalogued code with its values, for every sentence that a user can meet. */
import type { en } from './en.ts'

export type MessageCode = keyof typeof en

export type Language = 'en' | 'zh-CN'

/** Every refusal or explanation: a code from the catalogue and the values of its slots. */
export type Message = { code: MessageCode; values: Record<string, string | number> }

/** The outcome of a decision that may be refused; nothing is half-done when it is. */
export type Result<T> = { ok: true; value: T } | { ok: false; refusal: Message }

type SlotName<S extends string> = S extends `${infer Name}:${string}` ? Name : S

/** The slot names of a template, read from its text by the compiler. */
export type SlotsOf<T extends string> = T extends `${string}{${infer Slot}}${infer Rest}`
  ? SlotName<Slot> | SlotsOf<Rest>
  : never

/** Builds a message; the compiler checks that every slot of its template has a value. */
export const message = <C extends MessageCode>(
  code: C,
  values: Record<SlotsOf<(typeof en)[C]>, string | number>,
): Message => ({ code, values })

export const accepted = <T>(value: T): Result<T> => ({ ok: true, value })
export const refused = <T = never>(refusal: Message): Result<T> => ({ ok: false, refusal })
