/** @file Every page by its address; all but the loop are loaded when first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Gate } from './features/access/Gate.tsx'
import { LoopPage } from './features/loop/LoopPage.tsx'
import { Broken } from './ui/Broken.tsx'
import { Frame } from './ui/Frame.tsx'
import { NotFound } from './ui/NotFound.tsx'

/** Whoever must sign in sees nothing else. */
const Door = () => (
  <Gate>
    <Frame />
  </Gate>
)
const root = createRootRoute({ component: Door, notFoundComponent: NotFound })

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, React.FC>>, name),
  })

const strategy = () => import('./features/strategy/StrategyPage.tsx')
const resources = () => import('./features/resources/ResourcesPage.tsx')
const team = () => import('./features/team/TeamPage.tsx')
const risk = () => import('./features/risk/RiskPage.tsx')
const review = () => import('./features/review/ReviewPage.tsx')
const datasets = () => import('./features/datasets/DatasetsPage.tsx')
const designs = () => import('./features/designs/DesignsPage.tsx')
const runs = () => import('./features/runs/RunsPage.tsx')
const run = () => import('./features/runs/RunPage.tsx')
const compareRuns = () => import('./features/runs/ComparePage.tsx')
const sweeps = () => import('./features/sweeps/SweepsPage.tsx')
const evaluations = () => import('./features/evaluations/EvaluationsPage.tsx')
const registry = () => import('./features/registry/RegistryPage.tsx')
const endpoints = () => import('./features/endpoints/EndpointsPage.tsx')
const members = () => import('./features/access/MembersPage.tsx')
const account = () => import('./features/access/AccountPage.tsx')
const measures = () => import('./features/measures/MeasuresPage.tsx')

const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: LoopPage }),
  page('/strategy', strategy, 'StrategyPage'),
  page('/resources', resources, 'ResourcesPage'),
  page('/team', team, 'TeamPage'),
  page('/risk', risk, 'RiskPage'),
  page('/review', review, 'ReviewPage'),
  page('/datasets', datasets, 'DatasetsPage'),
  page('/datasets/$id', datasets, 'DatasetsPage'),
  page('/designs', designs, 'DesignsPage'),
  page('/designs/$id', designs, 'DesignsPage'),
  page('/runs', runs, 'RunsPage'),
  page('/runs/compare', compareRuns, 'ComparePage'),
  page('/runs/$id', run, 'RunPage'),
  page('/members', members, 'MembersPage'),
  page('/account', account, 'AccountPage'),
  page('/measures', measures, 'MeasuresPage'),
  page('/measures/$id', measures, 'MeasuresPage'),
  page('/sweeps', sweeps, 'SweepsPage'),
  page('/sweeps/$id', sweeps, 'SweepsPage'),
  page('/evaluations', evaluations, 'EvaluationsPage'),
  page('/evaluations/$id', evaluations, 'EvaluationsPage'),
  page('/registry', registry, 'RegistryPage'),
  page('/registry/$id', registry, 'RegistryPage'),
  page('/endpoints', endpoints, 'EndpointsPage'),
  page('/endpoints/$id', endpoints, 'EndpointsPage'),
])

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
  scrollRestoration: true,
})
