/** @file Starts the page: language, theme, cache, live events, routes. */
import './server/strictPolicy.ts'
import '@mantine/core/styles.layer.css'
import './styles.css'
import { ApiError } from '@capstan/api'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from './i18n/i18n.ts'
import { mlflowPath } from './paths.ts'
import { router } from './routes.tsx'
import { followLive } from './server/live.ts'
import { theme, variables } from './theme.ts'

/** A refusal stays one; what did not answer, or broke, may answer the second time. */
function onceUnlessRefused(failures: number, error: Error): boolean {
  return failures < 1 && !(error instanceof ApiError && error.status < 500)
}

const queries = new QueryClient({
  defaultOptions: { queries: { retry: onceUnlessRefused, staleTime: 10_000, refetchOnWindowFocus: true } },
})

// A page left open over an upgrade asks for parts that are gone: load the new page, once.
addEventListener('vite:preloadError', () => {
  const age = performance.now()
  if (age > 10_000) location.reload()
})

// before the router reads the address
const printed = mlflowPath(location.hash)
if (printed !== null) history.replaceState(null, '', printed)

await startI18n()
followLive(queries)
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)
