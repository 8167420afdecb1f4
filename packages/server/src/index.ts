/** @file Public entry: start a server on a workspace, or find the one that has it open. */
export { type RunningServer, type ServerOptions, startServer } from './start.ts'
export { runningServer, type ServerAddress } from './workspace/address.ts'
