/** Where the simulated providers of the demo listen: base URLs as the vendors' SDKs take them. */
export interface DemoUrls {
  kimi: string;
  claude: string;
  openai: string;
  grok: string;
}

/** Environment keys that hold the fake keys; names of their own, so that no real key is ever sent to a simulated provider. */
export const DEMO_KEYS = {
  SIMULATED_ANTHROPIC_KEY: 'simulated-anthropic',
  SIMULATED_OPENAI_KEY: 'simulated-openai',
  SIMULATED_XAI_KEY: 'simulated-xai',
} as const;

/** Upstream model ids of the demo. `grok-5-preview` is on no price list, so that an unknown price is to be seen. */
export const DEMO_MODELS = {
  kimi: 'moonshotai/Kimi-K2-Instruct',
  claude: 'claude-opus-4-6',
  gpt4: 'gpt-4-turbo',
  grok: 'grok-4-fast-reasoning',
  preview: 'grok-5-preview',
} as const;

/** The registry of the demo: a self-hosted primary, its paid fallback and three APIs beside, all simulated. */
export function demoRegistryYaml(urls: DemoUrls): string {
  return `# SIMULATED: every provider below runs inside the demo. No key is used and nothing leaves this machine.

models:
  # Primary: self-hosted, no cost per token
  kimi_k2_self_hosted:
    adapter: vllm
    endpoint: ${urls.kimi}
    model: ${DEMO_MODELS.kimi}
    health_check:
      enabled: true
      endpoint: ${urls.kimi.replace(/\/v1$/, '')}/health
      interval_seconds: 2 # quick, so that the incident shows at once; 30 is usual
      timeout_seconds: 1
    capabilities:
      supports_thinking: true
      supports_tools: true
      context_window: 256000
      thinking_budget_range: [1000, 256000]
      strengths: [reasoning, tool_orchestration, agentic_workflows, long_context]
    enabled: true
    priority: 1
    usage_policy:
      default_for_tasks: all
      max_concurrent_requests: 20
    timeouts:
      first_token_ms: 8000
      idle_ms: 8000
    breaker:
      open_seconds: 4
      ramp_seconds: 8
    infrastructure_usd_per_hour: 12.5

  # Fallback: paid, with a daily budget
  claude_opus_api:
    adapter: anthropic
    endpoint: ${urls.claude}
    provider_kwargs:
      api_key_env: SIMULATED_ANTHROPIC_KEY
    model: ${DEMO_MODELS.claude}
    health_check:
      enabled: true
      method: model_list
      interval_seconds: 5
    capabilities:
      supports_thinking: true
      supports_tools: true
      context_window: 200000
      strengths: [reasoning, writing, tool_use, instruction_following]
    enabled: true
    priority: 2
    usage_policy:
      use_when:
        - kimi_k2_self_hosted_unhealthy
        - explicit_user_request
      max_requests_per_day: 1000

  # Benchmarking only
  gpt4_api:
    adapter: openai
    endpoint: ${urls.openai}
    provider_kwargs:
      api_key_env: SIMULATED_OPENAI_KEY
    model: ${DEMO_MODELS.gpt4}
    health_check:
      enabled: true
      method: model_list
      interval_seconds: 5
    capabilities:
      supports_thinking: false
      supports_tools: true
      context_window: 128000
      strengths: [general_purpose, coding, instruction_following]
    enabled: true
    priority: 3
    usage_policy:
      use_when:
        - benchmarking_mode
        - explicit_user_request
      max_requests_per_day: 100

  # Serves the call site "analysis"
  grok_api:
    adapter: xai
    endpoint: ${urls.grok}
    provider_kwargs:
      api_key_env: SIMULATED_XAI_KEY
    model: ${DEMO_MODELS.grok}
    health_check:
      enabled: true
      method: model_list
      interval_seconds: 5
    capabilities:
      supports_tools: true
      context_window: 2000000
    enabled: true
    priority: 4
    usage_policy:
      use_when:
        - explicit_user_request
    limits:
      usd_per_day: 20

  # On no price list: its cost shows as unknown until "pricing" is set here
  grok_preview_api:
    adapter: xai
    endpoint: ${urls.grok}
    provider_kwargs:
      api_key_env: SIMULATED_XAI_KEY
    model: ${DEMO_MODELS.preview}
    health_check:
      enabled: true
      method: model_list
      interval_seconds: 5
    enabled: true
    priority: 5
    usage_policy:
      use_when:
        - explicit_user_request

routing:
  strategy: primary_with_fallback
  primary: kimi_k2_self_hosted
  fallback_chain:
    - kimi_k2_self_hosted
    - claude_opus_api
    - gpt4_api
  fallback_triggers:
    - primary_unhealthy
    - primary_timeout
  health_check_interval_seconds: 5
  retry_on_failure: true
  max_retries: 2
  stream_failover: resume

monitoring:
  log_model_selection: true
  track_fallback_usage: true
  alert_on_fallback: true

policy:
  # The demo means what it says: Claude Opus is its fallback.
  restrict_models: false
  default_model: ${DEMO_MODELS.grok}
  call_sites:
    chat:
      env: CGX_FRONTEND_MODEL_NAME
      model: kimi_k2_self_hosted
      objective: latency
    processing:
      env: PROCESSING_BACKEND_MODEL_NAME
      model: kimi_k2_self_hosted
      objective: throughput
      stream_failover: buffer
    analysis:
      model: grok_api
      objective: throughput

# A tenth of what Kimi answers is answered by Claude as well, for comparison
experiments:
  shadow:
    enabled: true
    provider: claude_opus_api
    share: 0.1
    call_sites: [chat, processing]
    usd_per_day: 5
    max_concurrent: 2

tiers:
  fast:
    provider: grok_api
  balanced:
    provider: kimi_k2_self_hosted
  powerful:
    provider: claude_opus_api
`;
}
