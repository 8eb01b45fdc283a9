// Scenarios: what runs on a cluster when a test begins.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func populate(arguments []string) error {
	flags := flag.NewFlagSet("populate", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "the cluster, as its administrator")
	scenario := flags.String("scenario", "shop", "shop: a small estate; canary: the same with a word that may appear nowhere; large: as many pods as told")
	word := flags.String("canary", "canary-5e1f0c77", "the word of the scenario canary")
	nodes := flags.Int("nodes", 1000, "how many nodes the scenario large has")
	pods := flags.Int("pods", 5000, "how many pods the scenario large has")
	limit := flags.Duration("wait", 2*time.Minute, "how long the pods may take until they run")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	unlimited(config)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	began := time.Now()
	switch *scenario {
	case "shop", "canary":
		to, err := newApplier(config)
		if err != nil {
			return err
		}
		var change func(*unstructured.Unstructured)
		if *scenario == "canary" {
			change = func(object *unstructured.Unstructured) { plant(object, *word) }
		}
		if err := to.file("scenarios/shop.yaml", change); err != nil {
			return err
		}
	case "large":
		if err := createNodes(client, 0, *nodes); err != nil {
			return err
		}
		fmt.Printf("nodes created after %s\n", since(began))
		if err := createLoad(client, *pods); err != nil {
			return err
		}
	default:
		return fmt.Errorf("there is no scenario %q", *scenario)
	}
	fmt.Printf("created after %s\n", since(began))
	err = waitFor("running scenario", *limit, nil, func() error { return settled(client) })
	if err != nil {
		return err
	}
	fmt.Printf("running after %s\n", since(began))
	return nil
}

// Every workload has as many ready pods as it asks for, and every job is complete.
func settled(client kubernetes.Interface) error {
	ctx := context.Background()
	options := metav1.ListOptions{}
	deployments, err := client.AppsV1().Deployments("").List(ctx, options)
	if err != nil {
		return err
	}
	missing, wanted := int32(0), int32(0)
	for _, one := range deployments.Items {
		wanted += *one.Spec.Replicas
		missing += *one.Spec.Replicas - one.Status.ReadyReplicas
	}
	sets, err := client.AppsV1().StatefulSets("").List(ctx, options)
	if err != nil {
		return err
	}
	for _, one := range sets.Items {
		wanted += *one.Spec.Replicas
		missing += *one.Spec.Replicas - one.Status.ReadyReplicas
	}
	agents, err := client.AppsV1().DaemonSets("").List(ctx, options)
	if err != nil {
		return err
	}
	for _, one := range agents.Items {
		if one.Status.ObservedGeneration == 0 {
			return fmt.Errorf("the daemon set %s is new", one.Name)
		}
		wanted += one.Status.DesiredNumberScheduled
		missing += one.Status.DesiredNumberScheduled - one.Status.NumberReady
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d pods are not ready", missing, wanted)
	}
	jobs, err := client.BatchV1().Jobs("").List(ctx, options)
	if err != nil {
		return err
	}
	for _, one := range jobs.Items {
		if one.Status.Succeeded == 0 {
			return fmt.Errorf("the job %s is not complete", one.Name)
		}
	}
	return nil
}

// Creates deployments of twenty replicas until there are as many pods as asked, some with budgets and autoscalers.
func createLoad(client kubernetes.Interface, pods int) error {
	const each, namespaces = 20, 20
	ctx := context.Background()
	for index := range namespaces {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("load-%02d", index)}}
		if _, err := client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	return concurrently(8, 0, (pods+each-1)/each, func(index int) error {
		replicas := int32(min(each, pods-index*each))
		name, namespace := fmt.Sprintf("load-%04d", index), fmt.Sprintf("load-%02d", index%namespaces)
		labels := map[string]string{"app.kubernetes.io/name": name}
		selector := &metav1.LabelSelector{MatchLabels: labels}
		meta := metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: labels}
		requests := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("128Mi")}
		_, err := client.AppsV1().Deployments(namespace).Create(ctx, &appsv1.Deployment{
			ObjectMeta: meta,
			Spec: appsv1.DeploymentSpec{
				Replicas: &replicas, Selector: selector,
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Labels: labels},
					Spec: corev1.PodSpec{Containers: []corev1.Container{{
						Name: "main", Image: "registry.example.com/load:1.0.0", Resources: corev1.ResourceRequirements{Requests: requests},
						Env: []corev1.EnvVar{{Name: "DATABASE_HOST", Value: "database.example.com"}},
					}}},
				},
			},
		}, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
		if index%4 == 0 {
			one := intstr.FromInt32(1)
			_, err = client.PolicyV1().PodDisruptionBudgets(namespace).Create(ctx, &policyv1.PodDisruptionBudget{
				ObjectMeta: meta, Spec: policyv1.PodDisruptionBudgetSpec{MaxUnavailable: &one, Selector: selector},
			}, metav1.CreateOptions{})
		}
		if index%25 == 0 && (err == nil || apierrors.IsAlreadyExists(err)) {
			percent := int32(80)
			_, err = client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Create(ctx, &autoscalingv2.HorizontalPodAutoscaler{
				ObjectMeta: meta,
				Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
					ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name},
					MinReplicas:    &replicas, MaxReplicas: 2 * replicas,
					Metrics: []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
						Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &percent},
					}}},
				},
			}, metav1.CreateOptions{})
		}
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
		return nil
	})
}

// Plants a word in everything of an object that may hold a secret and that no report has a reason to show: the content of
// secrets and configuration maps, values of environment variables, arguments, commands of probes, and annotations, among
// them the one in which kubectl keeps the whole object.
func plant(object *unstructured.Unstructured, word string) {
	switch object.GetKind() {
	case "Secret":
		suffixValues(object.Object, "stringData", word)
		setIn(object.Object, base64.StdEncoding.EncodeToString([]byte(word)), "data", "canary")
	case "ConfigMap":
		suffixValues(object.Object, "data", word)
	}
	plantIn(object.Object, word)
	text, err := json.Marshal(object.Object)
	if err != nil {
		panic(err)
	}
	setIn(object.Object, string(text), "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
}

// Walks an object: whatever has metadata gets an annotation, whatever has containers gets the word in each.
func plantIn(value any, word string) {
	switch held := value.(type) {
	case map[string]any:
		if metadata, is := held["metadata"].(map[string]any); is {
			suffixValues(metadata, "annotations", word)
			setIn(metadata, word, "annotations", "example.com/note")
		}
		for _, name := range []string{"containers", "initContainers"} {
			containers, _ := held[name].([]any)
			for _, each := range containers {
				plantInContainer(each.(map[string]any), word)
			}
		}
		for _, inner := range held {
			plantIn(inner, word)
		}
	case []any:
		for _, inner := range held {
			plantIn(inner, word)
		}
	}
}

func plantInContainer(container map[string]any, word string) {
	environment, _ := container["env"].([]any)
	for _, each := range environment {
		variable := each.(map[string]any)
		if text, is := variable["value"].(string); is {
			variable["value"] = text + word
		}
	}
	container["env"] = append(environment, map[string]any{"name": "PASSWORD", "value": word}, map[string]any{
		"name": "UPSTREAM", "value": "https://user:" + word + "@upstream.example.com/"})
	arguments, _ := container["args"].([]any)
	container["args"] = append(arguments, "--password="+word)
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		if command, found, _ := unstructured.NestedSlice(container, probe, "exec", "command"); found {
			_ = unstructured.SetNestedSlice(container, append(command, "--token="+word), probe, "exec", "command")
		}
	}
}

// Appends the word to every text of a map, but to those that the cluster itself reads.
func suffixValues(object map[string]any, name, word string) {
	values, _ := object[name].(map[string]any)
	for key, value := range values {
		if text, is := value.(string); is && !strings.HasPrefix(key, "cluster.example/") {
			values[key] = text + word
		}
	}
}

func setIn(object map[string]any, value string, fields ...string) {
	if err := unstructured.SetNestedField(object, value, fields...); err != nil {
		panic(err)
	}
}
