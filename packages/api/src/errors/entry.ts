/** @file What an error of the catalogue is made of. */

export interface ErrorEntry {
  /** HTTP status where a request meets it. */
  status: number
  /** Exit status where a command meets it (sysexits.h where one fits). */
  exit: number
  en: { message: string; hint: string }
  'zh-CN': { message: string; hint: string }
}

export const entry = (
  status: number,
  exit: number,
  message: string,
  hint: string,
  messageZh: string,
  hintZh: string,
): ErrorEntry => ({ status, exit, en: { message, hint }, 'zh-CN': { message: messageZh, hint: hintZh } })
