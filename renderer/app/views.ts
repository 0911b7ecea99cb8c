import { ChartColumn, GitCompareArrows, LayoutDashboard, Route, type LucideIcon } from 'lucide-react';
import { lazy, type ComponentType } from 'react';

/** A place in the console: its address, its entry in the rail, and what is shown. */
export interface View {
  path: string;
  label: string;
  icon: LucideIcon;
  /** True where the range picker of the top bar applies. */
  ranged: boolean;
  component: ComponentType;
}

/** The views in the order of the rail. Each loads when it is first opened. */
export const VIEWS: readonly View[] = [
  {
    path: '/',
    label: 'Overview',
    icon: LayoutDashboard,
    ranged: true,
    component: lazy(async () => ({ default: (await import('../features/overview/OverviewView.tsx')).OverviewView })),
  },
  {
    path: '/fallbacks',
    label: 'Fallbacks',
    icon: Route,
    ranged: true,
    component: lazy(async () => ({ default: (await import('../features/fallbacks/FallbacksView.tsx')).FallbacksView })),
  },
  {
    path: '/costs',
    label: 'Costs',
    icon: ChartColumn,
    ranged: true,
    component: lazy(async () => ({ default: (await import('../features/costs/CostsView.tsx')).CostsView })),
  },
  {
    path: '/playground',
    label: 'Playground',
    icon: GitCompareArrows,
    ranged: false,
    component: lazy(async () => ({
      default: (await import('../features/playground/PlaygroundView.tsx')).PlaygroundView,
    })),
  },
];

/** The view at a path; undefined where there is none. */
export function viewAt(path: string): View | undefined {
  return VIEWS.find((view) => view.path === path) ?? (path === '/index.html' ? VIEWS[0] : undefined);
}
