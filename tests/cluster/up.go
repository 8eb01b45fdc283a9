// The control plane: etcd, the API server, the controller manager, the scheduler, and KWOK for what nodes would do.
package main

import (
	"context"
	"embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	nodefast "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	nodeheartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
)

//go:embed manifests/*.yaml scenarios/*.yaml
var manifests embed.FS

// The users that the cluster knows; what each may do is in manifests/users.yaml.
var users = []string{"nothing", "no-nodes", "no-autoscalers", "namespaced", "reader"}

// What one cluster is made of.
type cluster struct {
	directory string
	server    string
	ports     []int
	authority *authority
	*components
}

func up(arguments []string) error {
	flags := flag.NewFlagSet("up", flag.ExitOnError)
	directory := flags.String("directory", "", "where its files go: kubeconfigs, logs, audit.log; made where it is missing")
	nodes := flags.Int("nodes", 6, "how many nodes it has at the start, spread over three zones")
	metrics := flags.Bool("metrics", true, "serve metrics.k8s.io")
	temporary := flags.Bool("temporary", false, "remove the directory when standard input ends")
	limit := flags.Duration("limit", 2*time.Minute, "how long it may take to start")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *directory == "" {
		return fmt.Errorf("--directory is missing")
	}
	ended := untilInputEnds()
	began := time.Now()
	running, err := startControlPlane(*directory)
	if running != nil {
		defer running.stop()
	}
	if err != nil {
		return err
	}
	// Whoever waits may give up before anything is ready.
	go func() {
		<-ended
		time.Sleep(10 * time.Second)
		os.Exit(1)
	}()
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(*directory, "admin.kubeconfig"))
	if err != nil {
		return err
	}
	unlimited(config)
	left := func() time.Duration { return max(time.Second, *limit-time.Since(began)) }
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	if err := waitFor("API server", left(), running.ended, func() error {
		return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(context.Background()).Error()
	}); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "API server ready after %s\n", time.Since(began).Round(time.Millisecond))
	if err := running.startControllers(); err != nil {
		return err
	}
	applier, err := newApplier(config)
	if err != nil {
		return err
	}
	for _, name := range []string{"manifests/users.yaml", "manifests/storage.yaml"} {
		if err := applier.file(name, nil); err != nil {
			return err
		}
	}
	if err := createNodes(client, 0, *nodes); err != nil {
		return err
	}
	if err := provisionVolumes(client); err != nil {
		return err
	}
	if *metrics {
		if err := running.serveMetrics(client, applier); err != nil {
			return err
		}
	}
	if err := waitFor("ready cluster", left(), running.ended, func() error { return usable(client, *nodes, *metrics) }); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "everything ready after %s\n", time.Since(began).Round(time.Millisecond))
	fmt.Println("ready")
	select {
	case <-ended:
		running.stop()
		return removeWhere(*temporary, *directory)
	case end := <-running.ended:
		return end
	}
}

// Nodes are ready, pods can be created, and the aggregated API answers.
func usable(client kubernetes.Interface, nodes int, metrics bool) error {
	ctx := context.Background()
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	ready := 0
	for _, node := range list.Items {
		for _, condition := range node.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue && len(node.Spec.Taints) == 0 {
				ready++
			}
		}
	}
	if ready < nodes {
		return fmt.Errorf("%d of %d nodes are ready", ready, nodes)
	}
	if _, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{}); err != nil {
		return err
	}
	if metrics {
		return client.Discovery().RESTClient().Get().AbsPath("/apis/metrics.k8s.io/v1beta1/nodes").Do(ctx).Error()
	}
	return nil
}

// No rate limit of the client's own: the server is ours.
func unlimited(config *rest.Config) {
	config.QPS = -1
	config.UserAgent = "cluster-of-the-tests"
	config.WarningHandler = rest.NoWarnings{}
}

// Writes certificates and kubeconfigs, and starts etcd and the API server.
func startControlPlane(directory string) (*cluster, error) {
	directory, err := filepath.Abs(directory)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"certificates", "logs", "etcd"} {
		if err := os.MkdirAll(filepath.Join(directory, name), 0o755); err != nil {
			return nil, err
		}
	}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	authority, err := newAuthority("authority")
	if err != nil {
		return nil, err
	}
	running := &cluster{
		directory:  directory,
		server:     fmt.Sprintf("https://127.0.0.1:%d", ports[2]),
		ports:      ports,
		authority:  authority,
		components: newComponents(directory),
	}
	if err := running.writeFiles(); err != nil {
		return nil, err
	}
	client := fmt.Sprintf("http://127.0.0.1:%d", ports[0])
	peer := fmt.Sprintf("http://127.0.0.1:%d", ports[1])
	if err := running.start("etcd",
		"--data-dir="+filepath.Join(directory, "etcd"),
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer,
		"--unsafe-no-fsync=true", "--quota-backend-bytes=4294967296", "--log-level=warn",
	); err != nil {
		return running, err
	}
	certificates := filepath.Join(directory, "certificates")
	in := func(name string) string { return filepath.Join(certificates, name) }
	err = running.start("kube-apiserver",
		"--etcd-servers="+client,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", ports[2]),
		// The address is never used: nothing writes the endpoints of the service `kubernetes`, which may not be loopback.
		"--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none",
		"--tls-cert-file="+in("server.crt"), "--tls-private-key-file="+in("server.key"),
		"--client-ca-file="+in("authority.crt"), "--token-auth-file="+filepath.Join(directory, "tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-signing-key-file="+in("service-accounts.key"),
		"--service-account-key-file="+in("service-accounts.crt"),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--authorization-mode=Node,RBAC",
		"--requestheader-client-ca-file="+in("front-authority.crt"), "--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file="+in("front-client.crt"), "--proxy-client-key-file="+in("front-client.key"),
		"--audit-policy-file="+filepath.Join(directory, "audit-policy.yaml"), "--audit-log-path="+filepath.Join(directory, "audit.log"),
		"--enable-priority-and-fairness=false", "--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000",
		"--allow-privileged=true",
	)
	return running, err
}

// Starts what needs the API server.
func (running *cluster) startControllers() error {
	in := func(name string) string { return filepath.Join(running.directory, name) }
	kubeconfig := func(name string) string { return in(filepath.Join("certificates", name+".kubeconfig")) }
	manager := kubeconfig("kube-controller-manager")
	if err := running.start("kube-controller-manager",
		"--kubeconfig="+manager, "--authentication-kubeconfig="+manager, "--authorization-kubeconfig="+manager,
		"--secure-port=0", "--leader-elect=false", "--use-service-account-credentials=true",
		"--service-account-private-key-file="+in("certificates/service-accounts.key"), "--root-ca-file="+in("certificates/authority.crt"),
		"--kube-api-qps=1000", "--kube-api-burst=2000",
		"--concurrent-deployment-syncs=10", "--concurrent-replicaset-syncs=20", "--concurrent-job-syncs=10", "--concurrent-statefulset-syncs=10",
		// Nodes whose renewals are late because the machine is busy are not lost.
		"--node-monitor-grace-period=10m",
		// An autoscaler answers within seconds, so that tests can wait for it.
		"--horizontal-pod-autoscaler-sync-period=3s", "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
		"--horizontal-pod-autoscaler-cpu-initialization-period=1s", "--horizontal-pod-autoscaler-downscale-stabilization=30s",
		"--profiling=false",
	); err != nil {
		return err
	}
	if err := running.start("kube-scheduler", "--config="+in("scheduler.yaml"),
		"--authentication-kubeconfig="+kubeconfig("kube-scheduler"), "--authorization-kubeconfig="+kubeconfig("kube-scheduler"), "--secure-port=0",
	); err != nil {
		return err
	}
	return running.start("kwok", "--kubeconfig="+kubeconfig("kwok"), "--config="+in("kwok.yaml"),
		"--manage-all-nodes=true", "--node-lease-duration-seconds=240", "--cidr=10.0.0.1/9", "--server-address=")
}

// Certificates, kubeconfigs and configuration.
func (running *cluster) writeFiles() error {
	certificates := filepath.Join(running.directory, "certificates")
	front, err := newAuthority("front-authority")
	if err != nil {
		return err
	}
	server, err := running.authority.server("kubernetes", "kubernetes.default", "kubernetes.default.svc")
	if err != nil {
		return err
	}
	metrics, err := running.authority.server("metrics.kube-system.svc")
	if err != nil {
		return err
	}
	accounts, err := running.authority.client("service-accounts")
	if err != nil {
		return err
	}
	frontClient, err := front.client("front-proxy-client")
	if err != nil {
		return err
	}
	for name, made := range map[string]*pair{
		"authority": &running.authority.pair, "front-authority": &front.pair, "server": server, "metrics": metrics,
		"service-accounts": accounts, "front-client": frontClient,
	} {
		if err := made.write(certificates, name); err != nil {
			return err
		}
	}
	kubeconfig := func(directory, file, name string, groups ...string) error {
		made, err := running.authority.client(name, groups...)
		if err != nil {
			return err
		}
		return writeKubeconfig(directory, file, running.server, running.authority.certificate, credential{certificate: made})
	}
	if err := kubeconfig(running.directory, "admin", "admin", "system:masters"); err != nil {
		return err
	}
	if err := kubeconfig(certificates, "kube-controller-manager", "system:kube-controller-manager"); err != nil {
		return err
	}
	if err := kubeconfig(certificates, "kube-scheduler", "system:kube-scheduler"); err != nil {
		return err
	}
	if err := kubeconfig(certificates, "kwok", "kwok", "system:masters"); err != nil {
		return err
	}
	var tokens strings.Builder
	for _, user := range users {
		if err := kubeconfig(running.directory, user, user); err != nil {
			return err
		}
		fmt.Fprintf(&tokens, "token-of-%s,%s,%s\n", user, user, user)
	}
	// The same reader once more by its token, since clients take another path for one.
	if err := writeKubeconfig(running.directory, "reader-token", running.server, running.authority.certificate,
		credential{token: "token-of-reader"}); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"tokens.csv":        tokens.String(),
		"audit-policy.yaml": "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n",
		"scheduler.yaml": fmt.Sprintf("apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"+
			"leaderElection: {leaderElect: false}\nclientConnection: {kubeconfig: %q, qps: 1000, burst: 2000}\n",
			filepath.Join(certificates, "kube-scheduler.kubeconfig")),
		"kwok.yaml": strings.Join([]string{
			"apiVersion: config.kwok.x-k8s.io/v1alpha1\nkind: KwokConfiguration\n" +
				"options: {podPlayStageParallelism: 32, nodePlayStageParallelism: 16, nodeLeaseParallelism: 8}\n",
			nodefast.DefaultNodeInit, nodeheartbeat.DefaultNodeHeartbeatWithLease,
			podfast.DefaultPodReady, podfast.DefaultPodComplete, podfast.DefaultPodDelete,
		}, "\n---\n"),
	} {
		if err := os.WriteFile(filepath.Join(running.directory, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Removes a directory where that was asked for.
func removeWhere(asked bool, directory string) error {
	if !asked {
		return nil
	}
	return os.RemoveAll(directory)
}

// The version of Kubernetes that this program was built with.
func kubernetesVersion() string {
	information, found := debug.ReadBuildInfo()
	if found {
		for _, module := range information.Deps {
			if module.Path == "k8s.io/kubernetes" {
				return module.Version
			}
		}
	}
	return "v0.0.0"
}
