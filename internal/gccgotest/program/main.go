//go:build linux

// This program makes system calls whose arguments, results and structures differ by architecture, and checks what
// comes. It is written in the Go of gccgo, without type parameters.
package main

import (
	"fmt"
	"os"
)

// failures counts the checks that failed.
var failures int

// check reports a failure.
func check(what string, good bool, values ...interface{}) {
	if !good {
		failures++
		fmt.Println("failed:", what, fmt.Sprintf("%+v", values))
	}
}

func main() {
	dir, err := os.MkdirTemp("", "gccgotest")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	calls()
	files(dir)
	sockets()
	process()
	check("the folder goes", os.RemoveAll(dir) == nil)
	if failures > 0 {
		os.Exit(1)
	}
}
