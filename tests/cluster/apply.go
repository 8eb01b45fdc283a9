// Manifests applied to a cluster as `kubectl apply --server-side` would.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"sort"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

type applier struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

func newApplier(config *rest.Config) (*applier, error) {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	discovered, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return &applier{client: client, mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovered))}, nil
}

// Applies every object of an embedded file, each changed first by `change` where there is one.
func (to *applier) file(name string, change func(*unstructured.Unstructured)) error {
	objects, err := objectsOf(name)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if change != nil {
			change(object)
		}
		if err := to.apply(object); err != nil {
			return fmt.Errorf("%s: %s %s: %w", name, object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// Applies one object. A kind that was defined a moment ago, or a role binding to a controller's default, may not be
// there yet, so a refusal is asked again for a while.
func (to *applier) apply(object *unstructured.Unstructured) error {
	return waitFor("acceptance", 20*time.Second, nil, func() error {
		err := to.attempt(object, "default")
		if meta.IsNoMatchError(err) {
			to.mapper.Reset()
		}
		return err
	})
}

// Applies one object once, in its own namespace or, where it names none and its kind has one, in the one given.
func (to *applier) attempt(object *unstructured.Unstructured, namespace string) error {
	kind := object.GroupVersionKind()
	mapping, err := to.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var resource dynamic.ResourceInterface = to.client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if object.GetNamespace() != "" {
			namespace = object.GetNamespace()
		}
		resource = to.client.Resource(mapping.Resource).Namespace(namespace)
	}
	_, err = resource.Apply(context.Background(), object.GetName(), object, metav1.ApplyOptions{FieldManager: "tests", Force: true})
	return err
}

// The objects of an embedded file, in their order.
func objectsOf(name string) ([]*unstructured.Unstructured, error) {
	text, err := manifests.ReadFile(name)
	if err != nil {
		return nil, err
	}
	objects, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return objects, nil
}

// The objects of a text, those of lists one by one. What was read before an error is returned with it.
func parse(text []byte) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return objects, err
		}
		if object.IsList() {
			list, err := object.ToList()
			if err != nil {
				return objects, err
			}
			for index := range list.Items {
				objects = append(objects, &list.Items[index])
			}
		} else if len(object.Object) != 0 {
			objects = append(objects, object)
		}
	}
}

// What the server does not take, and why: one line of JSON each.
type refusal struct {
	File      string `json:"file"`
	Kind      string `json:"kind,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	Reason    string `json:"reason"`
}

// Applies manifests of files as far as the server takes them: definitions and namespaces first, and a namespace that no
// manifest makes is made. Each object that is refused is a line of output; the last line counts.
func applyFiles(arguments []string) error {
	flags := flag.NewFlagSet("apply", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "the cluster, as its administrator")
	namespace := flags.String("namespace", "default", "where objects go that name no namespace")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	unlimited(config)
	to, err := newApplier(config)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(os.Stdout)
	lines.SetEscapeHTML(false)
	type held struct {
		file   string
		object *unstructured.Unstructured
	}
	var objects []held
	needed := map[string]bool{*namespace: true}
	for _, file := range flags.Args() {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		read, err := parse(text)
		if err != nil {
			_ = lines.Encode(refusal{File: file, Reason: err.Error()})
		}
		for _, object := range read {
			objects = append(objects, held{file, object})
			if object.GetNamespace() != "" {
				needed[object.GetNamespace()] = true
			}
		}
	}
	order := func(one held) int {
		switch one.object.GetKind() {
		case "CustomResourceDefinition":
			return 0
		case "Namespace":
			return 1
		case "PriorityClass", "StorageClass", "ServiceAccount", "LimitRange":
			return 2
		default:
			return 3
		}
	}
	sort.SliceStable(objects, func(left, right int) bool { return order(objects[left]) < order(objects[right]) })
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		made := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
		if err := to.attempt(made, ""); err != nil {
			_ = lines.Encode(refusal{Kind: "Namespace", Name: name, Reason: err.Error()})
		}
	}
	accepted := 0
	for at, one := range objects {
		if at > 0 && order(objects[at-1]) == 0 && order(one) != 0 {
			// What was defined a moment ago is served a moment later.
			time.Sleep(2 * time.Second)
			to.mapper.Reset()
		}
		refused := refusal{one.file, one.object.GetKind(), one.object.GetNamespace(), one.object.GetName(), ""}
		switch one.object.GetKind() {
		case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService":
			refused.Reason = "left out: nothing answers for it here, so that it would keep others from being taken"
		default:
			err := to.attempt(one.object, *namespace)
			var lost *url.Error
			if errors.As(err, &lost) {
				return err
			}
			if err == nil {
				accepted++
				continue
			}
			refused.Reason = err.Error()
		}
		_ = lines.Encode(refused)
	}
	return lines.Encode(map[string]int{"accepted": accepted, "refused": len(objects) - accepted})
}

// Bytes as JSON holds them.
func encoded(bytes []byte) string { return base64.StdEncoding.EncodeToString(bytes) }
