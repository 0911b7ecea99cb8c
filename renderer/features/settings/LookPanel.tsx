import type { Settings } from '../../../shared/domain/settings.ts';
import { viewerTimeZone } from '../../../shared/format/time.ts';
import { usePreferences, type Theme } from '../../state/preferences.ts';
import { showOverlay } from '../../state/overlay.ts';
import { Button } from '../../ui/Button.tsx';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';
import { Field, TextInput } from '../../ui/Field.tsx';
import { Nothing } from '../../ui/figures.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { RelativeTime } from '../../ui/time.tsx';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** What this viewer chose on this device, and what runs. */
export function LookPanel({ settings }: { settings: Settings | undefined }) {
  const { theme, operator } = usePreferences();
  return (
    <Panel title="This console" note="kept on this device">
      <div className="flex flex-col gap-3">
        <Segmented
          label="Theme"
          labelled
          value={theme}
          options={THEMES}
          onChange={(value) => usePreferences.setState({ theme: value })}
        />
        <Field label="Operator" hint="Stands in the audit beside whatever you change." className="max-w-80">
          {(control) => (
            <TextInput
              {...control}
              value={operator}
              maxLength={100}
              onChange={(event) => usePreferences.setState({ operator: event.target.value })}
            />
          )}
        </Field>
        <Facts>
          <Fact label="Times in">{viewerTimeZone()}, the zone of this device; the gateway keeps UTC</Fact>
          <Fact label="Version">{settings ? <Code>{settings.version}</Code> : <Nothing why="not known yet" />}</Fact>
          <Fact label="Running since">
            {settings ? <RelativeTime at={settings.started_at} /> : <Nothing why="not known yet" />}
          </Fact>
          <Fact label="Environment">
            {settings ? settings.environment : <Nothing why="not known yet" />} (<Code>SWITCHYARD_ENV</Code>)
          </Fact>
        </Facts>
        <Button className="self-start" onClick={() => showOverlay('shortcuts')}>
          Keyboard shortcuts
        </Button>
      </div>
    </Panel>
  );
}
