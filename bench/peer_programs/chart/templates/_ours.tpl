{{- define "ours.labels" -}}
app.kubernetes.io/managed-by: meshgen
app.kubernetes.io/part-of: {{ .Values.name }}
{{- end -}}
{{- define "ours.annotations" -}}
argocd.argoproj.io/sync-options: "Prune=false"
kustomize.toolkit.fluxcd.io/prune: disabled
{{- end -}}
