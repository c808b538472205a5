package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// tools are the contenders that are programs, and where they keep files.
type tools struct {
	Dir   string
	IP    string // path of ip; "": there is none
	TC    string // the same of tc, ss and conntrack
	SS    string
	CT    string
	NoMnl string // why there is no program with libmnl
	Mnl   string
}

//go:embed mnl/mnl.c
var mnlSource []byte

// prepareTools finds ip and builds the program with libmnl.
func prepareTools() (*tools, error) {
	dir, err := os.MkdirTemp("", "benchmarks")
	if err != nil {
		return nil, err
	}
	t := &tools{Dir: dir}
	for name, path := range map[string]*string{"ip": &t.IP, "tc": &t.TC, "ss": &t.SS, "conntrack": &t.CT} {
		if *path, err = exec.LookPath(name); err != nil {
			*path = ""
		}
	}
	if err := t.buildMnl(); err != nil {
		t.NoMnl = err.Error()
	}
	return t, nil
}

func (t *tools) buildMnl() error {
	source, program := filepath.Join(t.Dir, "mnl.c"), filepath.Join(t.Dir, "mnl")
	if err := os.WriteFile(source, mnlSource, 0o600); err != nil {
		return err
	}
	out, err := exec.Command("cc", "-O2", "-Wall", "-o", program, source, "-lmnl").CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("there is no C compiler (apt-get install gcc libmnl-dev)")
	}
	if err != nil {
		first, _, _ := bytes.Cut(out, []byte("\n"))
		return fmt.Errorf("not built (apt-get install gcc libmnl-dev): %s", first)
	}
	t.Mnl = program
	return nil
}

func (t *tools) remove() { os.RemoveAll(t.Dir) }
