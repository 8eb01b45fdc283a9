// A server that answers lists of a large estate over HTTPS as the API server does, page by page, and writes down who asked
// for what.
package main

import (
	"compress/gzip"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	discoveryv2 "k8s.io/api/apidiscovery/v2"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	apiversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
)

type paging struct {
	*estate
	listed    []*listed
	token     string
	forbidden map[string]bool
	failing   map[string]bool
	requests  *requestLog
}

func pagingServer(arguments []string) error {
	flags := flag.NewFlagSet("paging-server", flag.ExitOnError)
	directory := flags.String("directory", "", "where its kubeconfigs and requests.jsonl go; made where it is missing")
	temporary := flags.Bool("temporary", false, "remove the directory when standard input ends")
	nodes := flags.Int("nodes", 5000, "how many nodes there are")
	pods := flags.Int("pods", 50000, "how many pods there are")
	workloads := flags.Int("workloads", 2500, "how many workloads there are")
	namespaces := flags.Int("namespaces", 0, "how many namespaces they are in; one for each 50 workloads where not told")
	keda := flags.Bool("keda", false, "serve scaled objects of KEDA")
	rollouts := flags.Bool("rollouts", false, "serve rollouts of Argo")
	gateways := flags.Bool("gateways", false, "serve gateways and routes of the Gateway API")
	metrics := flags.Bool("metrics", true, "serve metrics.k8s.io")
	version := flags.String("kubernetes-version", kubernetesVersion(), "the version that it says it is")
	forbidden := flags.String("forbid", "", "resources that the caller may not list, as GROUP/PLURAL or PLURAL, separated by commas")
	failing := flags.String("unavailable", "", "resources that are served but answer 503, named likewise")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *directory == "" {
		return fmt.Errorf("--directory is missing")
	}
	if *workloads < 1 || *nodes < 0 || *pods < 0 {
		return fmt.Errorf("there is at least one workload, and no count is negative")
	}
	ended := untilInputEnds()
	of := newEstate(size{nodes: *nodes, pods: *pods, workloads: *workloads, namespaces: *namespaces, keda: *keda, rollouts: *rollouts, gateways: *gateways, metrics: *metrics, version: *version})
	answering := &paging{estate: of, listed: of.kinds(), token: "token-of-the-paging-server", forbidden: names(*forbidden), failing: names(*failing)}
	if err := os.MkdirAll(*directory, 0o755); err != nil {
		return err
	}
	requests, err := newRequestLog(filepath.Join(*directory, "requests.jsonl"))
	if err != nil {
		return err
	}
	answering.requests = requests
	if _, err := serveHTTPS(*directory, answering.token, requests.around(answering)); err != nil {
		return err
	}
	fmt.Println("ready")
	<-ended
	return removeWhere(*temporary, *directory)
}

func names(list string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Split(list, ",") {
		if name != "" {
			set[name] = true
		}
	}
	return set
}

// Serves a handler on a free port of loopback to callers that show the token or a certificate, and writes
// `admin.kubeconfig` (the certificate) and `token.kubeconfig` for it.
func serveHTTPS(directory, token string, handler http.Handler) (*http.Server, error) {
	authority, err := newAuthority("authority")
	if err != nil {
		return nil, err
	}
	made, err := authority.server()
	if err != nil {
		return nil, err
	}
	certificate, err := made.tls()
	if err != nil {
		return nil, err
	}
	client, err := authority.client("admin", "system:masters")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("https://127.0.0.1:%d", listener.Addr().(*net.TCPAddr).Port)
	if err := writeKubeconfig(directory, "admin", address, authority.certificate, credential{certificate: client}); err != nil {
		return nil, err
	}
	if err := writeKubeconfig(directory, "token", address, authority.certificate, credential{token: token}); err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			if len(request.TLS.VerifiedChains) == 0 && request.Header.Get("Authorization") != "Bearer "+token {
				refuse(writer, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
				return
			}
			handler.ServeHTTP(writer, request)
		}),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, ClientCAs: authority.pool(), ClientAuth: tls.VerifyClientCertIfGiven},
		ErrorLog:  log.New(os.Stderr, "", 0),
	}
	go func() {
		if err := server.ServeTLS(listener, "", ""); err != nil && err != http.ErrServerClosed {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}()
	return server, nil
}

// Answers with a status as the API server does.
func refuse(writer http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(code)
	_ = json.NewEncoder(writer).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message,
	})
}

func (answering *paging) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	path := strings.Trim(request.URL.Path, "/")
	parts := strings.Split(path, "/")
	switch {
	case request.Method == http.MethodPost && strings.HasPrefix(path, "apis/authorization.k8s.io/v1/"):
		answering.review(writer, request, parts[len(parts)-1])
	case request.Method != http.MethodGet:
		refuse(writer, http.StatusMethodNotAllowed, metav1.StatusReasonMethodNotAllowed, "this server answers lists alone")
	case path == "version":
		answering.answerVersion(writer)
	case path == "readyz" || path == "livez" || path == "healthz":
		_, _ = writer.Write([]byte("ok"))
	case path == "api" || path == "apis":
		answering.discover(writer, request, path)
	case parts[0] == "api" && len(parts) == 2:
		answering.resources(writer, "", parts[1])
	case parts[0] == "apis" && len(parts) == 2:
		answering.group(writer, parts[1])
	case parts[0] == "apis" && len(parts) == 3:
		answering.resources(writer, parts[1], parts[2])
	case parts[0] == "api" && len(parts) > 2:
		answering.find(writer, request, "", parts[1], parts[2:])
	case parts[0] == "apis" && len(parts) > 3:
		answering.find(writer, request, parts[1], parts[2], parts[3:])
	default:
		refuse(writer, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	}
}

func (answering *paging) answerVersion(writer http.ResponseWriter) {
	numbers := strings.Split(strings.TrimPrefix(answering.version, "v"), ".")
	for len(numbers) < 2 {
		numbers = append(numbers, "0")
	}
	answer(writer, apiversion.Info{Major: numbers[0], Minor: numbers[1], GitVersion: answering.version, GitTreeState: "clean",
		BuildDate: "2026-11-01T08:00:00Z", GoVersion: "go1.26.8", Compiler: "gc", Platform: "linux/amd64"})
}

// The groups, each with its one version, in the order of its first kind.
func (answering *paging) groups() []string {
	var groups []string
	for _, kind := range answering.listed {
		if kind.group != "" && (len(groups) == 0 || groups[len(groups)-1] != kind.group) && !contains(groups, kind.group) {
			groups = append(groups, kind.group)
		}
	}
	return append(groups, "authorization.k8s.io")
}

func contains(all []string, one string) bool {
	for _, other := range all {
		if other == one {
			return true
		}
	}
	return false
}

func (answering *paging) versionOf(group string) string {
	for _, kind := range answering.listed {
		if kind.group == group {
			return kind.version
		}
	}
	return "v1"
}

// `/api` and `/apis`, with everything in one answer where the caller knows how to read that.
func (answering *paging) discover(writer http.ResponseWriter, request *http.Request, path string) {
	if strings.Contains(request.Header.Get("Accept"), "as=APIGroupDiscoveryList") && strings.Contains(request.Header.Get("Accept"), "v=v2") {
		list := discoveryv2.APIGroupDiscoveryList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupDiscoveryList", APIVersion: "apidiscovery.k8s.io/v2"}}
		groups := []string{""}
		if path == "apis" {
			groups = answering.groups()
		}
		for _, group := range groups {
			version := discoveryv2.APIVersionDiscovery{Version: answering.versionOf(group), Freshness: discoveryv2.DiscoveryFreshnessCurrent}
			for _, resource := range answering.resourcesOf(group) {
				scope := discoveryv2.ScopeCluster
				if resource.Namespaced {
					scope = discoveryv2.ScopeNamespace
				}
				version.Resources = append(version.Resources, discoveryv2.APIResourceDiscovery{
					Resource: resource.Name, Scope: scope, Verbs: resource.Verbs, SingularResource: resource.SingularName, ShortNames: resource.ShortNames,
					ResponseKind: &metav1.GroupVersionKind{Group: group, Version: version.Version, Kind: resource.Kind},
				})
			}
			list.Items = append(list.Items, discoveryv2.APIGroupDiscovery{ObjectMeta: metav1.ObjectMeta{Name: group}, Versions: []discoveryv2.APIVersionDiscovery{version}})
		}
		writer.Header().Set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
		_ = json.NewEncoder(writer).Encode(list)
		return
	}
	if path == "api" {
		answer(writer, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
		return
	}
	list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	for _, group := range answering.groups() {
		list.Groups = append(list.Groups, answering.groupOf(group))
	}
	answer(writer, list)
}

func (answering *paging) groupOf(group string) metav1.APIGroup {
	version := metav1.GroupVersionForDiscovery{GroupVersion: group + "/" + answering.versionOf(group), Version: answering.versionOf(group)}
	return metav1.APIGroup{Name: group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version}
}

func (answering *paging) group(writer http.ResponseWriter, group string) {
	if !contains(answering.groups(), group) {
		refuse(writer, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
		return
	}
	found := answering.groupOf(group)
	found.TypeMeta = metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
	answer(writer, found)
}

// What people type.
var shortNames = map[string][]string{
	"namespaces": {"ns"}, "nodes": {"no"}, "pods": {"po"}, "services": {"svc"}, "persistentvolumeclaims": {"pvc"}, "resourcequotas": {"quota"},
	"configmaps": {"cm"}, "serviceaccounts": {"sa"}, "events": {"ev"}, "deployments": {"deploy"}, "statefulsets": {"sts"}, "daemonsets": {"ds"},
	"replicasets": {"rs"}, "cronjobs": {"cj"}, "horizontalpodautoscalers": {"hpa"}, "poddisruptionbudgets": {"pdb"}, "ingresses": {"ing"},
	"networkpolicies": {"netpol"}, "storageclasses": {"sc"}, "priorityclasses": {"pc"}, "customresourcedefinitions": {"crd"},
}

func (answering *paging) resourcesOf(group string) []metav1.APIResource {
	if group == "authorization.k8s.io" {
		return []metav1.APIResource{
			{Name: "selfsubjectaccessreviews", SingularName: "selfsubjectaccessreview", Kind: "SelfSubjectAccessReview", Verbs: []string{"create"}},
			{Name: "selfsubjectrulesreviews", SingularName: "selfsubjectrulesreview", Kind: "SelfSubjectRulesReview", Verbs: []string{"create"}},
		}
	}
	var resources []metav1.APIResource
	for _, kind := range answering.listed {
		if kind.group == group {
			resources = append(resources, metav1.APIResource{Name: kind.plural, SingularName: strings.ToLower(kind.kind), Kind: kind.kind, Namespaced: kind.namespaced, Verbs: []string{"get", "list"}, ShortNames: shortNames[kind.plural]})
		}
	}
	return resources
}

func (answering *paging) resources(writer http.ResponseWriter, group, version string) {
	resources := answering.resourcesOf(group)
	if len(resources) == 0 || version != answering.versionOf(group) {
		refuse(writer, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
		return
	}
	groupVersion := version
	if group != "" {
		groupVersion = group + "/" + version
	}
	answer(writer, metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: groupVersion, APIResources: resources})
}

// Finds the kind that a path names: PLURAL, PLURAL/NAME, namespaces/NAMESPACE/PLURAL or namespaces/NAMESPACE/PLURAL/NAME.
func (answering *paging) find(writer http.ResponseWriter, request *http.Request, group, version string, parts []string) {
	namespace := ""
	if parts[0] == "namespaces" && len(parts) > 2 {
		namespace, parts = parts[1], parts[2:]
	}
	for _, kind := range answering.listed {
		if kind.group != group || kind.version != version || kind.plural != parts[0] || len(parts) > 2 || (namespace != "" && !kind.namespaced) {
			continue
		}
		verb := "list"
		if len(parts) == 2 {
			verb = "get"
		}
		if named(answering.forbidden, kind) {
			refuse(writer, http.StatusForbidden, metav1.StatusReasonForbidden, fmt.Sprintf(
				"%s.%s is forbidden: User \"admin\" cannot %s resource %q in API group %q at the cluster scope", kind.plural, kind.group, verb, kind.plural, kind.group))
			return
		}
		if named(answering.failing, kind) {
			refuse(writer, http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable, "the server is currently unable to handle the request")
			return
		}
		if verb == "get" {
			answering.get(writer, kind, namespace, parts[1])
			return
		}
		answering.list(writer, request, kind, namespace)
		return
	}
	refuse(writer, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
}

func named(set map[string]bool, kind *listed) bool {
	return set[kind.plural] && kind.group != "metrics.k8s.io" || set[kind.group+"/"+kind.plural]
}

func (answering *paging) get(writer http.ResponseWriter, kind *listed, namespace, name string) {
	for index := range kind.count() {
		if object := kind.describe(index); object.name == name && object.namespace == namespace {
			writer.Header().Set("Content-Type", "application/json")
			text := kind.append(nil, index, false)
			_, _ = fmt.Fprintf(writer, `{"kind":%q,"apiVersion":%q,%s`, kind.kind, kind.groupVersion(), text[1:])
			return
		}
	}
	refuse(writer, http.StatusNotFound, metav1.StatusReasonNotFound, fmt.Sprintf("%s %q not found", kind.plural, name))
}

// Where a list goes on, as the caller hands it back.
type continuation struct {
	Version string `json:"v"`
	Next    int    `json:"start"`
}

// Writes one page. Only the objects of the page are made, and no more than a part of them is held at once.
func (answering *paging) list(writer http.ResponseWriter, request *http.Request, kind *listed, namespace string) {
	query := request.URL.Query()
	if query.Has("watch") {
		refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, "this server does not watch")
		return
	}
	limit := 0
	if text := query.Get("limit"); text != "" && !kind.unpaged {
		parsed, err := strconv.Atoi(text)
		if err != nil || parsed < 0 {
			refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, "limit is no number")
			return
		}
		limit = parsed
	}
	from := 0
	if token := query.Get("continue"); token != "" {
		var read continuation
		text, err := base64.RawURLEncoding.DecodeString(token)
		if err == nil {
			err = json.Unmarshal(text, &read)
		}
		if err != nil {
			refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, "continue key is not valid")
			return
		}
		from = read.Next
	}
	selector, err := labels.Parse(query.Get("labelSelector"))
	if err != nil {
		refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	byFields, err := fields.ParseSelector(query.Get("fieldSelector"))
	if err != nil {
		refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	for _, one := range byFields.Requirements() {
		if !slices.Contains(selectable(kind), one.Field) {
			refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, fmt.Sprintf("field label not supported: %s", one.Field))
			return
		}
	}
	chosen, next, left := answering.choose(kind, namespace, selector, byFields, from, limit)

	metadataOnly := strings.Contains(request.Header.Get("Accept"), "as=PartialObjectMetadataList")
	listKind, groupVersion := kind.kind+"List", kind.groupVersion()
	if metadataOnly {
		listKind, groupVersion = "PartialObjectMetadataList", "meta.k8s.io/v1"
	}
	metadata := map[string]any{"resourceVersion": "900000"}
	if next >= 0 {
		token, _ := json.Marshal(continuation{Version: "meta.k8s.io/v1", Next: next})
		metadata["continue"] = base64.RawURLEncoding.EncodeToString(token)
		// As with the API server, nobody counts what a selector would choose.
		if selector.Empty() && byFields.Empty() {
			metadata["remainingItemCount"] = left
		}
	}
	if kind.unpaged {
		metadata = map[string]any{}
	}
	encodedMetadata, _ := json.Marshal(metadata)
	head := fmt.Sprintf(`{"kind":%q,"apiVersion":%q,"metadata":%s,"items":[`, listKind, groupVersion, encodedMetadata)
	writer.Header().Set("Content-Type", "application/json")
	out := compressed(writer, request, len(chosen) > 50)
	defer out.close()
	buffer := append(make([]byte, 0, 1<<20), head...)
	for at, index := range chosen {
		if at > 0 {
			buffer = append(buffer, ',')
		}
		buffer = kind.append(buffer, index, metadataOnly)
		if len(buffer) > 900<<10 {
			if _, err := out.Write(buffer); err != nil {
				return
			}
			buffer = buffer[:0]
		}
	}
	_, _ = out.Write(append(buffer, "]}\n"...))
}

// The numbers of the objects of one page, where the next begins (negative at the end), and how many are left after it.
func (answering *paging) choose(kind *listed, namespace string, selector labels.Selector, byFields fields.Selector, from, limit int) ([]int, int, int) {
	var chosen []int
	count := kind.count()
	everything := selector.Empty() && byFields.Empty() && namespace == ""
	for index := from; index < count; index++ {
		if !everything {
			object := kind.describe(index)
			if namespace != "" && object.namespace != namespace || !selector.Empty() && !selector.Matches(labelsOf(object)) {
				continue
			}
			if !byFields.Empty() && !byFields.Matches(fieldsOf(object)) {
				continue
			}
		}
		if limit > 0 && len(chosen) == limit {
			left := count - index
			if !everything && selector.Empty() && byFields.Empty() {
				left = 0
				for rest := index; rest < count; rest++ {
					if kind.describe(rest).namespace == namespace {
						left++
					}
				}
			}
			return chosen, index, left
		}
		chosen = append(chosen, index)
	}
	return chosen, -1, 0
}

// The fields by which the API server selects objects of a kind, as far as anybody asks here.
func selectable(kind *listed) []string {
	common := []string{"metadata.name", "metadata.namespace"}
	if kind.kind == "Event" {
		return append(common, "reason")
	}
	return common
}

func fieldsOf(object described) fields.Set {
	return fields.Set{"metadata.name": object.name, "metadata.namespace": object.namespace, "reason": object.reason}
}

func labelsOf(object described) labels.Set {
	set := labels.Set{}
	if object.labels != "" {
		_ = json.Unmarshal([]byte(object.labels), &set)
	}
	return set
}

// What the caller may do: everything that is a list, but of what is forbidden.
func (answering *paging) review(writer http.ResponseWriter, request *http.Request, plural string) {
	text, err := io.ReadAll(request.Body)
	if err != nil {
		refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	// kubectl writes protobuf, others JSON.
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
	if err != nil {
		refuse(writer, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	switch review := object.(type) {
	case *authorizationv1.SelfSubjectRulesReview:
		review.TypeMeta = metav1.TypeMeta{Kind: "SelfSubjectRulesReview", APIVersion: "authorization.k8s.io/v1"}
		for _, kind := range answering.listed {
			if !named(answering.forbidden, kind) {
				review.Status.ResourceRules = append(review.Status.ResourceRules, authorizationv1.ResourceRule{
					Verbs: []string{"list"}, APIGroups: []string{kind.group}, Resources: []string{kind.plural}})
			}
		}
		created(writer, review)
	case *authorizationv1.SelfSubjectAccessReview:
		review.TypeMeta = metav1.TypeMeta{Kind: "SelfSubjectAccessReview", APIVersion: "authorization.k8s.io/v1"}
		if asked := review.Spec.ResourceAttributes; asked != nil && asked.Verb == "list" {
			review.Status.Allowed = !named(answering.forbidden, &listed{group: asked.Group, plural: asked.Resource})
		}
		created(writer, review)
	default:
		refuse(writer, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find "+plural)
	}
}

func created(writer http.ResponseWriter, value any) {
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(writer).Encode(value)
}

// A body that is compressed where the caller takes that and it is long.
type body struct {
	http.ResponseWriter
	zip *gzip.Writer
}

var zips = sync.Pool{New: func() any {
	writer, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return writer
}}

func compressed(writer http.ResponseWriter, request *http.Request, long bool) *body {
	out := &body{ResponseWriter: writer}
	if long && strings.Contains(request.Header.Get("Accept-Encoding"), "gzip") {
		writer.Header().Set("Content-Encoding", "gzip")
		writer.Header().Set("Vary", "Accept-Encoding")
		out.zip = zips.Get().(*gzip.Writer)
		out.zip.Reset(writer)
	}
	return out
}

func (out *body) Write(bytes []byte) (int, error) {
	if out.zip != nil {
		return out.zip.Write(bytes)
	}
	return out.ResponseWriter.Write(bytes)
}

func (out *body) close() {
	if out.zip != nil {
		_ = out.zip.Close()
		zips.Put(out.zip)
	}
}

// Every request as one line of JSON.
type requestLog struct {
	lock sync.Mutex
	file *os.File
}

type requestLine struct {
	Time      string `json:"time"`
	Method    string `json:"method"`
	Path      string `json:"path"`
	Query     string `json:"query"`
	UserAgent string `json:"userAgent"`
	Accept    string `json:"accept"`
	Status    int    `json:"status"`
	Bytes     int64  `json:"bytes"`
}

func newRequestLog(path string) (*requestLog, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &requestLog{file: file}, nil
}

// Counts what is written of an answer.
type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (to *counted) WriteHeader(status int) {
	to.status = status
	to.ResponseWriter.WriteHeader(status)
}

func (to *counted) Write(bytes []byte) (int, error) {
	written, err := to.ResponseWriter.Write(bytes)
	to.bytes += int64(written)
	return written, err
}

func (to *counted) Flush() {
	if flusher, is := to.ResponseWriter.(http.Flusher); is {
		flusher.Flush()
	}
}

func (to *requestLog) around(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		counting := &counted{ResponseWriter: writer, status: http.StatusOK}
		// Written also where the handler breaks off on purpose.
		defer func() {
			to.lock.Lock()
			defer to.lock.Unlock()
			lines := json.NewEncoder(to.file)
			lines.SetEscapeHTML(false)
			_ = lines.Encode(requestLine{
				Time: time.Now().UTC().Format(time.RFC3339Nano), Method: request.Method, Path: request.URL.Path, Query: request.URL.RawQuery,
				UserAgent: request.UserAgent(), Accept: request.Header.Get("Accept"), Status: counting.status, Bytes: counting.bytes,
			})
		}()
		handler.ServeHTTP(counting, request)
	})
}
