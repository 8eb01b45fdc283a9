// The nodes of the cluster and the volumes of its claims: what a cloud would bring.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

var zones = []string{"eu-west-a", "eu-west-b", "eu-west-c"}

// Creates nodes numbered from `from` up to `to`. KWOK makes them ready and renews their leases.
func createNodes(client kubernetes.Interface, from, to int) error {
	return concurrently(16, from, to, func(index int) error {
		node := nodeOf(index)
		if _, err := client.CoreV1().Nodes().Create(context.Background(), node, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
		return nil
	})
}

func nodeOf(index int) *corev1.Node {
	name := fmt.Sprintf("node-%04d", index+1)
	zone := zones[index%len(zones)]
	amounts := func(cpu, memory string) corev1.ResourceList {
		return corev1.ResourceList{
			corev1.ResourceCPU:              resource.MustParse(cpu),
			corev1.ResourceMemory:           resource.MustParse(memory),
			corev1.ResourcePods:             resource.MustParse("110"),
			corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
		}
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: name,
			Labels: map[string]string{
				"kubernetes.io/hostname":           name,
				"kubernetes.io/os":                 "linux",
				"kubernetes.io/arch":               "amd64",
				"topology.kubernetes.io/region":    "eu-west",
				"topology.kubernetes.io/zone":      zone,
				"node.kubernetes.io/instance-type": "general-4",
			},
		},
		Spec: corev1.NodeSpec{ProviderID: "example:///" + zone + "/" + name},
		Status: corev1.NodeStatus{
			Capacity:    amounts("4", "16Gi"),
			Allocatable: amounts("3920m", "14Gi"),
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("172.16.%d.%d", index/250, index%250+1)},
				{Type: corev1.NodeHostName, Address: name},
			},
			NodeInfo: corev1.NodeSystemInfo{
				Architecture: "amd64", OperatingSystem: "linux", OSImage: "Debian GNU/Linux 13 (trixie)", KernelVersion: "6.12.0",
				ContainerRuntimeVersion: "containerd://2.2.0", KubeletVersion: kubernetesVersion(),
			},
		},
	}
}

// Makes a volume for every claim that waits for one: the controller manager binds the two.
func provisionVolumes(client kubernetes.Interface) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	provision := func(object any) {
		claim, is := object.(*corev1.PersistentVolumeClaim)
		if !is || claim.Spec.VolumeName != "" || claim.Spec.StorageClassName == nil || *claim.Spec.StorageClassName != "standard" {
			return
		}
		volume := &corev1.PersistentVolume{
			ObjectMeta: metav1.ObjectMeta{
				Name:        "pvc-" + string(claim.UID),
				Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": "disks.cluster.example"},
			},
			Spec: corev1.PersistentVolumeSpec{
				Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
				AccessModes:                   claim.Spec.AccessModes,
				StorageClassName:              "standard",
				PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
				ClaimRef: &corev1.ObjectReference{
					APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
				},
				PersistentVolumeSource: corev1.PersistentVolumeSource{
					CSI: &corev1.CSIPersistentVolumeSource{Driver: "disks.cluster.example", VolumeHandle: string(claim.UID)},
				},
			},
		}
		_, err := client.CoreV1().PersistentVolumes().Create(context.Background(), volume, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			fmt.Fprintf(os.Stderr, "no volume for the claim %s/%s: %v\n", claim.Namespace, claim.Name, err)
		}
	}
	_, err := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    provision,
		UpdateFunc: func(_, object any) { provision(object) },
	})
	factory.Start(nil)
	return err
}

// Does something for each number, several at a time; the first error of any.
func concurrently(workers, from, to int, do func(index int) error) error {
	indexes := make(chan int)
	failed := make(chan error, 1)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for index := range indexes {
				if err := do(index); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	for index := from; index < to; index++ {
		indexes <- index
	}
	close(indexes)
	group.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// How long ago, in words that a person reads.
func since(began time.Time) time.Duration { return time.Since(began).Round(10 * time.Millisecond) }
