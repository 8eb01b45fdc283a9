// Manifests applied to a cluster as `kubectl apply --server-side` would.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
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
		kind := object.GroupVersionKind()
		mapping, err := to.mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err != nil {
			to.mapper.Reset()
			return err
		}
		var resource dynamic.ResourceInterface = to.client.Resource(mapping.Resource)
		if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
			namespace := object.GetNamespace()
			if namespace == "" {
				namespace = "default"
			}
			resource = to.client.Resource(mapping.Resource).Namespace(namespace)
		}
		_, err = resource.Apply(context.Background(), object.GetName(), object, metav1.ApplyOptions{FieldManager: "tests", Force: true})
		return err
	})
}

// The objects of an embedded file, in their order.
func objectsOf(name string) ([]*unstructured.Unstructured, error) {
	text, err := manifests.ReadFile(name)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(object.Object) != 0 {
			objects = append(objects, object)
		}
	}
}

// Bytes as JSON holds them.
func encoded(bytes []byte) string { return base64.StdEncoding.EncodeToString(bytes) }
