{{/* What must not be installed. A ledger that several share without Redis would let each spend the whole budget. */}}
{{- define "x402-guard.checks" -}}
{{- $v := .Values -}}
{{- if not $v.redis.enabled -}}
{{- if and (eq $v.mode "service") (gt (int $v.replicaCount) 1) -}}
{{- fail (printf "replicaCount is %d, but the ledger is a file, which replicas cannot share: each would spend the whole budget. Set redis.enabled=true and give the secret the keys %s and %s" (int $v.replicaCount) $v.secrets.keys.redisUrl $v.secrets.keys.fingerprintKey) -}}
{{- end -}}
{{- if $v.autoscaling.enabled -}}
{{- fail "autoscaling needs redis.enabled=true: replicas cannot share a ledger in a file, and each would spend the whole budget" -}}
{{- end -}}
{{- if and (eq $v.mode "service") (not $v.persistence.enabled) -}}
{{- fail "without persistence.enabled or redis.enabled the ledger ends with its pod, and every limit starts anew; set one of them" -}}
{{- end -}}
{{- if and (eq $v.mode "sidecar") (not $v.persistence.existingClaim) -}}
{{- fail "a sidecar needs redis.enabled=true, or persistence.existingClaim where there is only ever one such pod: its own ledger would end with the pod, and every limit start anew" -}}
{{- end -}}
{{- end -}}
{{- if and $v.persistence.existingClaim (eq $v.mode "service") (or (gt (int $v.replicaCount) 1) $v.autoscaling.enabled) -}}
{{- fail "persistence.existingClaim is one volume, and an audit log has one directory; leave it empty, and each replica gets a claim of its own" -}}
{{- end -}}
{{- if $v.redis.enabled -}}
{{- if or (not $v.secrets.keys.redisUrl) (not $v.secrets.keys.fingerprintKey) -}}
{{- fail "redis.enabled needs secrets.keys.redisUrl and secrets.keys.fingerprintKey" -}}
{{- end -}}
{{- end -}}
{{- if and (not $v.secrets.keys.agentToken) (not $v.guard.agents) (not $v.seller.upstream) -}}
{{- fail "nobody may ask: set secrets.keys.agentToken, list guard.agents, or set seller.upstream" -}}
{{- end -}}
{{- if and $v.seller.facilitator (not $v.seller.upstream) -}}
{{- fail "seller.facilitator without seller.upstream: say which server stands behind the guard" -}}
{{- end -}}
{{- if and $v.seller.publicOrigin (not $v.seller.upstream) -}}
{{- fail "seller.publicOrigin without seller.upstream: say which server stands behind the guard" -}}
{{- end -}}
{{- range $v.guard.agents -}}
{{- if ne (len (compact (list .tokenSha256 .tokenKey .certificateSha256))) 1 -}}
{{- fail (printf "guard.agents: %s needs one of tokenKey, tokenSha256 and certificateSha256" .id) -}}
{{- end -}}
{{- if and .certificateSha256 (not $v.tls.clientCa) -}}
{{- fail (printf "guard.agents: %s has a certificate, and none is asked for: set tls.clientCa=true" .id) -}}
{{- end -}}
{{- end -}}
{{- if and $v.tls.clientCa (not $v.tls.existingSecret) -}}
{{- fail "tls.clientCa needs tls.existingSecret, whose ca.crt it is" -}}
{{- end -}}
{{- if le (int $v.terminationGracePeriodSeconds) (int $v.guard.limits.drainSeconds) -}}
{{- fail (printf "terminationGracePeriodSeconds (%d) has to be longer than guard.limits.drainSeconds (%d): payments under way would be cut off" (int $v.terminationGracePeriodSeconds) (int $v.guard.limits.drainSeconds)) -}}
{{- end -}}
{{- $ports := list (int $v.ports.agents) (int $v.ports.admin) (int $v.ports.seller) -}}
{{- if ne (len (uniq $ports)) 3 -}}
{{- fail "ports: agents, admin and seller have to be three" -}}
{{- end -}}
{{- end -}}
