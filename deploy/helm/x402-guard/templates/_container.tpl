{{/* The guard's container, alike in a pod of its own and beside an agent. Takes (dict "root" . "sidecar" BOOL). */}}

{{- define "x402-guard.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}

{{- define "x402-guard.env" -}}
{{- $root := .root -}}
{{- $v := $root.Values -}}
{{- $secret := include "x402-guard.secretName" $root -}}
{{- $keys := $v.secrets.keys -}}
- name: X402_CONFIG
  value: /etc/x402-guard/guard.toml
- name: X402_POLICY
  value: /etc/x402-guard/policy.toml
- name: X402_STATE_DIR
  value: /var/lib/x402-guard/state
- name: X402_LISTEN
  value: {{ include "x402-guard.address" (list (ternary "127.0.0.1" $v.bindAddress .sidecar) $v.ports.agents) | quote }}
- name: X402_ADMIN_LISTEN
  value: {{ include "x402-guard.address" (list $v.bindAddress $v.ports.admin) | quote }}
{{- if $v.seller.upstream }}
- name: X402_SELLER_LISTEN
  value: {{ include "x402-guard.address" (list $v.bindAddress $v.ports.seller) | quote }}
{{- end }}
- name: X402_LOG_FORMAT
  value: {{ $v.log.format }}
- name: RUST_LOG
  value: {{ $v.log.level }}
- name: X402_AGENT_MODE
  value: {{ $v.x402.agentMode }}
{{- with $v.x402.agentId }}
- name: X402_AGENT_ID
  value: {{ . | quote }}
{{- end }}
{{- if ne (toString $v.x402.maxPerCallUsd) "" }}
- name: X402_MAX_PER_CALL_USD
  value: {{ include "x402-guard.usd" (list "x402.maxPerCallUsd" $v.x402.maxPerCallUsd) | quote }}
{{- end }}
{{- if ne (toString $v.x402.dailyLimitUsd) "" }}
- name: X402_DAILY_LIMIT_USD
  value: {{ include "x402-guard.usd" (list "x402.dailyLimitUsd" $v.x402.dailyLimitUsd) | quote }}
{{- end }}
{{- with $v.x402.windowSeconds }}
- name: X402_WINDOW_SECONDS
  value: {{ int64 . | quote }}
{{- end }}
{{- with $v.x402.piiAction }}
- name: X402_PII_ACTION
  value: {{ . }}
{{- end }}
{{- with $v.x402.piiDetector }}
- name: X402_PII_DETECTOR
  value: {{ . }}
{{- end }}
{{- with $v.x402.replayTtlSeconds }}
- name: X402_REPLAY_TTL_SECONDS
  value: {{ int64 . | quote }}
{{- end }}
{{- with $keys.agentToken }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_AGENT_TOKEN" "secret" $secret "key" . "optional" (or $v.guard.agents $v.seller.upstream)) }}
{{- end }}
{{- with $keys.privateKey }}
{{- /* Only where the one agent of the environment is paid for is a missing key surely a mistake. */}}
{{ include "x402-guard.secretEnv" (dict "name" "X402_PRIVATE_KEY" "secret" $secret "key" . "optional" (or (eq $v.x402.agentMode "screen") $v.guard.agents $v.seller.upstream)) }}
{{- end }}
{{- if $v.redis.enabled }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_REDIS_URL" "secret" $secret "key" $keys.redisUrl) }}
{{- end }}
{{- with $keys.fingerprintKey }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_FINGERPRINT_KEY" "secret" $secret "key" . "optional" (not $v.redis.enabled)) }}
{{- end }}
{{- with $keys.adminToken }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_ADMIN_TOKEN" "secret" $secret "key" . "optional" true) }}
{{- end }}
{{- with $keys.chainKey }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_CHAIN_KEY" "secret" $secret "key" . "optional" true) }}
{{- end }}
{{- with $keys.sealingKey }}
{{ include "x402-guard.secretEnv" (dict "name" "X402_SEALING_KEY" "secret" $secret "key" . "optional" true) }}
{{- end }}
{{- range $index, $agent := $v.guard.agents }}
{{- if $agent.tokenKey }}
{{ include "x402-guard.secretEnv" (dict "name" (printf "X402_AGENT_TOKEN_%d" $index) "secret" $secret "key" $agent.tokenKey) }}
{{- end }}
{{- end }}
{{- with $v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "x402-guard.container" -}}
{{- $root := .root -}}
{{- $v := $root.Values -}}
- name: x402-guard
  image: {{ include "x402-guard.image" $root | quote }}
  imagePullPolicy: {{ $v.image.pullPolicy }}
  args: [serve]
  {{- if and .sidecar $v.sidecar.native }}
  restartPolicy: Always
  {{- end }}
  env:
    {{- include "x402-guard.env" . | nindent 4 }}
  ports:
    {{- if not .sidecar }}
    - name: agents
      containerPort: {{ $v.ports.agents }}
    {{- end }}
    - name: {{ ternary "x402-admin" "admin" .sidecar }}
      containerPort: {{ $v.ports.admin }}
    {{- if $v.seller.upstream }}
    - name: {{ ternary "x402-seller" "seller" .sidecar }}
      containerPort: {{ $v.ports.seller }}
    {{- end }}
  {{- $admin := ternary "x402-admin" "admin" .sidecar }}
  startupProbe:
    httpGet: { path: /health, port: {{ $admin }} }
    {{- toYaml $v.probes.startup | nindent 4 }}
  {{- /* /health and not /ready: a ledger that is away is no reason to restart, which would cut off payments under way. */}}
  livenessProbe:
    httpGet: { path: /health, port: {{ $admin }} }
    {{- toYaml $v.probes.liveness | nindent 4 }}
  readinessProbe:
    httpGet: { path: /ready, port: {{ $admin }} }
    {{- toYaml $v.probes.readiness | nindent 4 }}
  securityContext:
    {{- toYaml $v.securityContext | nindent 4 }}
  {{- with $v.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: x402-guard-config
      mountPath: /etc/x402-guard
      readOnly: true
    {{- if $v.tls.existingSecret }}
    - name: x402-guard-tls
      mountPath: /etc/x402-guard-tls
      readOnly: true
    {{- end }}
    - name: {{ include "x402-guard.stateVolume" $root }}
      {{- if $v.persistence.prepare.enabled }}
      mountPath: /var/lib/x402-guard/state
      subPath: state
      {{- else }}
      mountPath: /var/lib/x402-guard
      {{- end }}
    {{- with $v.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Makes a folder of the guard's own in a volume that everybody may write in, where that is asked for. */}}
{{- define "x402-guard.prepare" -}}
{{- with .Values.persistence.prepare -}}
{{- if .enabled -}}
- name: x402-guard-prepare
  image: {{ .image | quote }}
  command: [mkdir, -p, -m, "0700", /volume/state]
  securityContext:
    {{- toYaml $.Values.securityContext | nindent 4 }}
  volumeMounts:
    - name: {{ include "x402-guard.stateVolume" $ }}
      mountPath: /volume
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "x402-guard.stateVolume" -}}x402-guard-state{{- end -}}

{{/* The volumes of the container; of a StatefulSet without the state, which it claims itself. */}}
{{- define "x402-guard.volumes" -}}
{{- $v := .Values -}}
- name: x402-guard-config
  configMap:
    name: {{ include "x402-guard.fullname" . }}
{{- with $v.tls.existingSecret }}
- name: x402-guard-tls
  secret:
    secretName: {{ . }}
    # For the group of the pod alone.
    defaultMode: 0440
{{- end }}
{{- if and $v.persistence.enabled $v.persistence.existingClaim }}
- name: {{ include "x402-guard.stateVolume" . }}
  persistentVolumeClaim:
    claimName: {{ $v.persistence.existingClaim }}
{{- else if or (not $v.persistence.enabled) (eq $v.mode "sidecar") }}
- name: {{ include "x402-guard.stateVolume" . }}
  emptyDir: {}
{{- end }}
{{- with $v.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
