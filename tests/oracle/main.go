// Command oracle lets the tests of kubeworthy ask the reference implementations what a text says.
//
// It reads one JSON request per line on standard input and writes one JSON reply per line on standard output, in the
// same order.
package main

import (
	"fmt"
	"os"
)

var subcommands = map[string]handler{
	"compose":   handles(compose),
	"scalars":   handles(scalars),
	"positions": handles(positions),
}

func main() {
	if len(os.Args) != 2 || subcommands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: oracle compose|scalars|positions < requests > replies")
		os.Exit(2)
	}
	if err := serve(os.Stdin, os.Stdout, subcommands[os.Args[1]]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}
