// Peertests runs the tests of a library that this module stands in for as black-box tests of this module's package:
//
//	go run -C internal/peertests . [-build] [-run REGEX] [-v] netlink|unix
//	go run -C internal/peertests . -copy [-check]
//
// It takes the test files from the library's release in go.mod, changes their import paths, leaves out declarations
// that need names which the library does not export or this module does not have yet, and writes what is left to the
// folder generated, with a file that runs each test in a process and a network namespace of its own. Tests that pass
// on the library itself have to pass here: they are listed in the folder lists, by the kernel that they were run on.
// With -build nothing is run; the package is one that internal/vmtest can run on other kernels.
//
// -copy writes the cases of the folder refusals for the library, from those for this module.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// suite is a library's tests.
type suite struct {
	name     string // of this module's package, and of the library's folder for it
	module   string // with the release; not that of go.mod, which the lists are not about
	dir      string // of the tests in the module
	from, to string // import paths of the package
	paths    [][2]string
	texts    [][2]string // what tests say of fields that are not exported
	shim     string      // a file of what they use of the library's inside
	loopback bool        // is up
	main     string      // what runs one test
}

var suites = []suite{
	{
		name: "netlink", module: "github.com/vishvananda/netlink@v1.3.1", from: "github.com/vishvananda/netlink",
		to:    "kern.sys/netlink",
		paths: [][2]string{{"github.com/vishvananda/netns", "kern.sys/netns"}, {"golang.org/x/sys/unix", "kern.sys/unix"}},
		texts: [][2]string{{"inputPrimary.peerLinkAttrs", "peerAttrsOf(inputPrimary)"}},
		shim:  "netlink.go.txt", main: "peerMain(m)",
	},
	{
		name: "unix", module: "golang.org/x/sys@v0.49.0", dir: "unix", from: "golang.org/x/sys/unix", to: "kern.sys/unix",
		loopback: true, main: "os.Exit(m.Run())",
	},
}

func main() {
	build := flag.Bool("build", false, "write the tests and run nothing")
	run := flag.String("run", ".", "regular expression for the tests' names")
	verbose := flag.Bool("v", false, "print what passing tests print, and what was left out")
	copying := flag.Bool("copy", false, "write the cases of refusals for the library")
	check := flag.Bool("check", false, "with -copy: compare instead of writing")
	flag.Parse()
	var err error
	if *copying {
		err = copyCases(*check)
	} else {
		err = test(flag.Arg(0), *build, *run, *verbose)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peertests:", err)
		os.Exit(1)
	}
}

func test(name string, build bool, run string, verbose bool) error {
	i := slices.IndexFunc(suites, func(s suite) bool { return s.name == name })
	if i < 0 {
		return fmt.Errorf("there are no tests of %q: say netlink or unix", name)
	}
	s := &suites[i]
	dir := filepath.Join("generated", s.name)
	left, err := s.generate(dir)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d tests of %s cannot be built\n", s.name, len(left), s.module)
	if verbose {
		for _, l := range left {
			fmt.Println("  " + l)
		}
	}
	if build {
		return nil
	}
	args := []string{"test", "-count=1", "-run", run}
	if verbose {
		args = append(args, "-v")
	}
	cmd := exec.Command("go", append(args, "./"+dir)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// generate writes the tests that can be built into dir, and returns which cannot and why.
func (s *suite) generate(dir string) (left []string, err error) {
	src, err := moduleDir(s.module)
	if err != nil {
		return nil, err
	}
	src = filepath.Join(src, s.dir)
	files, err := filepath.Glob(filepath.Join(src, "*_test.go"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, fmt.Errorf("no tests in %s", src))
	}
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	paths := append([][2]string{{s.from, s.to}}, s.paths...)
	for _, f := range files {
		if err := rewrite(f, filepath.Join(dir, filepath.Base(f)), s.to, paths, s.texts); err != nil {
			return nil, err
		}
	}
	if s.shim != "" {
		if err := copyFile(filepath.Join("template", s.shim), filepath.Join(dir, "shim_test.go"), "IMPORT",
			s.to); err != nil {
			return nil, err
		}
	}
	if err := copyTree(filepath.Join(src, "testdata"), filepath.Join(dir, "testdata")); err != nil {
		return nil, err
	}
	lists, err := filepath.Glob(filepath.Join("lists", s.name+"-*.txt"))
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		kernel := strings.TrimPrefix(filepath.Base(l), s.name+"-")
		if err := copyFile(l, filepath.Join(dir, "testdata", "passes-"+kernel)); err != nil {
			return nil, err
		}
	}
	if left, err = prune(dir); err != nil {
		return nil, err
	}
	return left, copyFile(filepath.Join("template", "run.go.txt"), filepath.Join(dir, "run_test.go"),
		"LOOPBACK", strconv.FormatBool(s.loopback), "MAIN", s.main)
}

// moduleDir returns where the go command has a module's release.
func moduleDir(module string) (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	var m struct{ Dir, Error string }
	if e := json.Unmarshal(out, &m); err == nil {
		err = e
	}
	if m.Error != "" {
		err = errors.New(m.Error)
	}
	return m.Dir, err
}

// copyFile copies a file with texts replaced: old, new, ….
func copyFile(from, to string, texts ...string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, []byte(strings.NewReplacer(texts...).Replace(string(b))), 0o644)
}

// copyTree copies a folder if there is one.
func copyTree(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}
