package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kern.sys/internal/capture"
)

func main() {
	kernel := flag.String("kernel", "latest", "kernel, as vmtest names it")
	system := flag.String("system", "sid", "suite of Debian that has the ip to record")
	flag.Parse()
	if err := record(*kernel, *system, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// mark begins a line that has a capture, in what the test in the guest prints.
const mark = "captured: "

func record(kernel, system string, kinds []string) error {
	run := "^TestRecord$"
	if len(kinds) != 0 {
		run += "/^(" + strings.Join(kinds, "|") + ")( |_)"
	}
	cmd := exec.Command("go", "run", "./internal/vmtest", "-kernel", kernel, "-system", system, "-v", "-run", run,
		"./internal/record")
	cmd.Env = append(os.Environ(), "GOFLAGS=-tags=record")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	captures, err := read(io.TeeReader(out, os.Stderr))
	if waitErr := cmd.Wait(); err == nil && len(captures) == 0 {
		err = fmt.Errorf("nothing was captured: %w", waitErr)
	}
	if err != nil {
		return err
	}
	names, err := capture.ReadNames(".")
	if err != nil {
		return err
	}
	for kind, links := range captures {
		b, err := capture.FormatLinks(names, links)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join("netlink", "testdata", "kinds", kind+".txt"), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read finds the captures of each kind in what the test printed.
func read(r io.Reader) (map[string][]capture.Link, error) {
	captures := map[string][]capture.Link{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		_, line, ok := bytes.Cut(s.Bytes(), []byte(mark))
		if !ok {
			continue
		}
		var c capture.Link
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, err
		}
		captures[c.Kind] = append(captures[c.Kind], c)
	}
	return captures, s.Err()
}
