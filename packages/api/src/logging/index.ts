/** @file Public entry of `@capstan/api/logging`: training code in Node logs into Capstan without waiting for it. */
export { deliverLeftover, type Leftover, leftovers, type SyncReport, spoolRoot } from './leftovers.ts'
export * from './run.ts'
