package main

import (
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
	newer "go.yaml.in/yaml/v4"
)

type positionsRequest struct {
	identity
	Text string `json:"text"`
	// Compose asks for the library that Docker Compose reads with, which is v4. It types a few numbers otherwise.
	Compose bool `json:"compose"`
}

type positionsReply struct {
	identity
	Scalars []scalar `json:"scalars"`
}

type scalar struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Value  string `json:"value"`
	Tag    string `json:"tag"`
	Style  string `json:"style"`
	// Key is false for what lies within a key that is a sequence or a mapping.
	Key bool `json:"key"`
	// Document counts from 0, and counts empty documents.
	Document int `json:"document"`
}

// positions answers where every scalar of a text begins, as this library counts. Tried out with v3.0.6:
//
//   - Lines and columns start at 1. A column counts characters (code points), neither bytes nor UTF-16 units; a tab is
//     one. A byte order mark is not counted.
//   - A new line begins after LF, CR and CR LF, and also after U+0085, U+2028 and U+2029, as in YAML 1.1.
//   - A scalar with a tag or an anchor begins there, a quoted one at its quote, a block scalar at its "|" or ">".
//   - A value that is left out is a plain scalar "" with the tag !!null, right after the ":" or "-" or at the first
//     character that shows that nothing comes.
//   - Duplicate keys are no error here.
func positions(request positionsRequest) (positionsReply, error) {
	reply := positionsReply{identity: request.identity, Scalars: []scalar{}}
	next := yaml.NewDecoder(strings.NewReader(request.Text)).Decode
	if request.Compose {
		decoder := newer.NewDecoder(strings.NewReader(request.Text))
		next = func(into any) error {
			var root newer.Node
			err := decoder.Decode(&root)
			*into.(*yaml.Node) = *converted(&root)
			return err
		}
	}
	for number := 0; ; number++ {
		var root yaml.Node
		err := next(&root)
		if errors.Is(err, io.EOF) {
			return reply, nil
		}
		if err != nil {
			return positionsReply{}, err
		}
		reply.Scalars = appendScalars(reply.Scalars, &root, false, number)
	}
}

// converted gives a node of v4 as one of v3, with its type resolved. The kinds and styles have the same numbers.
func converted(node *newer.Node) *yaml.Node {
	copied := &yaml.Node{
		Kind:   yaml.Kind(node.Kind),
		Style:  yaml.Style(node.Style),
		Tag:    node.ShortTag(),
		Value:  node.Value,
		Line:   node.Line,
		Column: node.Column,
	}
	for _, child := range node.Content {
		copied.Content = append(copied.Content, converted(child))
	}
	return copied
}

// appendScalars walks in text order. Aliases have no content of their own, so they are not followed.
func appendScalars(found []scalar, node *yaml.Node, key bool, document int) []scalar {
	if node.Kind == yaml.ScalarNode {
		return append(found, scalar{
			Line:     node.Line,
			Column:   node.Column,
			Value:    node.Value,
			Tag:      node.ShortTag(),
			Style:    style(node.Style),
			Key:      key,
			Document: document,
		})
	}
	for index, child := range node.Content {
		key := node.Kind == yaml.MappingNode && index%2 == 0
		found = appendScalars(found, child, key, document)
	}
	return found
}

func style(style yaml.Style) string {
	switch {
	case style&yaml.SingleQuotedStyle != 0:
		return "single"
	case style&yaml.DoubleQuotedStyle != 0:
		return "double"
	case style&yaml.LiteralStyle != 0:
		return "literal"
	case style&yaml.FoldedStyle != 0:
		return "folded"
	default:
		return "plain"
	}
}
