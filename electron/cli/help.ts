const HOST_OPTIONS = `  --config FILE         registry to run (else $SWITCHYARD_CONFIG, ./switchyard.yaml, built-in simulated one)
  --data DIR            data directory (else $SWITCHYARD_DATA, the platform's per-user data folder)
  --host H              address of both listeners (default 127.0.0.1)
  --gateway-port N      port of the gateway (default 4180, 0 picks a free one)
  --console-port N      port of the console (default 4181, 0 picks a free one)
  --open                open the console in the browser`;

const CONSOLE_OPTION = `  --url CONSOLE         console of a running Switchyard with the token in $SWITCHYARD_CONSOLE_TOKEN
                        (else the one running on this machine)
  --data DIR            data directory of the running one`;

/** Help by command; `switchyard` alone under the empty name. */
export const HELP: Readonly<Record<string, string>> = {
  '': `switchyard: one health-checked, budgeted, explainable gateway in front of a self-hosted model and its fallbacks

Usage: switchyard COMMAND [options]

  serve      run the gateway and the browser console
  demo       the same over simulated providers, with live traffic and a scripted incident
  check      validate a registry
  route      explain a routing decision; sends nothing
  status     health, override and budgets of a running Switchyard on one screen
  force      force a provider until a time
  unforce    release the active override
  report     cost and reliability report
  replay     what-if: recorded traffic against another registry

  --version  print the version
  --help     help, also for each command`,
  serve: `Usage: switchyard serve [options]

Runs the gateway and the browser console. Without a registry the providers are simulated.

${HOST_OPTIONS}`,
  demo: `Usage: switchyard demo [options]

Runs over simulated providers with live traffic and a scripted incident. Needs no key, no GPU and no network.

${HOST_OPTIONS}`,
  check: `Usage: switchyard check FILE

Validates a registry and prints every problem with its line. Exits 1 when there is one.`,
  route: `Usage: switchyard route [--config FILE] [--model NAME] [--call-site NAME] [--task JSON] [--json]

Explains which provider a request would go to if all were healthy and unused. Sends nothing.

  --config FILE     registry (else $SWITCHYARD_CONFIG, ./switchyard.yaml)
  --model NAME      model as a request names it (default auto)
  --call-site NAME  call site
  --task JSON       task as in the x-switchyard-task header
  --json            the decision as JSON`,
  status: `Usage: switchyard status [--url CONSOLE] [--json]

Shows health, override and budgets of a running Switchyard on one screen.

${CONSOLE_OPTION}
  --json                the whole status as JSON`,
  force: `Usage: switchyard force PROVIDER --ttl 15m --reason TEXT [options]

Sends all requests to one provider until the time is over. Audited.

  --ttl DURATION        90s, 15m, 2h; 24h at most
  --reason TEXT         why
  --operator NAME       who (default: your user name)
  --scope SCOPE         all, call-site:NAME or model:NAME (default all)
${CONSOLE_OPTION}`,
  unforce: `Usage: switchyard unforce [--reason TEXT] [options]

Releases the active override. Audited.

  --reason TEXT         why
  --operator NAME       who (default: your user name)
${CONSOLE_OPTION}`,
  report: `Usage: switchyard report [--since 7d] [--format md|csv|json] [options]

Prints a cost and reliability report of a running Switchyard.

  --since TIME          a duration back from now, such as 24h or 7d, or a date (default 7d)
  --format FORMAT       md, csv or json (default md)
${CONSOLE_OPTION}`,
  replay: `Usage: switchyard replay --config NEW.yaml [--since 24h] [--until TIME] [--json] [options]

Puts recorded traffic to another registry: who would have served, at what cost and how fast. Sends nothing. Asks the
running Switchyard; where none runs, reads its data directory.

  --config FILE         registry to try
  --since TIME          a duration back from now, such as 24h or 7d, or a date (default 24h)
  --until TIME          the same; now when left out
  --json                the whole result as JSON
${CONSOLE_OPTION}`,
};
