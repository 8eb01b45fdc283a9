// A proxy in front of a server that fails as told: what a client does about it is what the tests ask.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// One failure: what happens, to which requests, how often.
type fault struct {
	kind string
	// What follows the kind: a status, a duration, or a manner.
	value string
	// The plural of the resource whose lists fail; of any where empty.
	resource string
	// The beginning of the path of the requests that fail; of any where empty.
	path string
	// The page that fails, from one; every page where zero.
	page int
	// How often it still happens; always where negative.
	left       int
	retryAfter string
}

const faultsHelp = `a failure, as KIND[=VALUE][,resource=PLURAL][,path=PREFIX][,page=N][,times=N][,retry-after=SECONDS]; may be repeated. Kinds:
cut                the connection is closed in the middle of the body
half-page          half of the body, as if it were all of it
delay=DURATION     nothing for that long, then the answer
trickle[=DURATION] a byte each DURATION (a second)
status=CODE        410, 429, 503, 500, 403, 401 or another, with a Status as the body
not-json           the page of a login form, with status 200
endless[=same]     a continue token that never ends: a new one each time, or the same
die                half of the body, and then the server is gone`

func parseFault(text string) (*fault, error) {
	parts := strings.Split(text, ",")
	kind, value, _ := strings.Cut(parts[0], "=")
	made := &fault{kind: kind, value: value, left: -1}
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "resource":
			made.resource = value
		case "path":
			made.path = value
		case "page":
			made.page, err = strconv.Atoi(value)
		case "times":
			made.left, err = strconv.Atoi(value)
		case "retry-after":
			made.retryAfter = value
		default:
			err = fmt.Errorf("unknown option %q", name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
	}
	var err error
	switch kind {
	case "cut", "half-page", "not-json", "endless", "die":
	case "delay":
		_, err = time.ParseDuration(value)
	case "trickle":
		if value == "" {
			made.value = "1s"
		}
		_, err = time.ParseDuration(made.value)
	case "status":
		_, err = strconv.Atoi(value)
	default:
		err = fmt.Errorf("unknown kind %q", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	return made, nil
}

type faulty struct {
	upstream  *url.URL
	transport http.RoundTripper
	die       func()
	lock      sync.Mutex
	faults    []*fault
	// The tokens by which each list has gone on, in their order.
	tokens map[string][]string
	// How many tokens that never end were given.
	given int
}

func proxy(arguments []string) error {
	flags := flag.NewFlagSet("proxy", flag.ExitOnError)
	upstream := flags.String("upstream", "", "the kubeconfig of the server behind, as whom every request is made")
	directory := flags.String("directory", "", "where its kubeconfigs and requests.jsonl go; made where it is missing")
	temporary := flags.Bool("temporary", false, "remove the directory when standard input ends")
	standing := &faulty{tokens: map[string][]string{}}
	flags.Func("fault", faultsHelp, func(text string) error {
		made, err := parseFault(text)
		standing.faults = append(standing.faults, made)
		return err
	})
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *directory == "" || *upstream == "" {
		return fmt.Errorf("--directory or --upstream is missing")
	}
	ended := untilInputEnds()
	config, err := clientcmd.BuildConfigFromFlags("", *upstream)
	if err != nil {
		return err
	}
	if standing.transport, err = rest.TransportFor(config); err != nil {
		return err
	}
	if standing.upstream, err = url.Parse(config.Host); err != nil {
		return err
	}
	if err := os.MkdirAll(*directory, 0o755); err != nil {
		return err
	}
	requests, err := newRequestLog(filepath.Join(*directory, "requests.jsonl"))
	if err != nil {
		return err
	}
	server, err := serveHTTPS(*directory, "token-of-the-proxy", requests.around(standing))
	if err != nil {
		return err
	}
	standing.die = func() { _ = server.Close() }
	fmt.Println("ready")
	<-ended
	return removeWhere(*temporary, *directory)
}

// The resource that a path lists, and whether it lists one.
func resourceOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	skipped := map[string]int{"api": 2, "apis": 3}[parts[0]]
	if skipped == 0 || len(parts) <= skipped {
		return ""
	}
	parts = parts[skipped:]
	if parts[0] == "namespaces" && len(parts) == 3 {
		parts = parts[2:]
	}
	if len(parts) != 1 {
		return ""
	}
	return parts[0]
}

// Which page of its list a request asks for. A page that is asked for again keeps its number.
func (standing *faulty) pageOf(request *http.Request) int {
	token := request.URL.Query().Get("continue")
	if token == "" {
		standing.tokens[request.URL.Path] = nil
		return 1
	}
	for at, known := range standing.tokens[request.URL.Path] {
		if known == token {
			return at + 2
		}
	}
	standing.tokens[request.URL.Path] = append(standing.tokens[request.URL.Path], token)
	return len(standing.tokens[request.URL.Path]) + 1
}

// The faults that strike a request, each counted.
func (standing *faulty) striking(request *http.Request) []*fault {
	standing.lock.Lock()
	defer standing.lock.Unlock()
	resource, page := resourceOf(request.URL.Path), standing.pageOf(request)
	var strike []*fault
	for _, one := range standing.faults {
		if one.left == 0 || one.resource != "" && one.resource != resource || one.page != 0 && (one.page != page || resource == "") ||
			!strings.HasPrefix(request.URL.Path, one.path) {
			continue
		}
		if one.left > 0 {
			one.left--
		}
		strike = append(strike, one)
	}
	return strike
}

func (standing *faulty) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	strike := standing.striking(request)
	endless := false
	for _, one := range strike {
		switch one.kind {
		case "delay":
			duration, _ := time.ParseDuration(one.value)
			select {
			case <-time.After(duration):
			case <-request.Context().Done():
				return
			}
		case "status":
			code, _ := strconv.Atoi(one.value)
			if one.retryAfter != "" {
				writer.Header().Set("Retry-After", one.retryAfter)
			}
			refuse(writer, code, reasonOf(code), fmt.Sprintf("refused on purpose: %s", one.value))
			return
		case "not-json":
			writer.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(writer, "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form action=\"/login\"><input name=\"user\"></form></body></html>\n")
			return
		case "endless":
			endless = true
		}
	}
	response, err := standing.forward(request, endless)
	if err != nil {
		refuse(writer, http.StatusBadGateway, metav1.StatusReasonInternalError, err.Error())
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		for _, value := range values {
			writer.Header().Add(name, value)
		}
	}
	writer.Header().Del("Content-Length")
	if len(strike) == 0 {
		writer.WriteHeader(response.StatusCode)
		_, _ = io.Copy(flushing{writer}, response.Body)
		return
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		refuse(writer, http.StatusBadGateway, metav1.StatusReasonInternalError, err.Error())
		return
	}
	for _, one := range strike {
		if one.kind == "endless" {
			text = standing.goOn(text, one.value == "same")
		}
	}
	standing.write(writer, request, response.StatusCode, text, strike)
}

// Writes a body that is known whole, broken as the faults say.
func (standing *faulty) write(writer http.ResponseWriter, request *http.Request, status int, text []byte, strike []*fault) {
	for _, one := range strike {
		switch one.kind {
		case "half-page":
			text = text[:len(text)/2]
		case "cut", "die":
			writer.Header().Set("Content-Length", strconv.Itoa(len(text)))
			writer.WriteHeader(status)
			_, _ = flushing{writer}.Write(text[:len(text)/2])
			if one.kind == "die" {
				standing.die()
			}
			panic(http.ErrAbortHandler)
		case "trickle":
			pause, _ := time.ParseDuration(one.value)
			writer.Header().Set("Content-Length", strconv.Itoa(len(text)))
			writer.WriteHeader(status)
			for at := range text {
				if _, err := (flushing{writer}).Write(text[at : at+1]); err != nil {
					return
				}
				select {
				case <-time.After(pause):
				case <-request.Context().Done():
					return
				}
			}
			return
		}
	}
	writer.Header().Set("Content-Length", strconv.Itoa(len(text)))
	writer.WriteHeader(status)
	_, _ = writer.Write(text)
}

// Asks the server behind. Tokens of the proxy's own mean the first page, and nothing is compressed.
func (standing *faulty) forward(request *http.Request, endless bool) (*http.Response, error) {
	target := *request.URL
	target.Scheme, target.Host = standing.upstream.Scheme, standing.upstream.Host
	if endless {
		query := target.Query()
		if strings.HasPrefix(query.Get("continue"), "endless-") {
			query.Del("continue")
		}
		target.RawQuery = query.Encode()
	}
	asked, err := http.NewRequestWithContext(request.Context(), request.Method, target.String(), request.Body)
	if err != nil {
		return nil, err
	}
	asked.Header = request.Header.Clone()
	asked.Header.Del("Authorization")
	asked.Header.Set("Accept-Encoding", "identity")
	asked.ContentLength = request.ContentLength
	return standing.transport.RoundTrip(asked)
}

// Gives a list a token by which it goes on, where it would have ended.
func (standing *faulty) goOn(text []byte, same bool) []byte {
	var list map[string]json.RawMessage
	var metadata map[string]any
	if json.Unmarshal(text, &list) != nil || json.Unmarshal(list["metadata"], &metadata) != nil {
		return text
	}
	if token, is := metadata["continue"].(string); is && token != "" {
		return text
	}
	standing.lock.Lock()
	defer standing.lock.Unlock()
	if !same {
		standing.given++
	}
	metadata["continue"] = fmt.Sprintf("endless-%d", standing.given)
	list["metadata"], _ = json.Marshal(metadata)
	changed := new(bytes.Buffer)
	_ = json.NewEncoder(changed).Encode(list)
	return changed.Bytes()
}

func reasonOf(code int) metav1.StatusReason {
	switch code {
	case http.StatusGone:
		return metav1.StatusReasonExpired
	case http.StatusTooManyRequests:
		return metav1.StatusReasonTooManyRequests
	case http.StatusServiceUnavailable:
		return metav1.StatusReasonServiceUnavailable
	case http.StatusForbidden:
		return metav1.StatusReasonForbidden
	case http.StatusUnauthorized:
		return metav1.StatusReasonUnauthorized
	default:
		return metav1.StatusReasonInternalError
	}
}

// Every write reaches the client at once.
type flushing struct{ http.ResponseWriter }

func (to flushing) Write(bytes []byte) (int, error) {
	written, err := to.ResponseWriter.Write(bytes)
	if flusher, is := to.ResponseWriter.(http.Flusher); is {
		flusher.Flush()
	}
	return written, err
}
