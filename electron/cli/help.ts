const LISTENING_OPTIONS = `  --data DIR            data directory (else $SWITCHYARD_DATA, the platform's per-user data folder)
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
  drill      an announced fault on one provider, judged against targets
  incident   the report of an incident, or a list of them
  audit      verify or export the record of who changed what

  --version  print the version
  --help     help, also for each command`,
  serve: `Usage: switchyard serve [options]

Runs the gateway and the browser console. Without a registry the providers are simulated.

  --config FILE         registry to run (else $SWITCHYARD_CONFIG, ./switchyard.yaml, built-in simulated one)
${LISTENING_OPTIONS}`,
  demo: `Usage: switchyard demo [options]

Runs over simulated providers with live traffic and a scripted incident. Needs no key, no GPU and no network.

  --config FILE         taken and left aside: the demo runs its own registry
${LISTENING_OPTIONS}`,
  check: `Usage: switchyard check FILE

Validates a registry and prints every problem with its line. Exits 1 when there is one. What is valid and probably not
meant (a missing key, a retired model, a budget over a model without a price) is printed too, and exits 0.`,
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

Prints a cost and reliability report of a running Switchyard: totals with savings and unknown prices; cost by provider,
model, tier, call site, agent and day, with the average of an agent's execution; share of requests, success and error rate
and latency of each provider. Unknown prices stand apart from every sum.

  --since TIME          a duration back from now, such as 24h or 7d, or a date (default 7d)
  --format FORMAT       md, csv or json (default md)
${CONSOLE_OPTION}`,
  drill: `Usage: switchyard drill PROVIDER --fault refuse|slow|error-rate --reason TEXT [options]
       switchyard drill --list | --abort | --report ID [--format md|html|json]

Announces a fault on one provider, waits for its end, and judges what callers lived through.
Its report says how each figure stands against its target and tells the incidents that it made.
Exits 0 when it passed. Interrupting it aborts the drill. Never runs on the last healthy provider;
in production only where the registry says "drills: { enabled: true }".

  --fault FAULT         refuse: like a closed port; slow: calls held back; error-rate: answers 500
  --share N             share of the calls that meet it, above 0 to 1 (default 1)
  --delay SPAN          how long slow holds a call back (default 5s)
  --for SPAN            how long the fault lasts (default 2m, at most 30m)
  --in SPAN             how long it is announced before (default 10s; 0s begins it now)
  --lost-requests N     requests that may be lost (default 0)
  --detect-within SPAN  target for marking the provider down
  --recover-within SPAN target for being back in full
  --operator NAME       who runs it (default the user's name)
${CONSOLE_OPTION}`,
  incident: `Usage: switchyard incident [ID] [--format md|html|json] [options]

Prints the report of one incident, ready for a post-mortem; without a number, lists the incidents. Reads the data
directory, whether or not Switchyard runs.

  --format FORMAT       md, html or json (default md)
  --since TIME          of the list: a duration back from now or a date (default 30d)
  --data DIR            data directory (else $SWITCHYARD_DATA, the platform's per-user data folder)`,
  audit: `Usage: switchyard audit verify [--expect ID:HASH] [options]
       switchyard audit export [--format json|csv|md] [--since TIME] [--until TIME] [options]

The audit is a chain: each row carries the hash of the one before it. verify walks it and exits 1 with the first row that
was changed, removed or moved; --expect holds it against a row noted earlier, elsewhere. export prints the rows with
their hashes. Both read the data directory, whether or not Switchyard runs, or ask the console named with --url.

  --expect ID:HASH      a row that an earlier verify printed
  --format FORMAT       json, csv or md (default json)
  --since TIME          a duration back from now, such as 24h or 7d, or a date (default everything)
  --until TIME          the same; now when left out
  --url CONSOLE         console of a running Switchyard with the token in $SWITCHYARD_CONSOLE_TOKEN
  --data DIR            data directory (else $SWITCHYARD_DATA, the platform's per-user data folder)`,
  replay: `Usage: switchyard replay --config NEW.yaml [--since 24h] [--until TIME] [--json] [options]

Puts recorded traffic to another registry: who would have served, at what cost and how fast. Sends nothing. Asks the
running Switchyard; where none runs, reads its data directory.

  --config FILE         registry to try
  --since TIME          a duration back from now, such as 24h or 7d, or a date (default 24h)
  --until TIME          the same; now when left out
  --json                the whole result as JSON
${CONSOLE_OPTION}`,
};
