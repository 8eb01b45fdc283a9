package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"

	kubernetes "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type scalarsRequest struct {
	identity
	Text string `json:"text"`
	// Documents asks for all documents of the text, as kubectl reads them.
	Documents bool `json:"documents"`
}

type scalarsReply struct {
	identity
	JSON      json.RawMessage `json:"json,omitempty"`
	Documents *[]document     `json:"documents,omitempty"`
}

// document is one of a stream: what it says, or why it could not be read.
type document struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

// scalars answers what Kubernetes makes of a text: which plain scalars are numbers, booleans and null.
func scalars(request scalarsRequest) (scalarsReply, error) {
	reply := scalarsReply{identity: request.identity}
	if request.Documents {
		all := documents(request.Text)
		reply.Documents = &all
		return reply, nil
	}
	var err error
	reply.JSON, err = yaml.YAMLToJSON([]byte(request.Text))
	return reply, err
}

// documents splits a text where kubectl does, which is at lines that start with "---", whatever they are part of.
//
// kubectl stops at the first error. Here the documents after one that cannot be read are told too; a separator that
// cannot be read ends the list, as the document before it is lost with it. Documents without content are null, and
// kubectl passes them over.
func documents(text string) []document {
	if kubernetes.IsJSONBuffer([]byte(text)) {
		return stream(text)
	}
	all := []document{}
	reader := kubernetes.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			return append(all, document{Error: err.Error()})
		}
		if converted, err := yaml.YAMLToJSON(part); err != nil {
			all = append(all, document{Error: err.Error()})
		} else {
			all = append(all, document{JSON: converted})
		}
	}
}

// stream reads a text that starts with "{": JSON values in a row, or else YAML after all. This decoder is the one of
// kubectl; it says nothing of use after an error.
func stream(text string) []document {
	all := []document{}
	decoder := kubernetes.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			return append(all, document{Error: err.Error()})
		}
		all = append(all, document{JSON: value})
	}
}
