// The programs that this one can be, each run as a process of its own, and how they are started and ended.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwokcommand "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
)

func runEtcd([]string) error {
	etcdmain.Main(os.Args)
	return nil
}

func runAPIServer([]string) error {
	os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	return nil
}

func runControllerManager([]string) error {
	os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	return nil
}

func runScheduler([]string) error {
	os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	return nil
}

func runKwok([]string) error {
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	ctx, _ := kwoklog.InitFlags(context.Background(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		return err
	}
	command := kwokcommand.NewCommand(ctx)
	// The other components define the flag `--version` for every command in this program, in another way.
	command.Version = ""
	command.PersistentFlags().AddFlagSet(flags)
	return command.ExecuteContext(ctx)
}

// The components of one cluster that run.
type components struct {
	directory string
	processes []*exec.Cmd
	// The first component that ended by itself, with the end of its log.
	ended chan error
}

func newComponents(directory string) *components {
	return &components{directory: directory, ended: make(chan error, 16)}
}

// Starts this program as a component that writes its log to a file of its own. Call it from the main thread alone: the
// kernel kills the component when that thread ends, even where this program is killed and can end nothing itself.
func (running *components) start(component string, arguments ...string) error {
	path := filepath.Join(running.directory, "logs", component+".log")
	log, err := os.Create(path)
	if err != nil {
		return err
	}
	defer log.Close()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	process := exec.Command(program, append([]string{component}, arguments...)...)
	process.Stdout = log
	process.Stderr = log
	// Memory is plenty next to processors on the machines that run tests.
	process.Env = []string{"GOGC=200", "HOME=" + running.directory, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := process.Start(); err != nil {
		return fmt.Errorf("%s cannot be started: %w", component, err)
	}
	running.processes = append(running.processes, process)
	pids, err := os.OpenFile(filepath.Join(running.directory, "pids"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer pids.Close()
	fmt.Fprintf(pids, "%d %s\n", process.Process.Pid, component)
	go func() {
		err := process.Wait()
		running.ended <- fmt.Errorf("%s ended: %v; the end of %s:\n%s", component, err, path, endOf(path))
	}()
	return nil
}

// Ends every component, the last started first. Nothing is kept, so nothing needs time to say goodbye.
func (running *components) stop() {
	for index := len(running.processes) - 1; index >= 0; index-- {
		_ = running.processes[index].Process.Kill()
	}
	for range running.processes {
		select {
		case <-running.ended:
		case <-time.After(10 * time.Second):
			return
		}
	}
	running.processes = nil
}

// The last part of a log.
func endOf(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// Ports that were free a moment ago, below those that the kernel gives to connections, which come and go.
func freePorts(count int) ([]int, error) {
	ports := make([]int, 0, count)
	for range 1000 {
		port := 20000 + rand.IntN(12000)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer listener.Close()
		if ports = append(ports, port); len(ports) == count {
			return ports, nil
		}
	}
	return nil, errors.New("no port is free")
}

// Closed when standard input ends: when whoever started this program has ended, in whatever way.
func untilInputEnds() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	return done
}

// Asks until the answer is no error, something ends, or the time is over.
func waitFor(what string, limit time.Duration, ended <-chan error, ask func() error) error {
	until := time.Now().Add(limit)
	pause := 50 * time.Millisecond
	for {
		err := ask()
		if err == nil {
			return nil
		}
		if time.Now().After(until) {
			return fmt.Errorf("no %s after %s: %w", what, limit, err)
		}
		select {
		case end := <-ended:
			return end
		case <-time.After(pause):
		}
		pause = min(pause*2, 500*time.Millisecond)
	}
}
