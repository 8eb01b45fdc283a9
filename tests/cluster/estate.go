// An estate of any size, every object of it made when it is asked for: what an object looks like follows from its number
// alone, so nothing is kept and every run answers the same.
package main

import (
	"fmt"
	"hash/fnv"
	"time"
)

// How large an estate is and what it has.
type size struct {
	nodes      int
	pods       int
	workloads  int
	namespaces int
	keda       bool
	rollouts   bool
	gateways   bool
	metrics    bool
	version    string
}

// What an application is run by.
type workloadKind int

const (
	deployment workloadKind = iota
	statefulSet
	daemonSet
	cronJob
	job
)

var ownerKinds = map[workloadKind]string{deployment: "ReplicaSet", statefulSet: "StatefulSet", daemonSet: "DaemonSet", job: "Job"}

// One application.
type workload struct {
	kind      workloadKind
	namespace int
	name      string
	replicas  int
	firstPod  int
	// Its number among the workloads of its kind.
	ordinal int
}

// The workloads of an estate, which are few enough to be kept.
type estate struct {
	size
	workloads []workload
	byKind    map[workloadKind][]int
	claims    int
}

// The time at which everything is told: fixed, so that answers are.
var told = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

func newEstate(of size) *estate {
	made := &estate{size: of, byKind: map[workloadKind][]int{}}
	if made.namespaces == 0 {
		made.namespaces = max(1, of.workloads/50)
	}
	rest := of.pods
	agents := 0
	if of.nodes > 0 {
		agents = min(2, of.pods/(2*of.nodes), of.workloads)
	}
	for index := range of.workloads {
		one := workload{kind: deployment, namespace: systemNamespaces + index%made.namespaces}
		switch {
		case index < agents:
			one.kind, one.namespace, one.replicas = daemonSet, 1, of.nodes
			rest -= of.nodes
		case index%20 >= 17 && index%20 <= 18:
			one.kind = cronJob
		case index%20 == 19 && rest > 0:
			one.kind, one.replicas = job, 1
			rest--
		case index%20 >= 14 && index%20 <= 16:
			one.kind = statefulSet
		}
		one.name = fmt.Sprintf("%s-%04d", []string{"web", "api", "worker", "search", "billing", "cart", "mail"}[index%7], index)
		one.ordinal = len(made.byKind[one.kind])
		made.byKind[one.kind] = append(made.byKind[one.kind], index)
		made.workloads = append(made.workloads, one)
	}
	made.sharePods(rest)
	return made
}

// Shares the pods that are left among deployments and stateful sets, some of which have five times what others have.
func (of *estate) sharePods(rest int) {
	weight := func(index int) int { return 1 + index*7919%5 }
	total := 0
	for index, one := range of.workloads {
		if one.kind == deployment || one.kind == statefulSet {
			total += weight(index)
		}
	}
	until, given, first := 0, 0, 0
	for index := range of.workloads {
		one := &of.workloads[index]
		if one.kind == deployment || one.kind == statefulSet {
			until += weight(index)
			one.replicas = rest*until/total - given
			given += one.replicas
		}
		if one.kind == statefulSet {
			of.claims += one.replicas
		}
		one.firstPod = first
		first += one.replicas
	}
	of.pods = first
}

// The workload that a pod belongs to.
func (of *estate) ownerOf(pod int) *workload {
	low, high := 0, len(of.workloads)
	for high-low > 1 {
		middle := (low + high) / 2
		if of.workloads[middle].firstPod <= pod {
			low = middle
		} else {
			high = middle
		}
	}
	return &of.workloads[low]
}

// How many namespaces come before those of teams.
const systemNamespaces = 3

func (of *estate) namespace(index int) string {
	if index < systemNamespaces {
		return []string{"default", "kube-system", "kube-public"}[index]
	}
	return fmt.Sprintf("team-%03d", index-systemNamespaces)
}

func nodeName(index int) string { return fmt.Sprintf("node-%05d", index) }

// A point in time so many hours before everything is told.
func ago(hours int) string { return told.Add(-time.Duration(hours) * time.Hour).Format(time.RFC3339) }

// The identifier of an object, which those that it owns repeat.
func identifierOf(plural string, index int) string {
	salt := fnv.New32a()
	_, _ = salt.Write([]byte(plural))
	return identifier(int(salt.Sum32()), index)
}

// An identifier that follows from two numbers.
func identifier(of, index int) string {
	mixed := uint64(of)*0x9e3779b97f4a7c15 + uint64(index+1)*0xbf58476d1ce4e5b9
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", uint32(mixed), uint16(mixed>>32), uint16(mixed>>48)&0xfff, uint16(mixed>>20)&0xfff, mixed&0xffffffffffff)
}

// Letters and digits as a controller appends them to names.
func suffix(index, length int) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	text := make([]byte, length)
	if length == 5 {
		// Names of pods differ in nothing else, so no two numbers below 27^5 may share one.
		rest := (uint64(index) + 1) * 7654321 % 14348907
		for at := range text {
			text[at] = letters[rest%27]
			rest /= 27
		}
		return string(text)
	}
	mixed := uint64(index+1) * 0x9e3779b97f4a7c15
	for at := range text {
		mixed ^= mixed >> 29
		mixed *= 0xbf58476d1ce4e5b9
		text[at] = letters[mixed%uint64(len(letters))]
	}
	return string(text)
}

// One kind of object that the server lists.
type listed struct {
	group, version string
	plural         string
	kind           string
	namespaced     bool
	count          func() int
	// What belongs to the object of a number: its namespace is empty where the kind has none.
	describe func(index int) described
	// Everything of the object but its kind and metadata, beginning with a comma.
	body func(to []byte, index int) []byte
	// Defined by a custom resource definition.
	custom bool
	// Served in one answer however long it is, as metrics-server does.
	unpaged bool
}

// The metadata of one object.
type described struct {
	namespace   string
	name        string
	labels      string
	annotations string
	owner       string
	hours       int
	reason      string
	generated   bool
}

func (kind *listed) groupVersion() string {
	if kind.group == "" {
		return kind.version
	}
	return kind.group + "/" + kind.version
}

// Appends one object. As in a list of a real server, the objects of built-in kinds do not repeat their kind.
func (kind *listed) append(to []byte, index int, metadataOnly bool) []byte {
	object := kind.describe(index)
	if metadataOnly {
		to = append(to, `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":`...)
	} else if kind.custom {
		to = fmt.Appendf(to, `{"kind":%q,"apiVersion":%q,"metadata":`, kind.kind, kind.groupVersion())
	} else {
		to = append(to, `{"metadata":`...)
	}
	to = fmt.Appendf(to, `{"name":%q`, object.name)
	if object.generated {
		to = fmt.Appendf(to, `,"generateName":%q`, object.name[:len(object.name)-5])
	}
	if object.namespace != "" {
		to = fmt.Appendf(to, `,"namespace":%q`, object.namespace)
	}
	to = fmt.Appendf(to, `,"uid":%q,"resourceVersion":"%d","creationTimestamp":%q`,
		identifierOf(kind.plural, index), 100000+index, ago(object.hours))
	if object.labels != "" {
		to = append(append(to, `,"labels":`...), object.labels...)
	}
	if object.annotations != "" {
		to = append(append(to, `,"annotations":`...), object.annotations...)
	}
	if object.owner != "" {
		to = append(append(to, `,"ownerReferences":`...), object.owner...)
	}
	if kind.group != "metrics.k8s.io" {
		to = append(append(to, `,"managedFields":`...), kind.fields()...)
	}
	to = append(to, '}')
	if !metadataOnly {
		to = kind.body(to, index)
	}
	return append(to, '}')
}

// The managed fields of an object: long and of no interest, which is why they are here.
func (kind *listed) fields() string {
	if kind.plural == "pods" {
		return podFields
	}
	return someFields
}

const someFields = `[{"manager":"deployer","operation":"Apply","apiVersion":"v1","time":"2026-11-19T08:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{"f:example.com/owner":{}},"f:labels":{"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/part-of":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app.kubernetes.io/name":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{".":{},"f:image":{},"f:name":{},"f:resources":{"f:limits":{"f:memory":{}},"f:requests":{"f:cpu":{},"f:memory":{}}}}}}}}}}]`

var podFields = `[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-19T08:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:checksum/config":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/instance":{},"f:app.kubernetes.io/name":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"6f2b1f0e\"}":{}}},"f:spec":{"f:affinity":{},"f:containers":{` +
	containerFields("main") +
	`},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:serviceAccount":{},"f:serviceAccountName":{},"f:terminationGracePeriodSeconds":{},"f:topologySpreadConstraints":{".":{},"k:{\"topologyKey\":\"topology.kubernetes.io/zone\",\"whenUnsatisfiable\":\"ScheduleAnyway\"}":{".":{},"f:labelSelector":{},"f:maxSkew":{},"f:topologyKey":{},"f:whenUnsatisfiable":{}}}}}},{"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2026-11-19T08:01:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"10.1.1.1\"}":{".":{},"f:ip":{}}},"f:startTime":{}}},"subresource":"status"}]`

func containerFields(name string) string {
	return `"k:{\"name\":\"` + name + `\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"DATABASE_HOST\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:readinessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}},"f:periodSeconds":{}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/app\"}":{".":{},"f:mountPath":{},"f:name":{}}}}`
}
