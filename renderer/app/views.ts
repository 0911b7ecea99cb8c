import {
  Bell,
  ChartColumn,
  Columns2,
  FlaskConical,
  GitCompareArrows,
  History,
  LayoutDashboard,
  List,
  Rewind,
  Route,
  Settings,
  Split,
  type LucideIcon,
} from 'lucide-react';
import type { ComponentType } from 'react';
import { onDemand } from './on-demand.tsx';

/** The parts of the rail: what happens now, what it came to, and how things are set. */
export const VIEW_GROUPS = ['Watch', 'Understand', 'Set up'] as const;
type ViewGroup = (typeof VIEW_GROUPS)[number];

/** A place in the console: its address, its entry in the rail, and what is shown. */
export interface View {
  path: string;
  label: string;
  icon: LucideIcon;
  /** The part of the rail it stands in; within it, in the order of the list. */
  group: ViewGroup;
  /** The second key of its jump: `o` is reached by `g` and then `o`. No two views share one. */
  jump: string;
  /** True where the range picker of the top bar applies. */
  ranged: boolean;
  /** True for the few that a phone's bottom bar has room for. */
  pinned?: boolean;
  component: ComponentType;
}

/** The views in the order of the rail. Each loads when it is first opened, or before when there is time. */
export const VIEWS: readonly View[] = [
  {
    path: '/',
    label: 'Overview',
    icon: LayoutDashboard,
    group: 'Watch',
    jump: 'o',
    ranged: true,
    pinned: true,
    component: onDemand(async () => (await import('../features/overview/OverviewView.tsx')).OverviewView),
  },
  {
    path: '/fallbacks',
    label: 'Fallbacks',
    icon: Route,
    group: 'Watch',
    jump: 'f',
    ranged: true,
    pinned: true,
    component: onDemand(async () => (await import('../features/fallbacks/FallbacksView.tsx')).FallbacksView),
  },
  {
    path: '/requests',
    label: 'Requests',
    icon: List,
    group: 'Watch',
    jump: 'r',
    ranged: true,
    pinned: true,
    component: onDemand(async () => (await import('../features/requests/RequestsView.tsx')).RequestsView),
  },
  {
    path: '/alerts',
    label: 'Alerts',
    icon: Bell,
    group: 'Watch',
    jump: 'a',
    ranged: true,
    component: onDemand(async () => (await import('../features/alerts/AlertsView.tsx')).AlertsView),
  },
  {
    path: '/drills',
    label: 'Drills',
    icon: FlaskConical,
    group: 'Watch',
    jump: 'd',
    ranged: false,
    component: onDemand(async () => (await import('../features/drills/DrillsView.tsx')).DrillsView),
  },
  {
    path: '/costs',
    label: 'Costs',
    icon: ChartColumn,
    group: 'Understand',
    jump: 'c',
    ranged: true,
    pinned: true,
    component: onDemand(async () => (await import('../features/costs/CostsView.tsx')).CostsView),
  },
  {
    path: '/playground',
    label: 'Playground',
    icon: GitCompareArrows,
    group: 'Understand',
    jump: 'p',
    ranged: false,
    component: onDemand(async () => (await import('../features/playground/PlaygroundView.tsx')).PlaygroundView),
  },
  {
    path: '/experiments',
    label: 'Experiments',
    icon: Columns2,
    group: 'Understand',
    jump: 'e',
    ranged: false,
    component: onDemand(async () => (await import('../features/experiments/ExperimentsView.tsx')).ExperimentsView),
  },
  {
    path: '/routing',
    label: 'Routing',
    icon: Split,
    group: 'Set up',
    jump: 'i',
    ranged: false,
    component: onDemand(async () => (await import('../features/routing/RoutingView.tsx')).RoutingView),
  },
  {
    path: '/what-if',
    label: 'What if',
    icon: Rewind,
    group: 'Understand',
    jump: 'w',
    ranged: true,
    component: onDemand(async () => (await import('../features/replay/WhatIfView.tsx')).WhatIfView),
  },
  {
    path: '/audit',
    label: 'Audit',
    icon: History,
    group: 'Set up',
    jump: 'u',
    ranged: true,
    component: onDemand(async () => (await import('../features/audit/AuditView.tsx')).AuditView),
  },
  {
    path: '/settings',
    label: 'Settings',
    icon: Settings,
    group: 'Set up',
    jump: 's',
    ranged: false,
    component: onDemand(async () => (await import('../features/settings/SettingsView.tsx')).SettingsView),
  },
];

/** The view at a path; undefined where there is none. */
export function viewAt(path: string): View | undefined {
  return VIEWS.find((view) => view.path === path) ?? (path === '/index.html' ? VIEWS[0] : undefined);
}
