// The API metrics.k8s.io, as metrics-server would answer it: what pods use is a share of what they request.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// A pod says by one of these annotations how much processor time it uses: a share of its requests in percent, or a load that
// all running pods of its owner share, so that more of them have less to do each. It uses half of its requests where it says
// nothing.
const (
	usageAnnotation = "cluster.example/usage-percent"
	loadAnnotation  = "cluster.example/load"
)

type metrics struct {
	pods  corelisters.PodLister
	nodes corelisters.NodeLister
}

// Serves the API on a port of its own and registers it: the API server asks at the external name of a service.
func (running *cluster) serveMetrics(client kubernetes.Interface, to *applier) error {
	in := func(name string) string { return filepath.Join(running.directory, "certificates", name) }
	certificate, err := tls.LoadX509KeyPair(in("metrics.crt"), in("metrics.key"))
	if err != nil {
		return err
	}
	front, err := os.ReadFile(in("front-authority.crt"))
	if err != nil {
		return err
	}
	callers := x509.NewCertPool()
	callers.AppendCertsFromPEM(front)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	answering := &metrics{pods: factory.Core().V1().Pods().Lister(), nodes: factory.Core().V1().Nodes().Lister()}
	factory.Start(nil)
	server := &http.Server{
		Handler: answering,
		// The API server has asked who the caller is and what it may do; anyone else is refused.
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, ClientCAs: callers, ClientAuth: tls.RequireAndVerifyClientCert},
		ErrorLog:  log.New(os.Stderr, "metrics: ", 0),
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	port := int64(listener.Addr().(*net.TCPAddr).Port)
	for _, object := range []map[string]any{
		{
			"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "metrics", "namespace": "kube-system"},
			"spec": map[string]any{"type": "ExternalName", "externalName": "localhost"},
		},
		{
			"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": map[string]any{"name": "v1beta1.metrics.k8s.io"},
			"spec": map[string]any{
				"group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": int64(100), "versionPriority": int64(100),
				"service":  map[string]any{"name": "metrics", "namespace": "kube-system", "port": port},
				"caBundle": encoded(running.authority.certificate),
			},
		},
	} {
		if err := to.apply(&unstructured.Unstructured{Object: object}); err != nil {
			return err
		}
	}
	return nil
}

func (answering *metrics) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	selector, err := labels.Parse(request.URL.Query().Get("labelSelector"))
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	parts := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	parts = parts[min(3, len(parts)):]
	switch {
	case !strings.HasPrefix(request.URL.Path, "/apis/metrics.k8s.io/v1beta1"):
		answer(writer, metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}})
	case len(parts) == 0:
		answer(writer, metav1.APIResourceList{
			TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"},
			GroupVersion: "metrics.k8s.io/v1beta1",
			APIResources: []metav1.APIResource{
				{Name: "nodes", Kind: "NodeMetrics", Verbs: []string{"get", "list"}},
				{Name: "pods", Kind: "PodMetrics", Namespaced: true, Verbs: []string{"get", "list"}},
			},
		})
	case parts[0] == "nodes" && len(parts) == 1:
		answering.listNodes(writer, selector)
	case parts[0] == "pods" && len(parts) == 1:
		answering.listPods(writer, "", selector)
	case parts[0] == "namespaces" && len(parts) == 3 && parts[2] == "pods":
		answering.listPods(writer, parts[1], selector)
	default:
		http.NotFound(writer, request)
	}
}

func (answering *metrics) listPods(writer http.ResponseWriter, namespace string, selector labels.Selector) {
	pods, err := answering.pods.Pods(namespace).List(selector)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	sort.Slice(pods, func(left, right int) bool {
		return pods[left].Namespace+"/"+pods[left].Name < pods[right].Namespace+"/"+pods[right].Name
	})
	sharing, err := answering.sharing()
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	list := metricsv1beta1.PodMetricsList{TypeMeta: metav1.TypeMeta{Kind: "PodMetricsList", APIVersion: "metrics.k8s.io/v1beta1"}}
	for _, pod := range pods {
		if pod.Status.Phase != corev1.PodRunning {
			continue
		}
		usage := metricsv1beta1.PodMetrics{
			ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, Labels: pod.Labels},
			Timestamp:  metav1.Now(), Window: metav1.Duration{Duration: 15 * time.Second},
		}
		for at, container := range pod.Spec.Containers {
			usage.Containers = append(usage.Containers, metricsv1beta1.ContainerMetrics{Name: container.Name, Usage: usageOf(pod, at, sharing)})
		}
		list.Items = append(list.Items, usage)
	}
	answer(writer, list)
}

func (answering *metrics) listNodes(writer http.ResponseWriter, selector labels.Selector) {
	pods, err := answering.pods.List(labels.Everything())
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	sharing, err := answering.sharing()
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	cpu, memory := map[string]int64{}, map[string]int64{}
	for _, pod := range pods {
		if pod.Status.Phase != corev1.PodRunning {
			continue
		}
		for at := range pod.Spec.Containers {
			usage := usageOf(pod, at, sharing)
			cpu[pod.Spec.NodeName] += usage.Cpu().MilliValue()
			memory[pod.Spec.NodeName] += usage.Memory().Value()
		}
	}
	nodes, err := answering.nodes.List(selector)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	sort.Slice(nodes, func(left, right int) bool { return nodes[left].Name < nodes[right].Name })
	list := metricsv1beta1.NodeMetricsList{TypeMeta: metav1.TypeMeta{Kind: "NodeMetricsList", APIVersion: "metrics.k8s.io/v1beta1"}}
	for _, node := range nodes {
		list.Items = append(list.Items, metricsv1beta1.NodeMetrics{
			ObjectMeta: metav1.ObjectMeta{Name: node.Name, Labels: node.Labels},
			Timestamp:  metav1.Now(), Window: metav1.Duration{Duration: 15 * time.Second},
			// What the system itself uses comes on top.
			Usage: amountsOf(cpu[node.Name]+100, memory[node.Name]+512<<20),
		})
	}
	answer(writer, list)
}

// How many pods of each owner run.
func (answering *metrics) sharing() (map[types.UID]int64, error) {
	pods, err := answering.pods.List(labels.Everything())
	sharing := map[types.UID]int64{}
	for _, pod := range pods {
		if owner := metav1.GetControllerOf(pod); owner != nil && pod.Status.Phase == corev1.PodRunning {
			sharing[owner.UID]++
		}
	}
	return sharing, err
}

func usageOf(pod *corev1.Pod, at int, sharing map[types.UID]int64) corev1.ResourceList {
	container := pod.Spec.Containers[at]
	cpu, memory := container.Resources.Requests.Cpu().MilliValue(), container.Resources.Requests.Memory().Value()
	if cpu == 0 {
		cpu = 20
	}
	if memory == 0 {
		memory = 64 << 20
	}
	if stated, is := pod.Annotations[loadAnnotation]; is && at == 0 {
		load, err := resource.ParseQuantity(stated)
		if owner := metav1.GetControllerOf(pod); err == nil && owner != nil {
			return amountsOf(load.MilliValue()/max(1, sharing[owner.UID]), memory/2)
		}
	}
	percent := int64(50)
	if stated, is := pod.Annotations[usageAnnotation]; is {
		if _, err := fmt.Sscan(stated, &percent); err != nil {
			percent = 0
		}
	}
	return amountsOf(cpu*percent/100, memory*percent/100)
}

func amountsOf(milli, bytes int64) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewMilliQuantity(milli, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(bytes, resource.BinarySI),
	}
}

func answer(writer http.ResponseWriter, value any) {
	writer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(writer).Encode(value)
}
