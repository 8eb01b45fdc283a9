package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// identity is what requests and replies have in common. A reply carries the id of its request.
type identity struct {
	ID string `json:"id"`
}

type failure struct {
	identity
	Error string `json:"error"`
}

// handler answers one request line with a value to be written as JSON.
type handler func(line []byte) (any, error)

// handles decodes the request for a subcommand. Unknown fields are refused: a flag that is misspelt in a test would
// otherwise be off without anyone noticing.
func handles[Request, Reply any](answer func(Request) (Reply, error)) handler {
	return func(line []byte) (any, error) {
		var request Request
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&request); err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
		return answer(request)
	}
}

// serve answers every line of in, of any length, and flushes after each reply so that a caller can wait for it.
func serve(in io.Reader, out io.Writer, handle handler) error {
	lines := bufio.NewReader(in)
	replies := bufio.NewWriter(out)
	for {
		line, readErr := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			// A buffered writer keeps its first error for Flush.
			replies.Write(reply(line, handle))
			replies.WriteByte('\n')
			if err := replies.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// reply never fails: whatever goes wrong with a request, a panic inside a library too, becomes its error.
func reply(line []byte, handle handler) (text []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			text = refuse(line, fmt.Errorf("panic: %v", cause))
		}
	}()
	value, err := handle(line)
	if err != nil {
		return refuse(line, err)
	}
	// A project may hold what JSON has no word for, such as infinity.
	text, err = json.Marshal(value)
	if err != nil {
		return refuse(line, err)
	}
	return text
}

func refuse(line []byte, cause error) []byte {
	refusal := failure{Error: cause.Error()}
	// A line that is no JSON at all has no id to give back.
	_ = json.Unmarshal(line, &refusal.identity)
	text, _ := json.Marshal(refusal) // two strings always encode
	return text
}
