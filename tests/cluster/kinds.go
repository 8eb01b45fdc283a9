// The kinds that the paging server lists, and how each object looks.
package main

import (
	"fmt"
)

func fixed(count int) func() int { return func() int { return count } }

func labelled(name, part string) string {
	return fmt.Sprintf(`{"app.kubernetes.io/name":%q,"app.kubernetes.io/part-of":%q}`, name, part)
}

func ownedBy(apiVersion, kind, name, uid string) string {
	return fmt.Sprintf(`[{"apiVersion":%q,"kind":%q,"name":%q,"uid":%q,"controller":true,"blockOwnerDeletion":true}]`, apiVersion, kind, name, uid)
}

func nothing(to []byte, _ int) []byte { return to }

func text(body string) func([]byte, int) []byte {
	return func(to []byte, _ int) []byte { return append(to, body...) }
}

// The kinds of an estate, in the order in which discovery tells them.
func (of *estate) kinds() []*listed {
	kinds := append(of.coreKinds(), of.workloadKinds()...)
	kinds = append(kinds, of.policyKinds()...)
	kinds = append(kinds, of.rightsKinds()...)
	return append(kinds, of.extensionKinds()...)
}

// The namespace, the application and so on of a workload's companion, such as its service.
func (of *estate) companion(index int) described {
	one := of.workloads[index%len(of.workloads)]
	return described{namespace: of.namespace(one.namespace), name: one.name, labels: labelled(one.name, of.namespace(one.namespace)), hours: 24 * (3 + index%300)}
}

// A companion of every so many deployments.
func (of *estate) everyDeployment(step int) (func() int, func(int) described) {
	deployments := of.byKind[deployment]
	return fixed((len(deployments) + step - 1) / step), func(index int) described { return of.companion(deployments[index*step]) }
}

func (of *estate) perNamespace(name string) (func() int, func(int) described) {
	return fixed(of.namespaces), func(index int) described {
		return described{namespace: of.namespace(index + systemNamespaces), name: name, hours: 24 * 400}
	}
}

func clusterWide(prefix string, hours int) func(int) described {
	return func(index int) described { return described{name: fmt.Sprintf("%s-%03d", prefix, index), hours: hours} }
}

func (of *estate) coreKinds() []*listed {
	quotas, inQuotas := of.perNamespace("quota")
	limits, inLimits := of.perNamespace("limits")
	return []*listed{
		{version: "v1", plural: "namespaces", kind: "Namespace", count: fixed(of.namespaces + systemNamespaces),
			describe: func(index int) described {
				name := of.namespace(index)
				return described{name: name, labels: fmt.Sprintf(`{"kubernetes.io/metadata.name":%q}`, name), hours: 24 * 500}
			},
			body: text(`,"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}`)},
		{version: "v1", plural: "nodes", kind: "Node", count: fixed(of.nodes), describe: of.describeNode, body: of.nodeBody},
		{version: "v1", plural: "pods", kind: "Pod", namespaced: true, count: fixed(of.pods), describe: of.describePod, body: of.podBody},
		{version: "v1", plural: "services", kind: "Service", namespaced: true, count: fixed(len(of.workloads)), describe: of.companion,
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"spec":{"type":"ClusterIP","clusterIP":"10.96.%d.%d","ports":[{"name":"http","port":80,"protocol":"TCP","targetPort":8080}],"selector":{"app.kubernetes.io/name":%q}},"status":{"loadBalancer":{}}`,
					index/250%256, index%250+1, of.workloads[index].name)
			}},
		{version: "v1", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim", namespaced: true, count: fixed(of.claims),
			describe: func(index int) described {
				sets := of.byKind[statefulSet]
				one := of.workloads[sets[index%len(sets)]]
				return described{namespace: of.namespace(one.namespace), name: fmt.Sprintf("data-%s-%d", one.name, index/len(sets)),
					labels: labelled(one.name, of.namespace(one.namespace)), hours: 24 * 90}
			},
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"20Gi"}},"storageClassName":"standard","volumeMode":"Filesystem","volumeName":"pvc-%s"},"status":{"phase":"Bound","accessModes":["ReadWriteOnce"],"capacity":{"storage":"20Gi"}}`, identifier(5, index))
			}},
		{version: "v1", plural: "resourcequotas", kind: "ResourceQuota", namespaced: true, count: quotas, describe: inQuotas,
			body: text(`,"spec":{"hard":{"requests.cpu":"200","requests.memory":"400Gi","pods":"2000"}},"status":{"hard":{"requests.cpu":"200","requests.memory":"400Gi","pods":"2000"},"used":{"requests.cpu":"87","requests.memory":"120Gi","pods":"940"}}`)},
		{version: "v1", plural: "limitranges", kind: "LimitRange", namespaced: true, count: limits, describe: inLimits,
			body: text(`,"spec":{"limits":[{"type":"Container","default":{"memory":"512Mi"},"defaultRequest":{"cpu":"100m","memory":"128Mi"}}]}`)},
		{version: "v1", plural: "events", kind: "Event", namespaced: true, count: fixed(2 * len(of.workloads)),
			describe: func(index int) described {
				about := of.companion(index)
				about.name, about.labels, about.hours = about.name+"."+suffix(index, 16), "", index%2
				about.reason = events[index%len(events)].reason
				return about
			},
			body: of.eventBody},
		{version: "v1", plural: "serviceaccounts", kind: "ServiceAccount", namespaced: true, count: fixed(of.namespaces),
			describe: func(index int) described {
				return described{namespace: of.namespace(index + systemNamespaces), name: "application", hours: 24 * 400}
			}, body: nothing},
		{version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true, count: fixed(len(of.workloads)), describe: of.companion,
			body: text(`,"data":{"settings":"nobody may ask for this"}`)},
		{version: "v1", plural: "secrets", kind: "Secret", namespaced: true, count: fixed(len(of.workloads)), describe: of.companion,
			body: text(`,"type":"Opaque","data":{"password":"bm9ib2R5IG1heSBhc2sgZm9yIHRoaXM="}`)},
	}
}

func (of *estate) describeNode(index int) described {
	return described{name: nodeName(index), hours: 24 * (1 + index%60), labels: fmt.Sprintf(
		`{"kubernetes.io/hostname":%q,"kubernetes.io/os":"linux","kubernetes.io/arch":"amd64","topology.kubernetes.io/region":"eu-west","topology.kubernetes.io/zone":%q,"node.kubernetes.io/instance-type":"general-16"}`,
		nodeName(index), zones[index%len(zones)])}
}

func (of *estate) nodeBody(to []byte, index int) []byte {
	to = fmt.Appendf(to, `,"spec":{"podCIDR":"10.%d.%d.0/24","providerID":"example:///%s/%s"},"status":{"capacity":{"cpu":"16","memory":"64Gi","pods":"110","ephemeral-storage":"100Gi"},"allocatable":{"cpu":"15890m","memory":"60Gi","pods":"110","ephemeral-storage":"90Gi"},"conditions":[`,
		index/256, index%256, zones[index%len(zones)], nodeName(index))
	for at, condition := range []string{"MemoryPressure", "DiskPressure", "PIDPressure", "Ready"} {
		if at > 0 {
			to = append(to, ',')
		}
		status := "False"
		if condition == "Ready" {
			status = "True"
		}
		to = fmt.Appendf(to, `{"type":%q,"status":%q,"lastHeartbeatTime":%q,"lastTransitionTime":%q,"reason":"Kubelet%s","message":"as the kubelet says"}`,
			condition, status, ago(0), ago(24*(1+index%60)), condition)
	}
	to = fmt.Appendf(to, `],"addresses":[{"type":"InternalIP","address":"172.%d.%d.%d"},{"type":"Hostname","address":%q}],"nodeInfo":{"machineID":"%s","systemUUID":"%s","bootID":"%s","kernelVersion":"6.12.0","osImage":"Debian GNU/Linux 13 (trixie)","containerRuntimeVersion":"containerd://2.2.0","kubeletVersion":%q,"kubeProxyVersion":%q,"operatingSystem":"linux","architecture":"amd64"},"images":[`,
		16+index/62500, index/250%250, index%250+1, nodeName(index), suffix(index, 32), identifier(1, index), identifier(2, index), of.version, of.version)
	for image := range 20 {
		if image > 0 {
			to = append(to, ',')
		}
		to = fmt.Appendf(to, `{"names":["registry.example.com/team/application-%02d:1.%d.0"],"sizeBytes":%d}`, image, index%9, 40000000+image*1000)
	}
	return append(to, "]}"...)
}

func (of *estate) describePod(index int) described {
	owner := of.ownerOf(index)
	namespace := of.namespace(owner.namespace)
	pod := described{namespace: namespace, hours: 1 + index%500, generated: true}
	hash := suffix(owner.ordinal, 10)
	ownerName, version, number := owner.name, "apps/v1", index-owner.firstPod
	uid := ""
	switch owner.kind {
	case deployment:
		ownerName, uid = owner.name+"-"+hash, identifierOf("replicasets", 2*owner.ordinal)
		pod.name = ownerName + "-" + suffix(index, 5)
	case statefulSet:
		pod.name, pod.generated, uid = fmt.Sprintf("%s-%d", owner.name, number), false, identifierOf("statefulsets", owner.ordinal)
	case job:
		version, uid = "batch/v1", identifierOf("jobs", owner.ordinal)
		pod.name = owner.name + "-" + suffix(index, 5)
	default:
		uid = identifierOf("daemonsets", owner.ordinal)
		pod.name = owner.name + "-" + suffix(index, 5)
	}
	pod.labels = fmt.Sprintf(`{"app.kubernetes.io/name":%q,"app.kubernetes.io/instance":%q,"app.kubernetes.io/part-of":%q,"pod-template-hash":%q}`, owner.name, owner.name, namespace, hash)
	pod.annotations = fmt.Sprintf(`{"checksum/config":"%s%s","prometheus.io/scrape":"true","prometheus.io/port":"9090","example.com/owner":"team-%d"}`, suffix(index, 32), suffix(index+1, 32), owner.namespace)
	pod.owner = ownedBy(version, ownerKinds[owner.kind], ownerName, uid)
	return pod
}

// The container of a pod, or of a template.
func container(to []byte, name, image string, index int) []byte {
	return fmt.Appendf(to, `{"name":%q,"image":"registry.example.com/team/%s:1.%d.0","args":["--listen=:8080","--log-format=json"],"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"DATABASE_HOST","value":"database.example.com"},{"name":"DATABASE_PASSWORD","valueFrom":{"secretKeyRef":{"name":"database","key":"password"}}},{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}],"resources":{"limits":{"memory":"512Mi"},"requests":{"cpu":"100m","memory":"256Mi"}},"volumeMounts":[{"name":"settings","mountPath":"/etc/app"},{"name":"token","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"readinessProbe":{"httpGet":{"path":"/ready","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent","securityContext":{"allowPrivilegeEscalation":false,"runAsNonRoot":true}}`,
		name, image, index%9)
}

func (of *estate) podSpec(to []byte, owner *workload) []byte {
	to = append(to, `"containers":[`...)
	to = container(to, "main", owner.name, owner.ordinal)
	to = append(to, ',')
	to = container(to, "sidecar", "sidecar", 1)
	return fmt.Appendf(to, `],"volumes":[{"name":"settings","configMap":{"name":%q,"defaultMode":420}},{"name":"token","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],"restartPolicy":%q,"terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"application","serviceAccount":"application","securityContext":{},"schedulerName":"default-scheduler","topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app.kubernetes.io/name":%q}}}],"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","priority":0`,
		owner.name, map[bool]string{true: "Never", false: "Always"}[owner.kind == job], owner.name)
}

func (of *estate) podBody(to []byte, index int) []byte {
	owner := of.ownerOf(index)
	node := index % max(1, of.nodes)
	if owner.kind == daemonSet {
		node = index - owner.firstPod
	}
	to = append(to, `,"spec":{`...)
	to = of.podSpec(to, owner)
	to = fmt.Appendf(to, `,"nodeName":%q,"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]},"status":{`, nodeName(node))
	begun := ago(1 + index%500)
	phase, ready, state := "Running", "True", fmt.Sprintf(`"running":{"startedAt":%q}`, begun)
	if owner.kind == job {
		phase, ready = "Succeeded", "False"
		state = fmt.Sprintf(`"terminated":{"exitCode":0,"reason":"Completed","startedAt":%q,"finishedAt":%q}`, begun, begun)
	}
	restarts := 0
	if index%97 == 0 {
		restarts = index%7 + 1
	}
	to = fmt.Appendf(to, `"phase":%q,"conditions":[`, phase)
	for at, condition := range []string{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		if at > 0 {
			to = append(to, ',')
		}
		status := "True"
		if condition == "Ready" || condition == "ContainersReady" {
			status = ready
		}
		to = fmt.Appendf(to, `{"type":%q,"status":%q,"lastProbeTime":null,"lastTransitionTime":%q}`, condition, status, begun)
	}
	address := fmt.Sprintf("10.%d.%d.%d", 128+index/62500, index/250%250, index%250+1)
	to = fmt.Appendf(to, `],"hostIP":"172.%d.%d.%d","podIP":%q,"podIPs":[{"ip":%q}],"startTime":%q,"containerStatuses":[`, 16+node/62500, node/250%250, node%250+1, address, address, begun)
	for at, name := range []string{"main", "sidecar"} {
		if at > 0 {
			to = append(to, ',')
		}
		to = fmt.Appendf(to, `{"name":%q,"state":{%s},"lastState":{},"ready":%t,"restartCount":%d,"image":"registry.example.com/team/%s:1.0.0","imageID":"registry.example.com/team/%s@sha256:%s%s","containerID":"containerd://%s%s","started":%t}`,
			name, state, ready == "True", restarts, name, name, suffix(index, 32), suffix(index+7, 32), suffix(index+11, 32), suffix(index+13, 32), ready == "True")
	}
	return fmt.Appendf(to, `],"qosClass":"Burstable"}`)
}

// What the events of an estate tell.
var events = []struct{ kind, reason, kindOf, message string }{
	{"HorizontalPodAutoscaler", "SuccessfulRescale", "Normal", "New size: 6; reason: cpu resource utilization (percentage of request) above target"},
	{"Pod", "Killing", "Normal", "Stopping container main"},
	{"Pod", "Preempted", "Warning", "Preempted by pod 7a1b on node node-00001"},
	{"Pod", "Evicted", "Warning", "The node was low on resource: memory."},
	{"Pod", "BackOff", "Warning", "Back-off restarting failed container main"},
	{"Deployment", "ScalingReplicaSet", "Normal", "Scaled up replica set to 6"},
}

func (of *estate) eventBody(to []byte, index int) []byte {
	about := of.workloads[index%len(of.workloads)]
	one := events[index%len(events)]
	return fmt.Appendf(to, `,"involvedObject":{"kind":%q,"namespace":%q,"name":%q,"apiVersion":"v1"},"reason":%q,"message":%q,"source":{"component":"controller"},"firstTimestamp":%q,"lastTimestamp":%q,"count":%d,"type":%q,"eventTime":null,"reportingComponent":"controller","reportingInstance":""`,
		one.kind, of.namespace(about.namespace), about.name, one.reason, one.message, ago(1+index%2), ago(index%2), 1+index%5, one.kindOf)
}

// The workloads of one kind, and what a template of theirs looks like.
func (of *estate) workloadKind(kind workloadKind, group, plural, name string, spec func(to []byte, one *workload) []byte) *listed {
	indexes := of.byKind[kind]
	return &listed{group: group, version: "v1", plural: plural, kind: name, namespaced: true, count: fixed(len(indexes)),
		describe: func(index int) described {
			about := of.companion(indexes[index])
			about.annotations = fmt.Sprintf(`{"deployment.kubernetes.io/revision":"%d","example.com/owner":"team"}`, 1+index%40)
			return about
		},
		body: func(to []byte, index int) []byte { return spec(to, &of.workloads[indexes[index]]) }}
}

func (of *estate) template(to []byte, one *workload) []byte {
	to = fmt.Appendf(to, `"template":{"metadata":{"labels":%s},"spec":{`, labelled(one.name, of.namespace(one.namespace)))
	return append(of.podSpec(to, one), "}}"...)
}

func (of *estate) selecting(to []byte, one *workload) []byte {
	to = fmt.Appendf(to, `,"spec":{"replicas":%d,"selector":{"matchLabels":{"app.kubernetes.io/name":%q}},`, one.replicas, one.name)
	return of.template(to, one)
}

func (of *estate) workloadKinds() []*listed {
	rollout := ago(24 * 9)
	sets := of.byKind[deployment]
	autoscalers, withAutoscaler := of.everyDeployment(4)
	jobs := len(of.byKind[job])
	return []*listed{
		of.workloadKind(deployment, "apps", "deployments", "Deployment", func(to []byte, one *workload) []byte {
			to = of.selecting(to, one)
			return fmt.Appendf(to, `,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%%","maxSurge":"25%%"}},"revisionHistoryLimit":10,"progressDeadlineSeconds":600},"status":{"observedGeneration":3,"replicas":%d,"updatedReplicas":%d,"readyReplicas":%d,"availableReplicas":%d,"conditions":[{"type":"Available","status":"True","lastUpdateTime":%q,"lastTransitionTime":%q,"reason":"MinimumReplicasAvailable","message":"Deployment has minimum availability."},{"type":"Progressing","status":"True","lastUpdateTime":%q,"lastTransitionTime":%q,"reason":"NewReplicaSetAvailable","message":"ReplicaSet has successfully progressed."}]}`,
				one.replicas, one.replicas, one.replicas, one.replicas, rollout, rollout, rollout, rollout)
		}),
		of.workloadKind(statefulSet, "apps", "statefulsets", "StatefulSet", func(to []byte, one *workload) []byte {
			to = of.selecting(to, one)
			return fmt.Appendf(to, `,"serviceName":%q,"podManagementPolicy":"OrderedReady","updateStrategy":{"type":"RollingUpdate"},"volumeClaimTemplates":[{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"20Gi"}},"storageClassName":"standard"}}]},"status":{"observedGeneration":1,"replicas":%d,"readyReplicas":%d,"currentReplicas":%d,"updatedReplicas":%d,"availableReplicas":%d}`,
				one.name, one.replicas, one.replicas, one.replicas, one.replicas, one.replicas)
		}),
		of.workloadKind(daemonSet, "apps", "daemonsets", "DaemonSet", func(to []byte, one *workload) []byte {
			to = fmt.Appendf(to, `,"spec":{"selector":{"matchLabels":{"app.kubernetes.io/name":%q}},`, one.name)
			to = of.template(to, one)
			return fmt.Appendf(to, `},"status":{"currentNumberScheduled":%d,"numberMisscheduled":0,"desiredNumberScheduled":%d,"numberReady":%d,"updatedNumberScheduled":%d,"numberAvailable":%d}`,
				one.replicas, one.replicas, one.replicas, one.replicas, one.replicas)
		}),
		// One that runs and one of before for each deployment.
		{group: "apps", version: "v1", plural: "replicasets", kind: "ReplicaSet", namespaced: true, count: fixed(2 * len(sets)),
			describe: func(index int) described {
				about := of.companion(sets[index/2])
				owner := &of.workloads[sets[index/2]]
				hash := suffix(owner.ordinal, 10)
				if index%2 == 1 {
					hash = suffix(owner.ordinal+1000000, 10)
				}
				about.owner = ownedBy("apps/v1", "Deployment", owner.name, identifierOf("deployments", index/2))
				about.name += "-" + hash
				about.hours = 24 * (9 + 30*(index%2))
				return about
			},
			body: func(to []byte, index int) []byte {
				one := of.workloads[sets[index/2]]
				one.replicas *= 1 - index%2
				to = of.selecting(to, &one)
				return fmt.Appendf(to, `},"status":{"replicas":%d,"fullyLabeledReplicas":%d,"readyReplicas":%d,"availableReplicas":%d,"observedGeneration":1}`, one.replicas, one.replicas, one.replicas, one.replicas)
			}},
		of.workloadKind(cronJob, "batch", "cronjobs", "CronJob", func(to []byte, one *workload) []byte {
			to = fmt.Appendf(to, `,"spec":{"schedule":"%d * * * *","concurrencyPolicy":"Forbid","suspend":false,"successfulJobsHistoryLimit":3,"failedJobsHistoryLimit":1,"jobTemplate":{"metadata":{},"spec":{`, one.ordinal%60)
			to = of.template(to, one)
			return fmt.Appendf(to, `}}},"status":{"lastScheduleTime":%q,"lastSuccessfulTime":%q}`, ago(1), ago(1))
		}),
		// Those that people started, and three of each that a schedule did.
		{group: "batch", version: "v1", plural: "jobs", kind: "Job", namespaced: true, count: fixed(jobs + 3*len(of.byKind[cronJob])),
			describe: func(index int) described {
				if index < jobs {
					return of.companion(of.byKind[job][index])
				}
				number := (index - jobs) / 3
				owner := &of.workloads[of.byKind[cronJob][number]]
				about := of.companion(of.byKind[cronJob][number])
				about.name = fmt.Sprintf("%s-%d", owner.name, 29300000+(index-jobs)%3*60)
				about.owner = ownedBy("batch/v1", "CronJob", owner.name, identifierOf("cronjobs", number))
				about.hours = 1 + (index-jobs)%3
				return about
			},
			body: func(to []byte, index int) []byte {
				one := of.workloads[0]
				if index < jobs {
					one = of.workloads[of.byKind[job][index]]
				} else {
					one = of.workloads[of.byKind[cronJob][(index-jobs)/3]]
				}
				one.kind = job
				to = append(to, `,"spec":{"parallelism":1,"completions":1,"backoffLimit":6,`...)
				to = of.template(to, &one)
				return fmt.Appendf(to, `},"status":{"startTime":%q,"completionTime":%q,"succeeded":1,"conditions":[{"type":"Complete","status":"True","lastTransitionTime":%q}]}`, ago(3), ago(3), ago(3))
			}},
		{group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", namespaced: true, count: autoscalers, describe: withAutoscaler,
			body: func(to []byte, index int) []byte {
				one := of.workloads[of.byKind[deployment][index*4]]
				return fmt.Appendf(to, `,"spec":{"scaleTargetRef":{"kind":"Deployment","name":%q,"apiVersion":"apps/v1"},"minReplicas":2,"maxReplicas":%d,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}}]},"status":{"observedGeneration":1,"lastScaleTime":%q,"currentReplicas":%d,"desiredReplicas":%d,"currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":55,"averageValue":"55m"}}}],"conditions":[{"type":"AbleToScale","status":"True","lastTransitionTime":%q,"reason":"ReadyForNewScale","message":"recommended size matches current size"},{"type":"ScalingActive","status":"True","lastTransitionTime":%q,"reason":"ValidMetricFound","message":"the HPA was able to successfully calculate a replica count"}]}`,
					one.name, max(10, 2*one.replicas), ago(5+index%200), one.replicas, one.replicas, ago(900), ago(900))
			}},
	}
}

func (of *estate) policyKinds() []*listed {
	budgets, withBudget := of.everyDeployment(3)
	ingresses, withIngress := of.everyDeployment(5)
	policies, withPolicy := of.perNamespace("default-deny")
	return []*listed{
		{group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget", namespaced: true, count: budgets, describe: withBudget,
			body: func(to []byte, index int) []byte {
				one := of.workloads[of.byKind[deployment][index*3]]
				return fmt.Appendf(to, `,"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app.kubernetes.io/name":%q}}},"status":{"disruptionsAllowed":1,"currentHealthy":%d,"desiredHealthy":%d,"expectedPods":%d}`,
					one.name, one.replicas, max(0, one.replicas-1), one.replicas)
			}},
		{group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress", namespaced: true, count: ingresses, describe: withIngress,
			body: func(to []byte, index int) []byte {
				name := of.workloads[of.byKind[deployment][index*5]].name
				return fmt.Appendf(to, `,"spec":{"ingressClassName":"public","tls":[{"hosts":["%s.example.com"],"secretName":"%s-tls"}],"rules":[{"host":"%s.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":%q,"port":{"number":80}}}}]}}]},"status":{"loadBalancer":{}}`, name, name, name, name)
			}},
		{group: "networking.k8s.io", version: "v1", plural: "ingressclasses", kind: "IngressClass", count: fixed(1), describe: clusterWide("public", 9000), body: text(`,"spec":{"controller":"example.com/ingress"}`)},
		{group: "networking.k8s.io", version: "v1", plural: "networkpolicies", kind: "NetworkPolicy", namespaced: true, count: policies, describe: withPolicy,
			body: text(`,"spec":{"podSelector":{},"policyTypes":["Ingress"]}`)},
		{group: "storage.k8s.io", version: "v1", plural: "storageclasses", kind: "StorageClass", count: fixed(2), describe: clusterWide("standard", 9000),
			body: text(`,"provisioner":"disks.cluster.example","reclaimPolicy":"Delete","allowVolumeExpansion":true,"volumeBindingMode":"WaitForFirstConsumer"`)},
		{group: "scheduling.k8s.io", version: "v1", plural: "priorityclasses", kind: "PriorityClass", count: fixed(4), describe: clusterWide("priority", 9000),
			body: func(to []byte, index int) []byte { return fmt.Appendf(to, `,"value":%d`, 1000*index) }},
	}
}

func (of *estate) rightsKinds() []*listed {
	const group = "rbac.authorization.k8s.io"
	rules := text(`,"rules":[{"verbs":["get","list","watch"],"apiGroups":["","apps"],"resources":["pods","deployments"]},{"verbs":["update"],"apiGroups":[""],"resources":["configmaps"]}]`)
	roles, inRoles := of.perNamespace("application")
	bindings, inBindings := of.perNamespace("application")
	return []*listed{
		{group: group, version: "v1", plural: "roles", kind: "Role", namespaced: true, count: roles, describe: inRoles, body: rules},
		{group: group, version: "v1", plural: "rolebindings", kind: "RoleBinding", namespaced: true, count: bindings, describe: inBindings,
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"subjects":[{"kind":"ServiceAccount","name":"application","namespace":%q},{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"team-%03d"}],"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"application"}`,
					of.namespace(index+systemNamespaces), index)
			}},
		{group: group, version: "v1", plural: "clusterroles", kind: "ClusterRole", count: fixed(70), describe: clusterWide("role", 9000), body: rules},
		{group: group, version: "v1", plural: "clusterrolebindings", kind: "ClusterRoleBinding", count: fixed(60), describe: clusterWide("role", 9000),
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"subjects":[{"kind":"ServiceAccount","name":"controller-%d","namespace":"kube-system"}],"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"role-%03d"}`, index, index)
			}},
	}
}

func (of *estate) extensionKinds() []*listed {
	webhook := text(`,"webhooks":[{"name":"policy.example.com","clientConfig":{"service":{"namespace":"kube-system","name":"policy","port":443}},"rules":[{"operations":["CREATE"],"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"],"scope":"Namespaced"}],"failurePolicy":"Ignore","sideEffects":"None","admissionReviewVersions":["v1"]}]`)
	type definition struct{ plural, kind, group, version string }
	definitions := []definition{}
	for index := range 12 {
		definitions = append(definitions, definition{fmt.Sprintf("widgets%02d", index), fmt.Sprintf("Widget%02d", index), "widgets.example.com", "v1"})
	}
	if of.keda {
		definitions = append(definitions, definition{"scaledobjects", "ScaledObject", "keda.sh", "v1alpha1"})
	}
	if of.rollouts {
		definitions = append(definitions, definition{"rollouts", "Rollout", "argoproj.io", "v1alpha1"})
	}
	if of.gateways {
		definitions = append(definitions,
			definition{"gateways", "Gateway", "gateway.networking.k8s.io", "v1"}, definition{"httproutes", "HTTPRoute", "gateway.networking.k8s.io", "v1"})
	}
	kinds := []*listed{
		{group: "admissionregistration.k8s.io", version: "v1", plural: "validatingwebhookconfigurations", kind: "ValidatingWebhookConfiguration", count: fixed(2), describe: clusterWide("policy", 9000), body: webhook},
		{group: "admissionregistration.k8s.io", version: "v1", plural: "mutatingwebhookconfigurations", kind: "MutatingWebhookConfiguration", count: fixed(1), describe: clusterWide("defaults", 9000), body: webhook},
		{group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions", kind: "CustomResourceDefinition", count: fixed(len(definitions)),
			describe: func(index int) described {
				return described{name: definitions[index].plural + "." + definitions[index].group, hours: 9000}
			},
			body: func(to []byte, index int) []byte {
				one := definitions[index]
				return fmt.Appendf(to, `,"spec":{"group":%q,"names":{"plural":%q,"kind":%q,"listKind":"%sList"},"scope":"Namespaced","versions":[{"name":%q,"served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]},"status":{"conditions":[{"type":"Established","status":"True"}]}`,
					one.group, one.plural, one.kind, one.kind, one.version)
			}},
		{group: "apiregistration.k8s.io", version: "v1", plural: "apiservices", kind: "APIService", count: fixed(3),
			describe: func(index int) described {
				return described{name: []string{"v1.", "v1.apps", "v1beta1.metrics.k8s.io"}[index], hours: 9000}
			},
			body: text(`,"spec":{"groupPriorityMinimum":100,"versionPriority":100},"status":{"conditions":[{"type":"Available","status":"True","reason":"Local"}]}`)},
	}
	if of.keda {
		scaled, withScaled := of.everyDeployment(50)
		kinds = append(kinds, &listed{group: "keda.sh", version: "v1alpha1", plural: "scaledobjects", kind: "ScaledObject", namespaced: true, custom: true, count: scaled, describe: withScaled,
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"spec":{"scaleTargetRef":{"name":%q},"minReplicaCount":0,"maxReplicaCount":20,"triggers":[{"type":"rabbitmq","metadata":{"queueName":"orders","mode":"QueueLength","value":"20"}}]}`, of.workloads[of.byKind[deployment][index*50]].name)
			}})
	}
	if of.rollouts {
		rolled, withRolled := of.everyDeployment(40)
		kinds = append(kinds, &listed{group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout", namespaced: true, custom: true, count: rolled, describe: withRolled,
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"spec":{"replicas":3,"workloadRef":{"apiVersion":"apps/v1","kind":"Deployment","name":%q},"strategy":{"canary":{"steps":[{"setWeight":20},{"pause":{}}]}}},"status":{"replicas":3,"phase":"Healthy"}`, of.workloads[of.byKind[deployment][index*40]].name)
			}})
	}
	if of.gateways {
		kinds = append(kinds, of.gatewayKinds()...)
	}
	if of.metrics {
		kinds = append(kinds, of.usageKinds()...)
	}
	return kinds
}

func (of *estate) gatewayKinds() []*listed {
	const group = "gateway.networking.k8s.io"
	routes, withRoute := of.everyDeployment(6)
	return []*listed{
		{group: group, version: "v1", plural: "gateways", kind: "Gateway", namespaced: true, custom: true, count: fixed(1),
			describe: func(int) described { return described{namespace: "default", name: "public", hours: 9000} },
			body:     text(`,"spec":{"gatewayClassName":"public","listeners":[{"name":"https","port":443,"protocol":"HTTPS"}]}`)},
		{group: group, version: "v1", plural: "httproutes", kind: "HTTPRoute", namespaced: true, custom: true, count: routes, describe: withRoute,
			body: func(to []byte, index int) []byte {
				name := of.workloads[of.byKind[deployment][index*6]].name
				return fmt.Appendf(to, `,"spec":{"parentRefs":[{"name":"public","namespace":"default"}],"hostnames":["%s.example.com"],"rules":[{"backendRefs":[{"name":%q,"port":80}]}]}`, name, name)
			}},
	}
}

func (of *estate) usageKinds() []*listed {
	return []*listed{
		{group: "metrics.k8s.io", version: "v1beta1", plural: "nodes", kind: "NodeMetrics", unpaged: true, count: fixed(of.nodes), describe: of.describeNode,
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"timestamp":%q,"window":"20s","usage":{"cpu":"%dm","memory":"%dKi"}`, ago(0), 2000+index%3000, 8000000+index%1000)
			}},
		{group: "metrics.k8s.io", version: "v1beta1", plural: "pods", kind: "PodMetrics", namespaced: true, unpaged: true, count: fixed(of.pods),
			describe: func(index int) described {
				pod := of.describePod(index)
				pod.owner, pod.annotations, pod.generated = "", "", false
				return pod
			},
			body: func(to []byte, index int) []byte {
				return fmt.Appendf(to, `,"timestamp":%q,"window":"15s","containers":[{"name":"main","usage":{"cpu":"%dn","memory":"%dKi"}},{"name":"sidecar","usage":{"cpu":"%dm","memory":"%dKi"}}]`,
					ago(0), 30000000+index%20000000, 90000+index%9000, 5+index%9, 20000+index%900)
			}},
	}
}
