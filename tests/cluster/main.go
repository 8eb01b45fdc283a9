// A Kubernetes cluster on loopback for the end-to-end tests, a server that pages through an estate of any size, and a
// proxy that fails on purpose.
package main

import (
	"fmt"
	"os"
	"runtime"
	_ "time/tzdata"
)

// A subcommand: what follows its name, and the error that ends the program.
type subcommand struct {
	name string
	says string
	run  func(arguments []string) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"up", "starts a control plane with nodes, until standard input ends", up},
		{"populate", "applies a scenario to a cluster", populate},
		{"apply", "applies the manifests of files, as far as a cluster takes them", applyFiles},
		{"paging-server", "serves lists of an estate of any size", pagingServer},
		{"proxy", "stands in front of a server and fails as told", proxy},
		{"etcd", "is etcd", runEtcd},
		{"kube-apiserver", "is kube-apiserver", runAPIServer},
		{"kube-controller-manager", "is kube-controller-manager", runControllerManager},
		{"kube-scheduler", "is kube-scheduler", runScheduler},
		{"kwok", "is kwok", runKwok},
	}
}

func init() {
	// Children die with the thread that started them (see `start`), so they are all started from the main thread, which
	// lives as long as the program.
	runtime.LockOSThread()
}

func main() {
	if len(os.Args) > 1 {
		for _, known := range subcommands() {
			if known.name != os.Args[1] {
				continue
			}
			// Each component reads its arguments as if it had been started by its own name.
			os.Args = os.Args[1:]
			if err := known.run(os.Args[1:]); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", known.name, err)
				os.Exit(1)
			}
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: cluster SUBCOMMAND [FLAGS]")
	for _, known := range subcommands() {
		fmt.Fprintf(os.Stderr, "  %-24s %s\n", known.name, known.says)
	}
	os.Exit(2)
}
